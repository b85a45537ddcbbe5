package shell

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// lines applies a function to each line of a text.
func lines(text string, each func(string) (string, bool)) string {
	if text == "" {
		return ""
	}
	trailing := strings.HasSuffix(text, "\n")
	var out []string
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if changed, keep := each(line); keep {
			out = append(out, changed)
		}
	}
	joined := strings.Join(out, "\n")
	if trailing && len(out) > 0 {
		joined += "\n"
	}
	return joined
}

// ended puts an end to the last line, as tools do that write line by line.
func ended(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\n"
}

// marked is a filter's answer to a line that holds a mark.
func marked(line string) (string, bool) { return Mark(Why(line)), true }

// options are the parts of a text tool's command line.
type options struct {
	flags  map[byte]bool
	values map[byte]string
	names  []string
}

// parse reads short options; with holds those that take a value.
func parse(args []string, with string) options {
	o := options{flags: map[byte]bool{}, values: map[byte]string{}}
	for i := 0; i < len(args); i++ {
		a := args[i]
		if len(a) < 2 || a[0] != '-' || !Known(a) {
			o.names = append(o.names, a)
			continue
		}
		if a == "--" {
			o.names = append(o.names, args[i+1:]...)
			break
		}
		for j := 1; j < len(a); j++ {
			if strings.IndexByte(with, a[j]) < 0 {
				o.flags[a[j]] = true
				continue
			}
			o.values[a[j]] = a[j+1:]
			if j+1 == len(a) && i+1 < len(args) {
				i++
				o.values[a[j]] = args[i]
			}
			break
		}
	}
	return o
}

// input is the text that a tool reads: that of its files, or its standard input.
func (o options) input(m *machine, c call, from int) string {
	if len(o.names) <= from {
		return c.in
	}
	var out strings.Builder
	for _, name := range o.names[from:] {
		if name == "-" {
			out.WriteString(c.in)
		} else {
			out.WriteString(m.content(name))
		}
	}
	return out.String()
}

func cut(m *machine, c call) string {
	o := parse(c.args[1:], "dfcb")
	delimiter, given := o.values['d']
	if !given {
		delimiter = "\t"
	}
	list, byField := o.values['f']
	if !byField {
		list = o.values['c'] + o.values['b']
	}
	picks, ok := ranges(list)
	if !ok || len(delimiter) != 1 && byField {
		return Mark("the output of cut")
	}
	return ended(lines(o.input(m, c, 0), func(line string) (string, bool) {
		switch {
		case !Known(line):
			return marked(line)
		case !byField:
			return strings.Join(pick(strings.Split(line, ""), picks), ""), true
		case !strings.Contains(line, delimiter):
			return line, !o.flags['s']
		}
		return strings.Join(pick(strings.Split(line, delimiter), picks), delimiter), true
	}))
}

// ranges reads a list such as 1,3-5,7-; the end 0 is open.
func ranges(list string) ([][2]int, bool) {
	var all [][2]int
	for _, part := range strings.Split(list, ",") {
		from, to, isRange := strings.Cut(part, "-")
		first, errFrom := strconv.Atoi(from)
		last, errTo := strconv.Atoi(to)
		if isRange && from == "" {
			first, errFrom = 1, nil
		}
		if isRange && to == "" {
			last, errTo = 0, nil
		}
		if !isRange {
			last, errTo = first, nil
		}
		if errFrom != nil || errTo != nil || first < 1 || part == "-" {
			return nil, false
		}
		all = append(all, [2]int{first, last})
	}
	return all, true
}

func pick(parts []string, picks [][2]int) []string {
	var all []string
	for i, part := range parts {
		if slices.ContainsFunc(picks, func(p [2]int) bool { return i+1 >= p[0] && (p[1] == 0 || i+1 <= p[1]) }) {
			all = append(all, part)
		}
	}
	return all
}

var reference = regexp.MustCompile(`\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)`)

// envsubst replaces ${NAME} and $NAME from the exported variables, all or only those listed.
func envsubst(m *machine, c call) string {
	only := map[string]bool{}
	for _, a := range c.args[1:] {
		for _, found := range reference.FindAllStringSubmatch(a, -1) {
			only[found[1]+found[2]] = true
		}
	}
	listed := len(c.args) > 1
	return reference.ReplaceAllStringFunc(c.in, func(text string) string {
		found := reference.FindStringSubmatch(text)
		name := found[1] + found[2]
		if listed && !only[name] {
			return text
		}
		if value, ok := c.assigns[name]; ok {
			return value
		}
		if _, set := m.vars[name]; set && !m.exported[name] {
			return ""
		}
		value, _ := m.lookup(name)
		return value
	})
}

// grep passes the lines that match; with -q only its status matters.
func grep(m *machine, c call) string {
	o := parse(c.args[1:], "emABC")
	pattern, explicit := o.values['e']
	from := 0
	if !explicit {
		if len(o.names) == 0 {
			return ""
		}
		pattern, from = o.names[0], 1
	}
	text := o.input(m, c, from)
	expr, ok := grepExpr(o, pattern)
	if !ok || !Known(text) || len(o.names) > from+1 || o.flags['r'] || o.flags['l'] || o.flags['n'] || o.values['A']+o.values['B']+o.values['C']+o.values['m'] != "" {
		m.status = Mark("the status of grep is only known when the pod runs")
		return Mark("the output of grep")
	}
	var out []string
	for _, line := range split(text) {
		if expr.MatchString(line) == o.flags['v'] {
			continue
		}
		if o.flags['o'] && !o.flags['v'] {
			out = append(out, slices.DeleteFunc(expr.FindAllString(line, -1), func(s string) bool { return s == "" })...)
			continue
		}
		out = append(out, line)
	}
	m.status = statusOf(len(out) > 0, "")
	switch {
	case o.flags['q']:
		return ""
	case o.flags['c']:
		return strconv.Itoa(len(out)) + "\n"
	}
	return ended(strings.Join(out, "\n"))
}

func grepExpr(o options, pattern string) (*regexp.Regexp, bool) {
	extended := o.flags['E'] || o.flags['P']
	if o.flags['F'] {
		pattern, extended = regexp.QuoteMeta(pattern), true
	}
	if !extended && (o.flags['w'] || o.flags['x']) {
		pattern, extended = fromBasic(pattern), true
	}
	switch {
	case o.flags['x']:
		pattern = "^(?:" + pattern + ")$"
	case o.flags['w']:
		pattern = `\b(?:` + pattern + `)\b`
	}
	if o.flags['i'] {
		pattern = "(?i)" + pattern
	}
	return basicExpr(pattern, extended)
}
