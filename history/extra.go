package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// reserved are the names of a kind's own fields, which no unknown field can have.
var reserved = map[Kind][]string{
	KindRun:     strings.Fields("kind version id started ordered promise claims"),
	KindSend:    strings.Fields("kind producer seq topic key intended start end outcome status broker queue offset"),
	KindScan:    strings.Fields("kind replica topic broker queue min max complete end"),
	KindFound:   strings.Fields("kind replica topic broker queue offset producer seq intact"),
	KindDeliver: strings.Fields("kind group consumer topic broker queue offset producer seq attempt start"),
	KindProbe:   strings.Fields("kind broker start end outcome"),
	KindSpan:    strings.Fields("kind name phase target start end confirmed"),
	KindChange:  {"kind"},
	KindProblem: {"kind"},
}

func (x Extra) check(k Kind) error {
	for name := range x {
		if slices.Contains(reserved[k], name) {
			return fmt.Errorf("the unknown field %q has the name of a field of %s", name, k)
		}
	}
	return nil
}

// encode gives the fields as one JSON object, with every value's bytes as they are but for blanks.
func (x Extra) encode(k Kind) ([]byte, error) {
	if err := x.check(k); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(x); err != nil {
		return nil, fmt.Errorf("the unknown fields are not JSON: %w", err)
	}
	if b.Len() > maxExtra {
		return nil, fmt.Errorf("the unknown fields take %d bytes, more than the %d allowed", b.Len(), maxExtra)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

func decodeExtra(k Kind, b []byte) (Extra, error) {
	if !utf8.Valid(b) {
		return nil, errors.New("the unknown fields are not UTF-8")
	}
	f, err := parseFields(b)
	if err != nil {
		return nil, fmt.Errorf("the unknown fields: %w", err)
	}
	x := f.rest()
	if f.err != nil {
		return nil, f.err
	}
	return x, x.check(k)
}
