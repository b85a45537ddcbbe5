package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"
)

var outcomes = [...]string{Unknown: "unknown", OK: "ok", Failed: "failed"}

// String is the outcome's name in the JSON Lines form.
func (o Outcome) String() string {
	if int(o) < len(outcomes) {
		return outcomes[o]
	}
	return fmt.Sprintf("outcome %d", uint8(o))
}

// EncodeLine gives a record's line of the JSON Lines form, without a line end.
func EncodeLine(r Record) ([]byte, error) {
	if err := check(r); err != nil {
		return nil, fmt.Errorf("writing a %s as JSON: %w", r.Kind(), err)
	}
	return appendLine(nil, r), nil
}

// WriteLines writes a history in the JSON Lines form.
func WriteLines(w io.Writer, r Reader) error {
	out := bufio.NewWriterSize(w, 1<<16)
	var line []byte
	for rec, err := range each(r) {
		if err != nil {
			return err
		}
		if err := check(rec); err != nil {
			return fmt.Errorf("writing a %s as JSON: %w", rec.Kind(), err)
		}
		line = append(appendLine(line[:0], rec), '\n')
		if _, err := out.Write(line); err != nil {
			return fmt.Errorf("writing JSON Lines: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing JSON Lines: %w", err)
	}
	return nil
}

func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c > '~' {
			return appendEscaped(b, s)
		}
	}
	if len(s) > maxString {
		s = clean(s)
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func appendEscaped(b []byte, s string) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(clean(s)) // a string of UTF-8 always has a form
	return append(b, bytes.TrimRight(out.Bytes(), "\n")...)
}

func appendNumber(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

func appendList[T any](b []byte, l []T, one func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, x := range l {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, x)
	}
	return append(b, ']')
}

func appendStarted(b []byte, t time.Time) []byte {
	s, _ := formatStarted(t) // check has seen that it has a form
	return appendText(b, s)
}

// appendRaw appends JSON, which check has seen to be valid.
func appendRaw(b []byte, raw json.RawMessage) []byte {
	c, err := compactJSON(raw)
	if err != nil {
		return append(b, "null"...)
	}
	return append(b, c...)
}

// appendExtra appends the unknown fields and ends the line.
func appendExtra(b []byte, x Extra) []byte {
	if len(x) > 0 {
		for _, name := range slices.Sorted(maps.Keys(x)) {
			b = append(b, ',')
			b = append(appendText(b, name), ':')
			b = appendRaw(b, x[name])
		}
	}
	return append(b, '}')
}
