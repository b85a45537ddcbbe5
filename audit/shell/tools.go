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
		"cp": cp, "mv": mv, "rm": rm, "mkdir": mkdir, "touch": touch, "chmod": quiet, "chown": quiet, "ln": cp,
		"tee": tee, "sleep": sleep, "expr": expr, "sync": quiet, "grep": grep, "egrep": egrep, "uname": uname,
		"sort": sorted, "uniq": uniq, "wc": wc, "seq": seq,
	}
}

func quiet(*machine, call) string { return "" }

func egrep(m *machine, c call) string {
	c.args = append([]string{"grep", "-E"}, c.args[1:]...)
	return grep(m, c)
}

func uname(*machine, call) string { return "Linux\n" }

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

func touch(m *machine, c call) string {
	for _, name := range operands(c.args[1:]) {
		if _, ok := m.read(name); !ok {
			m.write(name, "", false)
		}
	}
	return ""
}

func tee(m *machine, c call) string {
	add := len(c.args) > 1 && (c.args[1] == "-a" || c.args[1] == "--append")
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
	if len(c.args) > 2 && name != c.args[2] {
		name = strings.TrimSuffix(name, c.args[2])
	}
	return name + "\n"
}

func dirname(_ *machine, c call) string {
	if len(c.args) < 2 || !Known(c.args[1]) {
		return Mark("a file name that is not known")
	}
	trimmed := strings.TrimRight(c.args[1], "/")
	at := strings.LastIndexByte(trimmed, '/')
	switch {
	case trimmed == "" && c.args[1] != "":
		return "/\n"
	case at < 0:
		return ".\n"
	case at == 0:
		return "/\n"
	}
	return strings.TrimRight(trimmed[:at], "/") + "\n"
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

func expr(m *machine, c call) string {
	if len(c.args) != 4 {
		return Mark("the output of expr")
	}
	a, errA := strconv.Atoi(c.args[1])
	b, errB := strconv.Atoi(c.args[3])
	if errA != nil || errB != nil {
		return Mark("the output of expr")
	}
	n := 0
	switch op := c.args[2]; {
	case op == "+":
		n = a + b
	case op == "-":
		n = a - b
	case op == "*":
		n = a * b
	case op == "/" && b != 0:
		n = a / b
	case op == "%" && b != 0:
		n = a % b
	default:
		return Mark("the output of expr")
	}
	m.status = statusOf(n != 0, "")
	return strconv.Itoa(n) + "\n"
}
