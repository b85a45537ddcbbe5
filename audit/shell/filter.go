package shell

import (
	"regexp"
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

// marked is a filter's answer to a line that holds a mark.
func marked(line string) (string, bool) { return Mark(Why(line)), true }

// option returns the value of -x VALUE or -xVALUE.
func option(args []string, flag string) (string, bool) {
	for i, a := range args {
		switch {
		case a == flag && i+1 < len(args):
			return args[i+1], true
		case strings.HasPrefix(a, flag) && len(a) > len(flag):
			return a[len(flag):], true
		}
	}
	return "", false
}

func cut(_ *machine, c call) string {
	delimiter, ok := option(c.args, "-d")
	if !ok {
		delimiter = "\t"
	}
	field, _ := option(c.args, "-f")
	n, err := strconv.Atoi(field)
	if err != nil || n < 1 {
		return Mark("the output of cut")
	}
	return lines(c.in, func(line string) (string, bool) {
		if !Known(line) {
			return marked(line)
		}
		parts := strings.Split(line, delimiter)
		if len(parts) == 1 {
			return line, true
		}
		if n > len(parts) {
			return "", true
		}
		return parts[n-1], true
	})
}

func tr(_ *machine, c call) string {
	if !Known(c.in) {
		return Mark(Why(c.in))
	}
	if len(c.args) == 3 && c.args[1] == "-d" {
		return strings.NewReplacer(setOf(c.args[2])...).Replace(c.in)
	}
	if len(c.args) != 3 {
		return Mark("the output of tr")
	}
	from, to := c.args[1], c.args[2]
	switch {
	case strings.Contains(from, "lower") && strings.Contains(to, "upper") || from == "a-z" && to == "A-Z":
		return strings.ToUpper(c.in)
	case strings.Contains(from, "upper") && strings.Contains(to, "lower") || from == "A-Z" && to == "a-z":
		return strings.ToLower(c.in)
	case len(from) == 1 && len(to) == 1:
		return strings.ReplaceAll(c.in, from, to)
	case from == `\n` || to == `\n`:
		return strings.ReplaceAll(c.in, strings.ReplaceAll(from, `\n`, "\n"), strings.ReplaceAll(to, `\n`, "\n"))
	}
	return Mark("the output of tr")
}

// setOf lists replacements that delete each character of a set.
func setOf(set string) []string {
	set = strings.NewReplacer("0-9", "0123456789", `\n`, "\n", `\r`, "\r", "[:space:]", " \t\n").Replace(set)
	var pairs []string
	for _, r := range set {
		pairs = append(pairs, string(r), "")
	}
	return pairs
}

var awkField = regexp.MustCompile(`^\s*\{\s*print\s+\$(NF|\d+)\s*;?\s*\}\s*$`)

// awk understands what start scripts use it for: printing one field.
func awk(_ *machine, c call) string {
	separator, hasSeparator := option(c.args, "-F")
	var field []string
	for _, a := range c.args[1:] {
		if found := awkField.FindStringSubmatch(a); found != nil {
			field = found
		}
	}
	if field == nil {
		return Mark("the output of awk")
	}
	return lines(c.in, func(line string) (string, bool) {
		if !Known(line) {
			return marked(line)
		}
		parts := strings.Fields(line)
		if hasSeparator {
			parts = strings.Split(line, separator)
		}
		n := len(parts)
		if field[1] != "NF" {
			n, _ = strconv.Atoi(field[1])
		}
		switch {
		case n == 0:
			return line, true
		case n > len(parts):
			return "", true
		}
		return parts[n-1], true
	})
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
	return reference.ReplaceAllStringFunc(c.in, func(text string) string {
		found := reference.FindStringSubmatch(text)
		name := found[1] + found[2]
		if len(only) > 0 && !only[name] {
			return text
		}
		if _, set := m.vars[name]; set && !m.exported[name] && c.assigns[name] == "" {
			return ""
		}
		if value, ok := c.assigns[name]; ok {
			return value
		}
		value, _ := m.lookup(name)
		return value
	})
}

// grep passes the lines that match; with -q only its status matters.
func grep(m *machine, c call) string {
	args := c.args[1:]
	names := operands(args)
	if len(names) == 0 {
		return ""
	}
	text := c.in
	if len(names) > 1 {
		text = m.content(names[1])
	}
	expr, ok := basicExpr(names[0], hasFlag(args, 'E') || hasFlag(args, 'P'))
	if !ok || !Known(text) || hasFlag(args, 'o') || hasFlag(args, 'i') {
		m.status = Mark("the status of grep is only known when the pod runs")
		return Mark("the output of grep")
	}
	invert := hasFlag(args, 'v')
	out := lines(text, func(line string) (string, bool) { return line, expr.MatchString(line) != invert })
	m.status = statusOf(out != "", "")
	if hasFlag(args, 'q') || hasFlag(args, 'c') {
		return ""
	}
	return out
}

func hasFlag(args []string, flag byte) bool {
	for _, a := range args {
		if len(a) > 1 && a[0] == '-' && a[1] != '-' && strings.IndexByte(a, flag) > 0 {
			return true
		}
	}
	return false
}
