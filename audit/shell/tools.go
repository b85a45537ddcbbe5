package shell

import (
	"path"
	"strconv"
	"strings"
)

// tools are the programs whose effect on texts and files is followed.
var tools map[string]func(*machine, call) string

func init() {
	tools = map[string]func(*machine, call) string{
		"echo": echo, "printf": printf, "cat": cat, "sed": sed, "envsubst": envsubst, "cut": cut, "tr": tr,
		"awk": awk, "head": head, "tail": tail, "hostname": hostname, "basename": basename, "dirname": dirname,
		"cp": cp, "mv": cp, "rm": rm, "mkdir": quiet, "touch": touch, "chmod": quiet, "chown": quiet, "ln": cp,
		"tee": tee, "sleep": sleep, "expr": expr, "sync": quiet, "grep": grep, "uname": uname,
	}
}

func quiet(*machine, call) string { return "" }

func uname(*machine, call) string { return "Linux\n" }

func echo(_ *machine, c call) string {
	args, end, escapes := c.args[1:], "\n", false
	for len(args) > 0 && (args[0] == "-n" || args[0] == "-e" || args[0] == "-ne" || args[0] == "-en") {
		if strings.Contains(args[0], "n") {
			end = ""
		}
		escapes = escapes || strings.Contains(args[0], "e")
		args = args[1:]
	}
	text := strings.Join(args, " ")
	if escapes || strings.Contains(text, `\n`) && c.args[0] == "echo" && len(args) == 1 {
		text = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`).Replace(text)
	}
	return text + end
}

func printf(_ *machine, c call) string {
	if len(c.args) < 2 {
		return ""
	}
	format := strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`).Replace(c.args[1])
	args := c.args[2:]
	if !Known(format) {
		return format
	}
	var out strings.Builder
	for round := 0; round < maxRounds; round++ {
		rest := args
		for i := 0; i < len(format); i++ {
			if format[i] != '%' || i+1 == len(format) {
				out.WriteByte(format[i])
				continue
			}
			i++
			switch {
			case format[i] == '%':
				out.WriteByte('%')
			case len(args) > 0:
				out.WriteString(args[0])
				args = args[1:]
			}
		}
		if len(args) == 0 || len(rest) == len(args) {
			break
		}
	}
	return out.String()
}

// files returns a tool's operands after its options.
func operands(args []string) []string {
	var all []string
	for _, a := range args {
		if !strings.HasPrefix(a, "-") || a == "-" {
			all = append(all, a)
		}
	}
	return all
}

func cat(m *machine, c call) string {
	names := operands(c.args[1:])
	if len(names) == 0 {
		return c.in
	}
	var out strings.Builder
	for _, name := range names {
		if name == "-" {
			out.WriteString(c.in)
		} else {
			out.WriteString(m.content(name))
		}
	}
	return out.String()
}

func cp(m *machine, c call) string {
	names := operands(c.args[1:])
	if len(names) < 2 {
		return ""
	}
	target := names[len(names)-1]
	for _, from := range names[:len(names)-1] {
		to := target
		if strings.HasSuffix(target, "/") || len(names) > 2 || target == "." {
			to = path.Join(target, path.Base(from))
		}
		text, ok := m.read(from)
		if !ok {
			text = Mark("the file " + Show(from) + " is not among the manifests")
			to = m.guessTarget(from, to)
		}
		m.write(to, text, false)
	}
	return ""
}

// guessTarget keeps a copy of a folder from turning the folder's path into a file.
func (m *machine) guessTarget(from, to string) string {
	if path.Ext(from) == "" {
		return path.Join(to, ".copied")
	}
	return to
}

func rm(m *machine, c call) string {
	for _, name := range operands(c.args[1:]) {
		if Known(name) {
			delete(m.files, m.abs(name))
		}
	}
	return ""
}

func touch(m *machine, c call) string {
	for _, name := range operands(c.args[1:]) {
		if _, ok := m.read(name); !ok {
			m.write(name, "", false)
		}
	}
	return ""
}

func tee(m *machine, c call) string {
	add := len(c.args) > 1 && c.args[1] == "-a"
	for _, name := range operands(c.args[1:]) {
		m.write(name, c.in, add)
	}
	return c.in
}

func hostname(m *machine, c call) string {
	switch {
	case len(c.args) == 1, c.args[1] == "-s":
		name, _ := m.lookup("HOSTNAME")
		return name + "\n"
	case c.args[1] == "-i" || c.args[1] == "-I":
		return PodIP + "\n"
	}
	return Mark("hostname "+c.args[1]+" is only known when the pod runs") + "\n"
}

func basename(_ *machine, c call) string {
	if len(c.args) < 2 || !Known(c.args[1]) {
		return Mark("a file name that is not known")
	}
	name := path.Base(c.args[1])
	if len(c.args) > 2 {
		name = strings.TrimSuffix(name, c.args[2])
	}
	return name + "\n"
}

func dirname(_ *machine, c call) string {
	if len(c.args) < 2 || !Known(c.args[1]) {
		return Mark("a file name that is not known")
	}
	return path.Dir(c.args[1]) + "\n"
}

func sleep(m *machine, c call) string {
	if len(c.args) > 1 {
		seconds, err := strconv.ParseFloat(strings.TrimRight(c.args[1], "smhd"), 64)
		if c.args[1] == "infinity" || c.args[1] == "inf" || err == nil && (seconds >= 86400 || strings.HasSuffix(c.args[1], "d")) {
			m.idle(strings.Join(c.args, " "))
			m.stopped = m.stopped || !m.behind
		}
	}
	return ""
}

func tail(m *machine, c call) string {
	for _, a := range c.args[1:] {
		if a == "-f" || a == "-F" || a == "--follow" || strings.HasPrefix(a, "-") && strings.HasSuffix(a, "f") {
			m.idle(Show(strings.Join(c.args, " ")))
			m.stopped = m.stopped || !m.behind
			return ""
		}
	}
	return Mark("the output of tail")
}

func head(_ *machine, c call) string {
	n := 10
	for i, a := range c.args {
		if a == "-n" && i+1 < len(c.args) {
			a = c.args[i+1]
		}
		if v, err := strconv.Atoi(strings.TrimLeft(a, "-n")); err == nil {
			n = v
		}
	}
	lines := strings.SplitAfter(c.in, "\n")
	if n < 0 || len(operands(c.args[1:])) > 1 {
		return Mark("the output of head")
	}
	return strings.Join(lines[:min(n, len(lines))], "")
}

func expr(_ *machine, c call) string {
	if len(c.args) != 4 {
		return Mark("the output of expr")
	}
	a, errA := strconv.Atoi(c.args[1])
	b, errB := strconv.Atoi(c.args[3])
	if errA != nil || errB != nil {
		return Mark("the output of expr")
	}
	switch c.args[2] {
	case "+":
		return strconv.Itoa(a+b) + "\n"
	case "-":
		return strconv.Itoa(a-b) + "\n"
	case "%":
		if b != 0 {
			return strconv.Itoa(a%b) + "\n"
		}
	}
	return Mark("the output of expr")
}
