package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// lineParser reads the members of one JSON object straight into a record. It expects them in the order in which they
// are written and finds them in any other. The first fault is kept in err.
type lineParser struct {
	b     []byte
	at    int
	open  bool     // the object has just begun
	names []string // of the kind's fields
	hint  int      // the field that should come next
	stood uint64   // fields whose name stood in the line
	given uint64   // fields that had a value
	name  string   // of the unknown member that next found
	code  uint8
	known known
	last  [lastCode + 1][64]string // by kind and field, what was read before: most strings occur again at once
	err   error
}

var errNoObject = errors.New("the line is not a JSON object")

// line reads one line into the batch.
func (p *lineParser) line(line []byte, b *batch) error {
	p.b, p.at, p.err = line, 0, nil
	if !utf8.Valid(line) {
		return errors.New("the line is not UTF-8")
	}
	if p.blanks() != '{' {
		return errNoObject
	}
	p.at++
	code, end := p.kind()
	if p.err != nil {
		return p.err
	}
	if p.begin(code); end > 0 {
		p.at, p.open = end, false
		p.takes(0, 0)
	}
	p.record(code, b)
	if p.err != nil {
		b.drop()
		return fmt.Errorf("%s: %w", kindNames[code], p.err)
	}
	return nil
}

// begin prepares for the members of a record of the kind.
func (p *lineParser) begin(code uint8) {
	p.code, p.names, p.hint, p.open, p.stood, p.given = code, lineNames[code], 0, true, 0, 0
}

// kind finds which kind of record the line is, without moving on. Where the kind stands first, it gives its end.
func (p *lineParser) kind() (code uint8, end int) {
	const first = `"kind":"`
	if rest := p.b[p.at:]; len(rest) > len(first) && string(rest[:len(first)]) == first {
		rest = rest[len(first):]
		if n := bytes.IndexByte(rest[:min(len(rest), 16)], '"'); n > 0 {
			if code := codeOf(string(rest[:n])); code > 0 {
				return code, p.at + len(first) + n + 1
			}
		}
	}
	return p.searchKind(), 0
}

// searchKind looks at all members.
func (p *lineParser) searchKind() uint8 {
	at, kind := p.at, ""
	found := false
	for p.begin(0); p.next() >= 0; {
		if p.name != "kind" || p.err != nil {
			p.skip()
			continue
		}
		found = true
		kind = p.anyText()
	}
	code := codeOf(kind)
	switch {
	case p.err != nil:
	case !found:
		p.err = errors.New(`field "kind" is missing`)
	case code == 0:
		p.err = fmt.Errorf("kind %q is %w", kind, ErrNewer)
	}
	p.at = at
	return code
}

// next moves to the value of the next member and says which field it is: len(p.names) for an unknown one, whose name
// is then in p.name, and -1 at the end of the object or after a fault. A field that is null counts as absent.
func (p *lineParser) next() int {
	for p.separator() {
		i := p.member()
		if p.err != nil {
			return -1
		}
		if i == len(p.names) {
			return i
		}
		if p.stood>>i&1 == 1 {
			p.fail(fmt.Errorf("field %s stands twice", p.field(i)))
			return -1
		}
		p.stood |= 1 << i
		if p.blanks() != 'n' {
			p.given |= 1 << i
			return i
		}
		p.literal("null")
	}
	return -1
}

// takes notes that field i was found, whose name with what stands around it takes n bytes.
func (p *lineParser) takes(i, n int) {
	p.at += n
	p.hint = i + 1
	p.stood |= 1 << i
	p.given |= 1 << i
}

// separator moves to the next member; there is none where the object ends.
func (p *lineParser) separator() bool {
	c := p.blanks()
	switch {
	case p.err != nil:
	case c == '}':
		p.at++
		if p.blanks() != 0 || p.at < len(p.b) {
			p.fail(errors.New("something follows the JSON object"))
		}
	case p.open:
		p.open = false
		return true
	case c == ',':
		p.at++
		p.blanks()
		return true
	case p.at == len(p.b):
		p.fail(errors.New("the JSON object does not end"))
	default:
		p.fail(errNoObject)
	}
	return false
}

// member reads a member's name and says which field it is.
func (p *lineParser) member() int {
	for i := p.hint; i < len(p.names) && i < p.hint+2; i++ { // the next one, or the one after one that is left out
		if name := p.names[i][1:]; len(p.b)-p.at > len(name) && string(p.b[p.at:p.at+len(name)]) == name {
			p.at += len(name)
			p.hint = i + 1
			return i
		}
	}
	p.name = p.anyText()
	if p.err != nil || p.blanks() != ':' {
		p.fail(errNoObject)
		return 0
	}
	p.at++
	i := placeOf(p.code, p.name)
	if i < 0 {
		return len(p.names)
	}
	p.hint = i + 1
	return i
}

// field is a field's name between quotes.
func (p *lineParser) field(i int) string { return strings.Trim(p.names[i], ",:") }

func (p *lineParser) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// wrong is a fault of the field that was read last.
func (p *lineParser) wrong(format string, args ...any) {
	p.fail(fmt.Errorf("field %s %s", p.field(p.hint-1), fmt.Sprintf(format, args...)))
}

// blanks passes over blanks and gives the byte that follows; 0 at the end.
func (p *lineParser) blanks() byte {
	for p.at < len(p.b) {
		if c := p.b[p.at]; c > ' ' || c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c
		}
		p.at++
	}
	return 0
}

func (p *lineParser) literal(word string) bool {
	if !bytes.HasPrefix(p.b[p.at:], []byte(word)) {
		return false
	}
	p.at += len(word)
	return true
}

// required notes the fields of the set that were not there.
func (p *lineParser) required(set uint64) {
	if missing := set &^ p.given; missing != 0 {
		p.fail(fmt.Errorf("field %s is missing", p.field(bits.TrailingZeros64(missing))))
	}
}

// unknown keeps the member that next found.
func (p *lineParser) unknown(x *Extra) {
	name := p.name
	v, err := compactJSON(p.value())
	if err != nil {
		p.fail(fmt.Errorf("field %q is not JSON", name))
		return
	}
	if _, twice := (*x)[name]; twice {
		p.fail(fmt.Errorf("field %q stands twice", name))
		return
	}
	if *x == nil {
		*x = Extra{}
	}
	(*x)[name] = v
}

// skip passes over a value whose meaning is known.
func (p *lineParser) skip() {
	if !json.Valid(p.value()) {
		p.fail(errNoObject)
	}
}
