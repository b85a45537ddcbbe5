package shell

import (
	"strconv"
	"strings"
)

// sed follows substitutions, deletions and added lines, on files in place or on what it reads.
func sed(m *machine, c call) string {
	o := sedArgs(c.args[1:])
	p := program{quiet: o.quiet}
	for _, script := range o.scripts {
		parsed, ok := sedScript(script, o.extended)
		if !ok {
			return o.spoiled(m, script)
		}
		p.edits = append(p.edits, parsed...)
	}
	if len(o.names) == 0 {
		return p.run(c.in)
	}
	if !o.inPlace {
		var all strings.Builder
		for _, name := range o.names {
			all.WriteString(m.content(name))
		}
		return p.run(all.String())
	}
	for _, name := range o.names {
		m.write(name, p.run(m.content(name)), false)
	}
	return ""
}

// sedOptions are the parts of sed's command line.
type sedOptions struct {
	scripts, names           []string
	inPlace, extended, quiet bool
}

// spoiled is the answer to a script that is not followed: its files are not known any more.
func (o sedOptions) spoiled(m *machine, script string) string {
	for _, name := range o.names {
		if o.inPlace {
			m.write(name, spoil(m.content(name), "sed "+Show(script)+" is not followed"), false)
		}
	}
	return Mark("the output of sed " + Show(script))
}

// spoil marks the value of every setting in a text.
func spoil(text, why string) string {
	return lines(text, func(line string) (string, bool) {
		if key, _, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
			return key + "=" + Mark(why), true
		}
		return line, true
	})
}

func sedArgs(args []string) sedOptions {
	var o sedOptions
	explicit := false
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--":
		case a == "--expression" && i+1 < len(args):
			i++
			o.scripts, explicit = append(o.scripts, args[i]), true
		case strings.HasPrefix(a, "--expression="):
			o.scripts, explicit = append(o.scripts, a[len("--expression="):]), true
		case strings.HasPrefix(a, "--in-place"):
			o.inPlace = true
		case strings.HasPrefix(a, "--"):
			o.extended = o.extended || a == "--regexp-extended"
			o.quiet = o.quiet || a == "--quiet" || a == "--silent"
		case strings.HasPrefix(a, "-") && len(a) > 1:
			if o.letters(a[1:]) && i+1 < len(args) {
				i++
				o.scripts, explicit = append(o.scripts, args[i]), true
			}
		default:
			o.names = append(o.names, a)
		}
	}
	if !explicit && len(o.names) > 0 {
		o.scripts, o.names = append(o.scripts, o.names[0]), o.names[1:]
	}
	return o
}

// letters reads a group of short options, and says whether a script follows. What stands behind i is a suffix.
func (o *sedOptions) letters(group string) bool {
	for i := range len(group) {
		switch group[i] {
		case 'i':
			o.inPlace = true
			return false
		case 'E', 'r':
			o.extended = true
		case 'n':
			o.quiet = true
		case 'e':
			return true
		}
	}
	return false
}

// sedScript parses the commands of one expression.
func sedScript(script string, extended bool) ([]edit, bool) {
	var edits []edit
	const between = " \t;\n"
	for rest := strings.TrimLeft(script, between); rest != ""; rest = strings.TrimLeft(rest, between) {
		var e edit
		var ok bool
		if rest, ok = e.parseAddresses(rest, extended); !ok || rest == "" || len(edits) > 200 {
			return nil, false
		}
		if rest, ok = e.parseVerb(rest, extended); !ok {
			return nil, false
		}
		edits = append(edits, e)
	}
	return edits, true
}

func (e *edit) parseAddresses(rest string, extended bool) (string, bool) {
	rest, first, ok := parseAddress(rest, extended)
	e.from = first
	if ok && first != nil && strings.HasPrefix(rest, ",") {
		rest, e.to, ok = parseAddress(strings.TrimLeft(rest[1:], " "), extended)
		ok = ok && e.to != nil
	}
	for strings.HasPrefix(rest, "!") {
		e.not, rest = true, strings.TrimLeft(rest[1:], " ")
	}
	return rest, ok
}

