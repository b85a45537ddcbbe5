package history

import (
	"encoding/json"
	"fmt"
	"time"
)

// extra numbers the unknown fields of a record.
func (d *dictionary) extra(x Extra) uint64 {
	if len(x) == 0 {
		return 0
	}
	b := appendExtra(nil, x) // begins with the comma of a line's next member
	b[0] = '{'
	return d.json("the unknown fields", b)
}

// extra reads the unknown fields of a record of a kind.
func (r *blockReader) extra(code uint8, text string) Extra {
	if text == "" {
		return nil
	}
	x, err := r.lines.unknownFields(code, text)
	if err != nil {
		r.fail(fmt.Errorf("the unknown fields: %w", err))
	}
	return x
}

// unknownFields reads a JSON object that has no field of the kind.
func (p *lineParser) unknownFields(code uint8, text string) (x Extra, err error) {
	if p.object(code, []byte(text)); p.err == nil {
		for i := p.next(); i >= 0; i = p.next() {
			if i < len(p.names) {
				p.fail(fmt.Errorf("the unknown field %s has the name of a field of %s", p.field(i), kindNames[code]))
				break
			}
			p.unknown(&x)
		}
	}
	return x, p.err
}

// object begins the reading of a JSON object that holds fields of a kind.
func (p *lineParser) object(code uint8, b []byte) {
	p.b, p.at, p.err = b, 0, nil
	p.begin(code)
	if p.blanks() != '{' {
		p.fail(errNoObject)
		return
	}
	p.at++
}

func (r *blockReader) phase(s string) Phase {
	if err := checkPhase(Phase(s)); err != nil {
		r.fail(err)
	}
	return Phase(s)
}

func (r *blockReader) started(s string) time.Time {
	t, err := parseStarted(s)
	if err != nil {
		r.fail(err)
	}
	return t
}

func (r *blockReader) raw(name, s string) json.RawMessage {
	if s == "" {
		return nil
	}
	c, err := compactJSON([]byte(s))
	if err != nil {
		r.fail(fmt.Errorf("%s is not JSON", name))
	}
	return c
}

func listOf[T element](r *blockReader, name, s string) []T {
	if s == "" {
		return nil
	}
	l, err := parseList[T]([]byte(s))
	if err != nil {
		r.fail(fmt.Errorf("%s: %w", name, err))
	}
	return l
}

func (r *blockReader) version(v uint64) int {
	if err := checkVersion(int(v)); err != nil {
		r.fail(err)
	}
	return int(v)
}
