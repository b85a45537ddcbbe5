package history

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"
	"unicode/utf8"
)

// payload reads the records of one block of version 1, one after the other. The first fault is kept in err and every later read gives zero.
type payload struct {
	buf     []byte
	strings []string
	known   known
	lines   lineParser
	err     error
}

func (p *payload) open(b []byte) { p.buf, p.strings, p.err = b, p.strings[:0], nil }

var errShort = errors.New("the record ends too early")

func (p *payload) fail(err error) {
	if p.err == nil {
		p.err = err
	}
	p.buf = nil
}

func (p *payload) uint() uint64 {
	if len(p.buf) > 0 && p.buf[0] < 0x80 { // most are small
		v := uint64(p.buf[0])
		p.buf = p.buf[1:]
		return v
	}
	return p.longUint()
}

func (p *payload) longUint() uint64 {
	v, n := binary.Uvarint(p.buf)
	if n <= 0 {
		p.fail(errShort)
		return 0
	}
	p.buf = p.buf[n:]
	return v
}

// int undoes the zigzag of a signed number.
func (p *payload) int() int64 {
	u := p.uint()
	return int64(u>>1) ^ -int64(u&1)
}

func (p *payload) dur() time.Duration { return time.Duration(p.int()) }

func (p *payload) int32(what string) int32 {
	v := p.int()
	if v < math.MinInt32 || v > math.MaxInt32 {
		p.fail(fmt.Errorf("%s %d is out of range", what, v))
	}
	return int32(v)
}

func (p *payload) uint32(what string) uint32 {
	v := p.uint()
	if v > math.MaxUint32 {
		p.fail(fmt.Errorf("%s %d is out of range", what, v))
	}
	return uint32(v)
}

func (p *payload) byte(what string, most byte) byte {
	if len(p.buf) == 0 {
		p.fail(errShort)
		return 0
	}
	b := p.buf[0]
	p.buf = p.buf[1:]
	if b > most {
		p.fail(fmt.Errorf("%s has the value %d, above %d", what, b, most))
	}
	return b
}

func (p *payload) bool(what string) bool { return p.byte(what, 1) == 1 }

func (p *payload) string() string {
	n := p.uint()
	if n > uint64(len(p.strings)) {
		p.fail(fmt.Errorf("string %d is used before it is defined", n))
		return ""
	}
	if n > 0 {
		return p.strings[n-1]
	}
	b := p.bytes(maxString)
	if p.err != nil {
		return ""
	}
	if !utf8.Valid(b) {
		p.fail(errors.New("a string is not UTF-8"))
		return ""
	}
	s := p.known.get(b)
	p.strings = append(p.strings, s)
	return s
}

func (p *payload) bytes(most int) []byte {
	n := p.uint()
	if n == 0 {
		return nil
	}
	if n > uint64(most) || n > uint64(len(p.buf)) {
		p.fail(fmt.Errorf("%d bytes are announced where %d are left and %d are allowed", n, len(p.buf), most))
		return nil
	}
	b := p.buf[:n]
	p.buf = p.buf[n:]
	return b
}

// rest reads the unknown fields, among which stand those fields of the kind that came after version 1. The fields in
// own were read already.
func (p *payload) rest(code uint8, own uint64) {
	b := p.bytes(maxExtra)
	if len(b) == 0 {
		b = []byte("{}")
	}
	if !utf8.Valid(b) {
		p.fail(errors.New("the unknown fields are not UTF-8"))
	}
	p.lines.object(code, b)
	p.lines.stood, p.lines.given = own, own
}

// record reads the next record into the batch; the payload must not be empty.
func (p *payload) record(b *batch) error {
	code := p.byte("kind", math.MaxUint8)
	if code < 1 || code > lastCode {
		p.fail(fmt.Errorf("kind %d is %w", code, ErrNewer))
		return p.err
	}
	p.row(code, b)
	if p.err == nil && p.lines.err != nil {
		p.fail(fmt.Errorf("the unknown fields: %w", p.lines.err))
	}
	if p.err != nil {
		b.drop()
	}
	return p.err
}

func (p *payload) inBounds(name string, t time.Duration) {
	if beyond(t) {
		p.fail(checkTime(name, t))
	}
}

func (p *payload) most(name string, v, bound uint64) {
	if v > bound {
		p.fail(fmt.Errorf("%s %d is above %d", name, v, bound))
	}
}

func (p *payload) phase() Phase {
	s := Phase(p.string())
	if err := checkPhase(s); err != nil {
		p.fail(err)
	}
	return s
}

func (p *payload) version() int {
	v := int(p.uint32("version"))
	if err := checkVersion(v); err != nil {
		p.fail(err)
	}
	return v
}

func (p *payload) started() time.Time {
	t, err := parseStarted(p.string())
	if err != nil {
		p.fail(err)
	}
	return t
}

func (p *payload) raw(name string) json.RawMessage {
	b := p.bytes(maxExtra)
	if len(b) == 0 {
		return nil
	}
	c, err := compactJSON(b)
	if err != nil {
		p.fail(fmt.Errorf("%s is not JSON", name))
	}
	return c
}

func (p *payload) list() []string {
	n := p.uint()
	if n > uint64(len(p.buf)) {
		p.fail(errShort)
		return nil
	}
	var l []string
	for ; n > 0; n-- {
		l = append(l, p.string())
	}
	return l
}
