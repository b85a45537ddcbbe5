package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
	"unicode/utf8"
)

// payload reads the records of one block. The first fault is kept in err and every later read gives zero.
type payload struct {
	buf     []byte
	strings []string
	known   map[string]string // strings of earlier blocks, so that each is allocated once
	reuse   *records          // where set, records are written over
	err     error
}

// maxKnown bounds the table of known strings; keys may be many.
const maxKnown = 1 << 16

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
	s := p.intern(b)
	p.strings = append(p.strings, s)
	return s
}

func (p *payload) intern(b []byte) string {
	if s, ok := p.known[string(b)]; ok {
		return s
	}
	if !utf8.Valid(b) {
		p.fail(errors.New("a string is not UTF-8"))
		return ""
	}
	if len(p.known) >= maxKnown {
		clear(p.known)
	}
	s := string(b)
	p.known[s] = s
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

func (p *payload) extra(k Kind) Extra {
	b := p.bytes(maxExtra)
	if len(b) == 0 {
		return nil
	}
	x, err := decodeExtra(k, b)
	if err != nil {
		p.fail(err)
	}
	return x
}

// record reads the next record; the payload must not be empty.
func (p *payload) record() (Record, error) {
	var r Record
	switch code := p.byte("kind", math.MaxUint8); code {
	case codeRun:
		r = p.run()
	case codeSend:
		r = p.send()
	case codeScan:
		r = &Scan{Replica: p.string(), Topic: p.string(), Broker: p.string(), Queue: p.int32("queue"), Min: p.int(),
			Max: p.int(), Complete: p.bool("complete"), End: p.dur(), Extra: p.extra(KindScan)}
	case codeFound:
		r = p.found()
	case codeDeliver:
		r = p.deliver()
	case codeProbe:
		r = p.probe()
	case codeSpan:
		r = &Span{Name: p.string(), Phase: p.phase(), Target: p.string(), Start: p.dur(), End: p.dur(),
			Confirmed: p.bool("confirmed"), Extra: p.extra(KindSpan)}
	case codeChange:
		r = &Change{Extra: p.extra(KindChange)}
	case codeProblem:
		r = &Problem{Extra: p.extra(KindProblem)}
	default:
		p.fail(fmt.Errorf("kind %d is not known to this build", code))
	}
	if p.err == nil {
		p.err = lift(r)
	}
	if p.err != nil {
		return nil, p.err
	}
	return r, nil
}

func (p *payload) phase() Phase {
	s := Phase(p.string())
	switch s {
	case Before, Fault, After:
	default:
		p.fail(fmt.Errorf("phase %q is none of before, fault, after", s))
	}
	return s
}
