package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// timeBound bounds the times of records on both sides, 146 years, so that the difference of two is a time.
const timeBound = 1<<62 - 1

func beyond(t time.Duration) bool { return uint64(t)+timeBound > 2*timeBound }

func checkTime(name string, t time.Duration) error {
	if !beyond(t) {
		return nil
	}
	return fmt.Errorf("%s %d is further from the run's start than the %d ns allowed", name, int64(t), int64(timeBound))
}

func checkVersion(v int) error {
	if v == Version {
		return nil
	}
	return fmt.Errorf("history version %d is %w (it knows %d)", v, ErrNewer, Version)
}

func checkOutcome(o Outcome) error {
	if o <= Failed {
		return nil
	}
	return fmt.Errorf("outcome %d is none of unknown, ok, failed", o)
}

func checkPhase(p Phase) error {
	switch p {
	case Before, Fault, After:
		return nil
	}
	return fmt.Errorf("phase %q is none of before, fault, after", p)
}

func checkStarted(t time.Time) error {
	_, err := formatStarted(t)
	return err
}

func checkRaw(name string, b json.RawMessage) error {
	switch {
	case len(b) > 0 && !json.Valid(b):
		return fmt.Errorf("%s is not JSON", name)
	case len(b) > maxExtra:
		return fmt.Errorf("%s takes %d bytes, more than the %d allowed", name, len(b), maxExtra)
	}
	return nil
}

// check refuses unknown fields with the name of a known one.
func (x Extra) check(k Kind) error {
	if x == nil {
		return nil
	}
	for name, v := range x {
		if placeOf(codeOf(string(k)), name) >= 0 {
			return fmt.Errorf("the unknown field %q has the name of a field of %s", name, k)
		}
		if !json.Valid(v) {
			return fmt.Errorf("the unknown field %q is not JSON", name)
		}
	}
	return nil
}

// placeOf finds a field of a kind by its name; -1: there is none.
func placeOf(code uint8, name string) int {
	for i, n := range lineNames[code] {
		if len(n) == len(name)+4 && n[2:len(n)-2] == name && name != "-" {
			return i
		}
	}
	return -1
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// clean makes s what both forms can keep: UTF-8 of bounded length.
func clean(s string) string {
	if len(s) > maxString {
		s = s[:maxString-len("…")] + "…"
	}
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "?")
}

// compactJSON removes the blanks between the parts of a JSON value, so that both forms keep the same bytes.
func compactJSON(b []byte) (json.RawMessage, error) {
	var out bytes.Buffer
	if err := json.Compact(&out, b); err != nil {
		return nil, errors.New("it is not JSON")
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

// ofBrokerZero says that a replica's name names broker id 0, which is the master where ids are fixed.
func ofBrokerZero(replica string) bool { return strings.HasSuffix(replica, "/0") }
