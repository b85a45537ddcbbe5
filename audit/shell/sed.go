package shell

import (
	"regexp"
	"strings"
)

// edit is one command of a sed script: an address, and what is done to the lines that it selects.
type edit struct {
	address *regexp.Regexp
	last    bool
	verb    byte
	match   *regexp.Regexp
	with    string
	global  bool
	text    string
}

// sed follows substitutions, deletions and added lines, on files in place or on what it reads.
func sed(m *machine, c call) string {
	scripts, names, inPlace, extended := sedArgs(c.args[1:])
	var edits []edit
	for _, script := range scripts {
		parsed, ok := sedScript(script, extended)
		if !ok {
			for _, name := range names {
				if inPlace {
					m.write(name, spoil(m.content(name), "sed "+Show(script)+" is not followed"), false)
				}
			}
			return Mark("the output of sed " + Show(script))
		}
		edits = append(edits, parsed...)
	}
	if len(names) == 0 {
		return apply(edits, c.in)
	}
	var out strings.Builder
	for _, name := range names {
		text := apply(edits, m.content(name))
		if inPlace {
			m.write(name, text, false)
		} else {
			out.WriteString(text)
		}
	}
	return out.String()
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

func sedArgs(args []string) (scripts, names []string, inPlace, extended bool) {
	explicit := false
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "-e" || a == "--expression":
			if i+1 < len(args) {
				i++
				scripts, explicit = append(scripts, args[i]), true
			}
		case strings.HasPrefix(a, "-i"), a == "--in-place":
			inPlace = true
		case strings.HasPrefix(a, "-") && len(a) > 1:
			extended = extended || strings.ContainsAny(a, "Er")
			inPlace = inPlace || strings.Contains(a, "i")
			if strings.HasSuffix(a, "e") && i+1 < len(args) {
				i++
				scripts, explicit = append(scripts, args[i]), true
			}
		default:
			names = append(names, a)
		}
	}
	if !explicit && len(names) > 0 {
		scripts, names = append(scripts, names[0]), names[1:]
	}
	return scripts, names, inPlace, extended
}

// sedScript parses the commands of one expression.
func sedScript(script string, extended bool) ([]edit, bool) {
	var edits []edit
	rest := script
	for rest = strings.TrimLeft(rest, " ;\n"); rest != ""; rest = strings.TrimLeft(rest, " ;\n") {
		if len(edits) > 200 {
			return nil, false
		}
		var e edit
		var ok bool
		if rest, ok = e.parseAddress(rest, extended); !ok || rest == "" {
			return nil, false
		}
		if rest, ok = e.parseVerb(rest, extended); !ok {
			return nil, false
		}
		edits = append(edits, e)
	}
	return edits, true
}

func (e *edit) parseAddress(rest string, extended bool) (string, bool) {
	switch {
	case strings.HasPrefix(rest, "$"):
		e.last = true
		return strings.TrimLeft(rest[1:], " "), true
	case !strings.HasPrefix(rest, "/"):
		return rest, rest[0] < '0' || rest[0] > '9'
	}
	text, after, ok := delimited(rest[1:], '/')
	if !ok {
		return "", false
	}
	e.address, ok = basicExpr(text, extended)
	return strings.TrimLeft(after, " "), ok
}

func (e *edit) parseVerb(rest string, extended bool) (string, bool) {
	e.verb = rest[0]
	rest = rest[1:]
	switch e.verb {
	case 'd':
		return rest, true
	case 'a', 'i', 'c':
		e.text = strings.TrimLeft(strings.TrimPrefix(strings.TrimLeft(rest, " "), `\`), "\n")
		return "", true
	case 's':
		if rest == "" {
			return "", false
		}
		separator := rest[0]
		pattern, after, ok := delimited(rest[1:], separator)
		if !ok {
			return "", false
		}
		with, after, ok := delimited(after, separator)
		if !ok {
			return "", false
		}
		e.with = replacement(with)
		e.match, ok = basicExpr(pattern, extended)
		for len(after) > 0 && strings.IndexByte("gIip", after[0]) >= 0 {
			e.global = e.global || after[0] == 'g'
			after = after[1:]
		}
		return after, ok
	}
	return "", false
}

// delimited reads up to an unescaped separator; an escaped one stands for itself.
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

// basicExpr compiles a POSIX expression. In a basic one a group is \( \) and a bare + or ? is plain text.
func basicExpr(text string, extended bool) (*regexp.Regexp, bool) {
	if len(text) > 256 || !Known(text) {
		return nil, false
	}
	if !extended {
		var out strings.Builder
		for i := 0; i < len(text); i++ {
			switch {
			case text[i] == '\\' && i+1 < len(text):
				i++
				if strings.IndexByte("(){}|+?", text[i]) < 0 {
					out.WriteByte('\\')
				}
				out.WriteByte(text[i])
			case strings.IndexByte("(){}|+?", text[i]) >= 0:
				out.WriteString(`\` + text[i:i+1])
			default:
				out.WriteByte(text[i])
			}
		}
		text = out.String()
	}
	expr, err := regexp.Compile(text)
	return expr, err == nil
}

// replacement turns & and \1 into the form of the regexp package.
func replacement(with string) string {
	var out strings.Builder
	for i := 0; i < len(with); i++ {
		switch {
		case with[i] == '$':
			out.WriteString("$$")
		case with[i] == '&':
			out.WriteString("${0}")
		case with[i] == '\\' && i+1 < len(with):
			i++
			switch {
			case with[i] >= '0' && with[i] <= '9':
				out.WriteString("${" + with[i:i+1] + "}")
			case with[i] == 'n':
				out.WriteByte('\n')
			default:
				out.WriteByte(with[i])
			}
		default:
			out.WriteByte(with[i])
		}
	}
	return out.String()
}

// apply runs the edits over each line.
func apply(edits []edit, text string) string {
	total := strings.Count(strings.TrimSuffix(text, "\n"), "\n") + 1
	n := 0
	return lines(text, func(line string) (string, bool) {
		n++
		for _, e := range edits {
			if e.address != nil && !e.address.MatchString(line) || e.last && n != total {
				continue
			}
			switch e.verb {
			case 'd':
				return "", false
			case 'a':
				line += "\n" + e.text
			case 'i':
				line = e.text + "\n" + line
			case 'c':
				line = e.text
			case 's':
				line = e.substitute(line)
			}
			if len(line) > maxText {
				return Mark("a text in the start script grows without end"), true
			}
		}
		return line, true
	})
}

func (e edit) substitute(line string) string {
	if e.global {
		return e.match.ReplaceAllString(line, e.with)
	}
	at := e.match.FindStringSubmatchIndex(line)
	if at == nil {
		return line
	}
	return line[:at[0]] + string(e.match.ExpandString(nil, e.with, line, at)) + line[at[1]:]
}
