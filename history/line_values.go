package history

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"
)

// value passes over the next value and gives its bytes, which need not be JSON.
func (p *lineParser) value() []byte {
	p.blanks()
	start, depth := p.at, 0
	for ; p.at < len(p.b); p.at++ {
		switch c := p.b[p.at]; c {
		case '"':
			p.passString()
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth < 0 {
				return p.b[start:p.at]
			}
		case ',':
			if depth == 0 {
				return p.b[start:p.at]
			}
		}
	}
	p.at = min(p.at, len(p.b))
	return p.b[start:p.at]
}

// passString moves to the string's last quote.
func (p *lineParser) passString() {
	for p.at++; p.at < len(p.b) && p.b[p.at] != '"'; p.at++ {
		if p.b[p.at] == '\\' {
			p.at++
		}
	}
}

// text reads the string of field i.
func (p *lineParser) text(i int) string {
	last, rest := &p.last[p.code][i], p.b[p.at:]
	if n := len(*last); n > 0 && len(rest) > n+1 && rest[0] == '"' && rest[n+1] == '"' && string(rest[1:n+1]) == *last {
		p.at += n + 2
		return *last
	}
	s, plain := p.plainText()
	if !plain {
		s = p.escaped()
	}
	if len(s) > maxString {
		p.wrong("takes %d bytes, more than the %d allowed", len(s), maxString)
	}
	if plain {
		*last = s
	}
	return s
}

// anyText reads a string.
func (p *lineParser) anyText() string {
	if s, plain := p.plainText(); plain {
		return s
	}
	return p.escaped()
}

// plainText reads a string that stands in the line as it is.
func (p *lineParser) plainText() (s string, plain bool) {
	if p.at == len(p.b) || p.b[p.at] != '"' {
		return "", false
	}
	for i := p.at + 1; i < len(p.b) && p.b[i] >= ' ' && p.b[i] != '\\'; i++ {
		if p.b[i] == '"' {
			s = p.known.get(p.b[p.at+1 : i])
			p.at = i + 1
			return s, true
		}
	}
	return "", false
}

// escaped reads a string that may hold escapes.
func (p *lineParser) escaped() (s string) {
	quoted := p.blanks() == '"'
	start := p.at
	if quoted {
		p.passString()
		p.at = min(p.at+1, len(p.b))
	} else {
		p.value()
	}
	if json.Unmarshal(p.b[start:p.at], &s) != nil || !quoted {
		p.noText()
	}
	return s
}

func (p *lineParser) noText() {
	if p.hint == 0 {
		p.fail(errNoObject)
		return
	}
	p.wrong("is not a string")
}

// digits reads the digits of a whole number and says whether it is one that fits.
func (p *lineParser) digits() (n uint64, ok bool) {
	start := p.at
	for n < math.MaxUint64/100_000_000 && len(p.b)-p.at >= 8 {
		eight := binary.LittleEndian.Uint64(p.b[p.at:])
		if !eightDigits(eight) {
			break
		}
		n = n*100_000_000 + valueOfEight(eight)
		p.at += 8
	}
	for ; p.at < len(p.b) && p.b[p.at]-'0' <= 9; p.at++ {
		d := uint64(p.b[p.at] - '0')
		if n > (math.MaxUint64-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	length := p.at - start
	if length == 0 || length > 1 && p.b[start] == '0' || p.at == len(p.b) {
		return 0, false
	}
	c := p.b[p.at]
	return n, c == ',' || c == '}' || c <= ' '
}

// eightDigits says that the bytes are eight decimal digits.
func eightDigits(v uint64) bool {
	return v&0xF0F0F0F0F0F0F0F0 == 0x3030303030303030 && (v+0x0606060606060606)&0xF0F0F0F0F0F0F0F0 == 0x3030303030303030
}

// valueOfEight is the number that eight digits write, the first in the lowest byte: pairs, fours and eights at once.
func valueOfEight(v uint64) uint64 {
	v = v & 0x0F0F0F0F0F0F0F0F * (10<<8 + 1) >> 8
	v = v & 0x00FF00FF00FF00FF * (100<<16 + 1) >> 16
	return v & 0x0000FFFF0000FFFF * (10000<<32 + 1) >> 32
}

func (p *lineParser) unsigned(most uint64) uint64 {
	start := p.at
	n, ok := p.digits()
	if !ok || n > most {
		p.at = start
		p.wrong("is %.40s, not a whole number from 0 to %d", p.value(), most)
	}
	return n
}

func (p *lineParser) signed(least, most int64) int64 {
	start := p.at
	minus := p.at < len(p.b) && p.b[p.at] == '-'
	if minus {
		p.at++
	}
	n, ok := p.digits()
	v := int64(n)
	if minus {
		v = -v
		ok = ok && n <= 1<<63
	} else {
		ok = ok && n < 1<<63
	}
	if !ok || v < least || v > most {
		p.at = start
		p.wrong("is %.40s, not a whole number from %d to %d", p.value(), least, most)
	}
	return v
}

func (p *lineParser) time() time.Duration { return time.Duration(p.signed(-timeBound, timeBound)) }

func (p *lineParser) truth() bool {
	switch {
	case p.literal("true"):
		return true
	case !p.literal("false"):
		p.value()
		p.wrong("is neither true nor false")
	}
	return false
}

func (p *lineParser) outcome() Outcome {
	switch {
	case p.literal(`"ok"`):
		return OK
	case p.literal(`"failed"`):
		return Failed
	case p.literal(`"unknown"`):
		return Unknown
	}
	s := p.anyText()
	for o, name := range outcomes {
		if s == name {
			return Outcome(o)
		}
	}
	p.wrong("is %q, none of ok, failed, unknown", s)
	return Unknown
}

func (p *lineParser) phase(i int) Phase {
	s := Phase(p.text(i))
	if p.err == nil && checkPhase(s) != nil {
		p.wrong("is %q, none of before, fault, after", s)
	}
	return s
}

func (p *lineParser) started(i int) time.Time {
	t, err := parseStarted(p.text(i))
	if err != nil {
		p.wrong("is wrong: %v", err)
	}
	return t
}

func (p *lineParser) raw() json.RawMessage {
	c, err := compactJSON(p.value())
	if err != nil {
		p.wrong("is not JSON")
	}
	return c
}

// element is what a list of the format may hold.
type element interface{ string | int64 }

// listAt reads a list; an empty one is none.
func listAt[T element](p *lineParser) []T {
	l, err := parseList[T](p.value())
	if err != nil {
		p.wrong("is wrong: %v", err)
	}
	return l
}

func parseList[T element](b []byte) ([]T, error) {
	var in []*T
	if err := json.Unmarshal(b, &in); err != nil {
		return nil, errors.New("it is no list of its kind of value")
	}
	var l []T
	for _, v := range in {
		if v == nil {
			return nil, errors.New("a value of the list is null")
		}
		l = append(l, *v)
	}
	return l, nil
}

// listText is a list as JSON; none where it is empty.
func listText[T element](l []T, one func([]byte, T) []byte) []byte {
	if len(l) == 0 {
		return nil
	}
	return appendList(nil, l, one)
}

func rawText(b json.RawMessage) []byte {
	if len(b) == 0 {
		return nil
	}
	return appendRaw(nil, b)
}

func startedText(t time.Time) []byte {
	s, _ := strconv.Unquote(string(appendStarted(nil, t)))
	return []byte(s)
}
