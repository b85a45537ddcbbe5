package redact

import (
	"bytes"
	"io"
	"regexp"
)

const (
	// longestLine bounds what of one line is kept: a secret must not hide across the point where it is cut.
	longestLine = 64 << 10
	// mostLines bounds how many lines are held back because they belong together; a private key has some fifty.
	mostLines = 400
)

// Log redacts the lines that are written to it on their way to another writer. Secrets that span lines are found as
// well, also where each line begins with a time stamp, as the API server's logs do. Close writes what is held back.
type Log struct {
	to   io.Writer
	line []byte
	long bool // the line under way is longer than what is kept of it
	unit unit
}

// NewLog returns a Log that writes to to.
func NewLog(to io.Writer) *Log { return &Log{to: to} }

// Write takes a part of the log, which need not end with a line.
func (l *Log) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		end := bytes.IndexByte(rest, '\n') + 1
		if end == 0 {
			l.take(rest)
			break
		}
		l.take(rest[:end])
		rest = rest[end:]
		if err := l.endLine(); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// Close writes what is held back. The writer below stays open.
func (l *Log) Close() error {
	if len(l.line) > 0 {
		if err := l.endLine(); err != nil {
			return err
		}
	}
	return l.flush()
}

func (l *Log) take(part []byte) {
	if room := longestLine - len(l.line); len(part) > room {
		part, l.long = part[:max(room, 0)], true
	}
	l.line = append(l.line, part...)
}

func (l *Log) endLine() error {
	if l.long {
		l.line = append(l.line, "… (cut)\n"...)
	}
	if !l.unit.continues(l.line) {
		if err := l.flush(); err != nil {
			return err
		}
	}
	l.unit.add(l.line)
	l.line, l.long = l.line[:0], false
	return nil
}

func (l *Log) flush() error {
	if len(l.unit.text) == 0 && len(l.unit.stamps) == 0 {
		return nil
	}
	_, err := l.to.Write(l.unit.redacted())
	l.unit = unit{text: l.unit.text[:0]}
	return err
}

// unit is a run of lines in which a secret may span lines. Most are of one line.
type unit struct {
	text   []byte   // without the time stamps
	stamps [][]byte // one a line
	kind   kind
	indent int
}

// kind says what opened a unit, and so what continues it.
type kind int

const (
	single kind = iota
	privateKey
	block    // a YAML block scalar under a secret's name
	variable // the name of an environment variable, whose value is on the next line
)

var (
	stamp     = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z `)
	keyBegins = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`)
	keyEnds   = regexp.MustCompile(`-----END [A-Z ]*PRIVATE KEY-----`)
	opens     = regexp.MustCompile(`(?i)^[ \t]*(?:- )?["']?` + secretName + `["']?[ \t]*:[ \t]*[|>][-+0-9]*[ \t]*\r?\n$`)
	names     = regexp.MustCompile(`(?i)\bname["']?[ \t]*:[ \t]*["']?` + secretName + `["']?[ \t]*,?\s*$`)
)

func splitStamp(line []byte) (stamped, text []byte) {
	n := len(stamp.Find(line))
	return line[:n], line[n:]
}

// continues tells whether a line may belong to a secret that the lines before it began.
func (u *unit) continues(line []byte) bool {
	if len(u.stamps) >= mostLines {
		return false
	}
	_, text := splitStamp(line)
	switch u.kind {
	case privateKey:
		return !keyEnds.Match(u.text)
	case block:
		return indentation(text) > u.indent || len(bytes.TrimSpace(text)) == 0
	case variable:
		return len(u.stamps) < 2
	}
	return false
}

func (u *unit) add(line []byte) {
	stamped, text := splitStamp(line)
	if len(u.stamps) == 0 {
		u.kind, u.indent = opened(text), indentation(text)
	}
	u.stamps = append(u.stamps, bytes.Clone(stamped))
	u.text = append(u.text, text...)
}

func opened(text []byte) kind {
	if !suspect(text) {
		return single
	}
	switch {
	case keyBegins.Match(text):
		return privateKey
	case opens.Match(text):
		return block
	case names.Match(text):
		return variable
	}
	return single
}

// redacted gives the lines that are left their stamps back; where lines fell away, the first of the stamps.
func (u *unit) redacted() []byte {
	var out []byte
	for i, line := range bytes.SplitAfter(Bytes(u.text), []byte("\n")) {
		if i < len(u.stamps) && len(line) > 0 {
			out = append(out, u.stamps[i]...)
		}
		out = append(out, line...)
	}
	return out
}

func indentation(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " \t")) }

// Text is Bytes for a whole log, whose lines may begin with time stamps.
func Text(text []byte) []byte {
	var out bytes.Buffer
	l := NewLog(&out)
	_, _ = l.Write(text) // a buffer takes everything
	_ = l.Close()
	return out.Bytes()
}
