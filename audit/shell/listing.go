package shell

import (
	"slices"
	"strconv"
	"strings"
)

// head passes the first lines; a negative number leaves out the last ones.
func head(m *machine, c call) string {
	n, o, ok := count(c.args[1:])
	text := o.input(m, c, 0)
	all := strings.SplitAfter(text, "\n")
	if len(all) > 0 && all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	number, err := strconv.Atoi(n)
	if !ok || err != nil || len(o.names) > 1 {
		return Mark("the output of head")
	}
	if number < 0 {
		number = max(0, len(all)+number)
	}
	return strings.Join(all[:min(number, len(all))], "")
}

// tail passes the last lines, or with + those from a number on; following a file never ends.
func tail(m *machine, c call) string {
	for _, a := range c.args[1:] {
		if a == "-f" || a == "-F" || strings.HasPrefix(a, "--follow") || strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && strings.ContainsAny(a, "fF") {
			m.idle(Show(strings.Join(c.args, " ")))
			m.stopped = m.stopped || !m.behind
			return ""
		}
	}
	n, o, ok := count(c.args[1:])
	all := strings.SplitAfter(o.input(m, c, 0), "\n")
	if len(all) > 0 && all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	number, err := strconv.Atoi(strings.TrimLeft(n, "+-"))
	if !ok || err != nil || len(o.names) > 1 {
		return Mark("the output of tail")
	}
	from := max(0, len(all)-number)
	if strings.HasPrefix(n, "+") {
		from = min(max(0, number-1), len(all))
	}
	return strings.Join(all[from:], "")
}

// count reads how many lines: -n 3, -n3, -3, and 10 without any.
func count(args []string) (string, options, bool) {
	var rest []string
	n := "10"
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "-n" && i+1 < len(args):
			i++
			n = args[i]
		case strings.HasPrefix(a, "-n"):
			n = a[2:]
		case len(a) > 1 && a[0] == '-' && strings.Trim(a[1:], "0123456789") == "":
			n = a[1:]
		case len(a) > 1 && a[0] == '-' && a != "-q":
			return "", options{}, false
		case a != "-q":
			rest = append(rest, a)
		}
	}
	return n, options{names: rest}, true
}

// sorted is sort by bytes, as in the C locale that containers have.
func sorted(m *machine, c call) string {
	o := parse(c.args[1:], "kt")
	text := o.input(m, c, 0)
	all := split(text)
	if !Known(text) || len(o.values) > 0 || o.flags['n'] && !slices.ContainsFunc(all, wholeNumber) {
		return Mark("the output of sort")
	}
	compare := strings.Compare
	if o.flags['n'] {
		compare = byNumber
	}
	slices.SortStableFunc(all, compare)
	if o.flags['u'] {
		all = slices.Compact(all)
	}
	if o.flags['r'] {
		slices.Reverse(all)
	}
	return ended(strings.Join(all, "\n"))
}

func wholeNumber(text string) bool {
	_, err := strconv.Atoi(strings.TrimSpace(text))
	return err == nil
}

func byNumber(a, b string) int {
	x, y := leadingNumber(a), leadingNumber(b)
	if x == y {
		return strings.Compare(a, b)
	}
	return compareNumbers(x, y)
}

// uniq makes one of equal lines that follow one another.
func uniq(m *machine, c call) string {
	o := parse(c.args[1:], "")
	if len(o.flags) > 0 || len(o.names) > 1 {
		return Mark("the output of uniq")
	}
	return ended(strings.Join(slices.Compact(split(o.input(m, c, 0))), "\n"))
}

// wc counts what it reads from its input; with a file it would print the name as well.
func wc(m *machine, c call) string {
	o := parse(c.args[1:], "")
	text := o.input(m, c, 0)
	if !Known(text) || len(o.names) > 0 || len(o.flags) != 1 {
		return Mark("the output of wc")
	}
	switch {
	case o.flags['l']:
		return strconv.Itoa(strings.Count(text, "\n")) + "\n"
	case o.flags['w']:
		return strconv.Itoa(len(strings.Fields(text))) + "\n"
	case o.flags['c']:
		return strconv.Itoa(len(text)) + "\n"
	}
	return Mark("the output of wc")
}

// seq counts from one whole number to another.
func seq(_ *machine, c call) string {
	var n []int
	for _, a := range c.args[1:] {
		number, err := strconv.Atoi(a)
		if err != nil {
			return Mark("the output of seq")
		}
		n = append(n, number)
	}
	first, step, last := 1, 1, 0
	switch len(n) {
	case 1:
		last = n[0]
	case 2:
		first, last = n[0], n[1]
	case 3:
		first, step, last = n[0], n[1], n[2]
	default:
		return Mark("the output of seq")
	}
	if step == 0 || (last-first)/step > 5000 {
		return Mark("the output of seq")
	}
	var out strings.Builder
	for i := first; step > 0 && i <= last || step < 0 && i >= last; i += step {
		out.WriteString(strconv.Itoa(i) + "\n")
	}
	return out.String()
}
