package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// fields are one JSON line's members. Taking one removes it, so that what is left is unknown. The first
// fault is kept in err.
type fields struct {
	m   map[string]json.RawMessage
	err error
}

// parseFields reads one JSON object. A name that stands twice is an error: one of the two would be dropped.
func parseFields(line []byte) (*fields, error) {
	if !utf8.Valid(line) {
		return nil, errors.New("the line is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(line))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("the line is not a JSON object")
	}
	f := &fields{m: map[string]json.RawMessage{}}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("the line is not a JSON object: %w", err)
		}
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return nil, fmt.Errorf("field %v is not JSON: %w", name, err)
		}
		if _, twice := f.m[name.(string)]; twice {
			return nil, fmt.Errorf("field %q stands twice", name)
		}
		f.m[name.(string)] = v
	}
	if _, err := d.Token(); err != nil {
		return nil, errors.New("the JSON object does not end")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows the JSON object")
	}
	return f, nil
}

func (f *fields) fail(name, format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf("field %q %s", name, fmt.Sprintf(format, args...))
	}
}

// take removes a field. A null counts as absent.
func (f *fields) take(name string, required bool) (json.RawMessage, bool) {
	v, ok := f.m[name]
	delete(f.m, name)
	if ok && string(v) != "null" {
		return v, true
	}
	if required {
		f.fail(name, "is missing")
	}
	return nil, false
}

func (f *fields) text(name string, required bool) string {
	v, ok := f.take(name, required)
	if !ok {
		return ""
	}
	var s string
	if v[0] != '"' || json.Unmarshal(v, &s) != nil {
		f.fail(name, "is not a string")
	}
	if len(s) > maxString {
		f.fail(name, "takes %d bytes, more than the %d allowed", len(s), maxString)
	}
	return s
}

func (f *fields) texts(name string) []string {
	v, ok := f.take(name, false)
	if !ok {
		return nil
	}
	var l []string
	if json.Unmarshal(v, &l) != nil {
		f.fail(name, "is not a list of strings")
	}
	if len(l) == 0 {
		return nil
	}
	return l
}

func (f *fields) signed(name string, least, most int64) int64 {
	v, ok := f.take(name, true)
	if !ok {
		return 0
	}
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil || n < least || n > most {
		f.fail(name, "is %.40s, not a whole number from %d to %d", v, least, most)
	}
	return n
}

// signedOr is signed with a value for an absent field.
func (f *fields) signedOr(name string, least, most, absent int64) int64 {
	if v, ok := f.m[name]; !ok || string(v) == "null" {
		delete(f.m, name)
		return absent
	}
	return f.signed(name, least, most)
}

func (f *fields) unsigned(name string, most uint64) uint64 {
	v, ok := f.take(name, true)
	if !ok {
		return 0
	}
	n, err := strconv.ParseUint(string(v), 10, 64)
	if err != nil || n > most {
		f.fail(name, "is %.40s, not a whole number from 0 to %d", v, most)
	}
	return n
}

func (f *fields) truth(name string, required bool) bool {
	v, ok := f.take(name, required)
	if ok && string(v) != "true" && string(v) != "false" {
		f.fail(name, "is neither true nor false")
	}
	return string(v) == "true"
}

func (f *fields) time(name string) time.Duration {
	return time.Duration(f.signed(name, math.MinInt64, math.MaxInt64))
}

func (f *fields) outcome() Outcome {
	s := f.text("outcome", true)
	for o, name := range outcomes {
		if s == name {
			return Outcome(o)
		}
	}
	f.fail("outcome", "is %q, none of ok, failed, unknown", s)
	return Unknown
}

// rest is what was not taken.
func (f *fields) rest() Extra {
	if len(f.m) == 0 {
		return nil
	}
	x := Extra(f.m)
	for name, v := range x {
		c, err := compactJSON(v)
		if err != nil {
			f.fail(name, "is not JSON")
		}
		x[name] = c
	}
	return x
}

// compactJSON removes the blanks between the parts of a JSON value, so that both forms keep the same bytes.
func compactJSON(b []byte) (json.RawMessage, error) {
	var out bytes.Buffer
	if err := json.Compact(&out, b); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func formatStarted(t time.Time) (string, error) {
	if t.IsZero() {
		return "", nil
	}
	if y := t.UTC().Year(); y < 1 || y > 9999 {
		return "", fmt.Errorf("the run's start %v has a year that RFC 3339 cannot write", t)
	}
	return t.UTC().Format(time.RFC3339Nano), nil
}

func parseStarted(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("the run's start %.60q is not RFC 3339", s)
	}
	if _, err := formatStarted(t); err != nil {
		return time.Time{}, err
	}
	return t.UTC(), nil
}