// parseAddress reads a line's number, $ or an expression; nil is none.
func parseAddress(rest string, extended bool) (string, *address, bool) {
	switch {
	case rest == "":
		return rest, nil, true
	case rest[0] == '$':
		return strings.TrimLeft(rest[1:], " "), &address{last: true}, true
	case rest[0] >= '0' && rest[0] <= '9':
		end := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.Atoi(rest[:end])
		return strings.TrimLeft(rest[end:], " "), &address{line: n}, err == nil && n > 0
	case rest[0] != '/' && rest[0] != '\\':
		return rest, nil, true
	}
	separator := rest[0]
	if separator == '\\' {
		if len(rest) < 2 {
			return "", nil, false
		}
		separator, rest = rest[1], rest[1:]
	}
	text, after, ok := delimited(rest[1:], separator)
	if !ok || text == "" {
		return "", nil, false
	}
	a := &address{}
	if strings.HasPrefix(after, "I") {
		text, after = "(?i)"+text, after[1:]
	}
	a.match, ok = basicExpr(text, extended)
	return strings.TrimLeft(after, " "), a, ok
}

func (e *edit) parseVerb(rest string, extended bool) (string, bool) {
	e.verb = rest[0]
	rest = rest[1:]
	switch e.verb {
	case 'd', 'p', 'q', '=':
		after := strings.TrimLeft(rest, " \t")
		return after, after == "" || after[0] == ';' || after[0] == '\n'
	case 'a', 'i', 'c':
		e.text = addedText(rest)
		return "", true
	case 's':
		return e.parseSubstitution(rest, extended)
	}
	return "", false
}

// addedText is the text of a, i and c: blanks in front of it are dropped, a backslash keeps them.
func addedText(rest string) string {
	rest = strings.TrimLeft(rest, " \t")
	if after, ok := strings.CutPrefix(rest, `\`); ok {
		if after, ok = strings.CutPrefix(strings.TrimLeft(after, " \t"), "\n"); ok {
			rest = after
		} else {
			rest = strings.TrimLeft(strings.TrimPrefix(rest, `\`), " \t")
		}
	}
	return strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\`, "").Replace(rest)
}

func (e *edit) parseSubstitution(rest string, extended bool) (string, bool) {
	if rest == "" || rest[0] == '\\' || rest[0] == '\n' {
		return "", false
	}
	separator := rest[0]
	pattern, after, ok := delimited(rest[1:], separator)
	if !ok || pattern == "" {
		return "", false
	}
	with, after, ok := delimited(after, separator)
	if !ok {
		return "", false
	}
	e.nth = 1
flags:
	for after != "" {
		switch {
		case after[0] == 'g':
			e.global = true
		case after[0] == 'I' || after[0] == 'i':
			pattern = "(?i)" + pattern
		case after[0] == 'p':
			e.print = true
		case after[0] >= '1' && after[0] <= '9':
			e.nth = int(after[0] - '0')
		default:
			break flags
		}
		after = after[1:]
	}
	if after = strings.TrimLeft(after, " \t"); after != "" && after[0] != ';' && after[0] != '\n' {
		return "", false
	}
	if e.with, ok = replacement(with); !ok {
		return "", false
	}
	e.match, ok = basicExpr(pattern, extended)
	return after, ok
}

// delimited reads up to an unescaped separator; an escaped one stands for itself. In brackets it is plain text.
func delimited(text string, separator byte) (string, string, bool) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			if text[i+1] != separator {
				out.WriteByte(text[i])
			}
			i++
			out.WriteByte(text[i])
		case text[i] == separator:
			return out.String(), text[i+1:], true
		default:
			out.WriteByte(text[i])
		}
	}
	return "", "", false
}
