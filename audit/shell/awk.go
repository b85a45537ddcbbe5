package shell

import (
	"strings"
)

// awk follows what start scripts use it for: rules with a simple condition that print fields, texts and sums.
func awk(m *machine, c call) string {
	script, names, vars, ok := awkArgs(c.args[1:])
	rules, parsed := parseAwk(script)
	if !ok || !parsed || !Known(script) {
		return Mark("the output of awk")
	}
	text := c.in
	if len(names) > 0 {
		text = ""
		for _, name := range names {
			text += m.content(name)
		}
	}
	var out strings.Builder
	for n, line := range split(text) {
		if !Known(line) {
			out.WriteString(Mark(Why(line)) + "\n")
			continue
		}
		r := record{line: line, n: n + 1, vars: vars}
		r.cut()
		for _, rule := range rules {
			if rule.holds(r) {
				out.WriteString(rule.print(r) + "\n")
			}
		}
		if out.Len() > maxText {
			return Mark("a text in the start script grows without end")
		}
	}
	return out.String()
}

// split cuts a text into lines without their ends.
func split(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// awkArgs reads -F and -v, the script and the files.
func awkArgs(args []string) (script string, names []string, vars map[string]string, ok bool) {
	vars = map[string]string{"FS": " ", "OFS": " "}
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && len(args[0]) > 1 {
		flag, value := args[0][:2], args[0][2:]
		if args = args[1:]; value == "" {
			if len(args) == 0 {
				return "", nil, nil, false
			}
			value, args = args[0], args[1:]
		}
		switch flag {
		case "-F":
			vars["FS"] = strings.NewReplacer(`\t`, "\t", `\\`, `\`).Replace(value)
		case "-v":
			name, set, _ := strings.Cut(value, "=")
			vars[name] = set
		default:
			return "", nil, nil, false
		}
	}
	if len(args) == 0 {
		return "", nil, nil, false
	}
	for _, name := range args[1:] {
		if strings.Contains(name, "=") {
			return "", nil, nil, false
		}
	}
	return args[0], args[1:], vars, true
}

// record is one line with its fields.
type record struct {
	line   string
	n      int
	fields []string
	vars   map[string]string
}

func (r *record) cut() {
	switch separator := r.vars["FS"]; {
	case separator == " ":
		r.fields = strings.Fields(r.line)
	case r.line == "":
	case len(separator) == 1 && separator != "|":
		r.fields = strings.Split(r.line, separator)
	default:
		if expr, ok := basicExpr(separator, true); ok && len(separator) > 1 {
			r.fields = expr.Split(r.line, -1)
		} else {
			r.fields = strings.Split(r.line, separator)
		}
	}
}

// field returns $n, and for n below 0 that many from the end: -1 is $NF.
func (r record) field(n int) string {
	switch {
	case n == 0:
		return r.line
	case n < 0:
		n += len(r.fields) + 1
	}
	if n < 1 || n > len(r.fields) {
		return ""
	}
	return r.fields[n-1]
}
