package shell

import (
	"path"
	"strconv"
	"strings"
)

// builtins are the commands of the shell itself.
var builtins map[string]func(*machine, call) string

func init() {
	builtins = map[string]func(*machine, call) string{
		"cd": cd, "exec": execute, "exit": exit, "return": nothing, "export": export, "readonly": export,
		"unset": unset, "set": set, "shift": shift, "eval": eval, ".": source, "source": source, "trap": trap,
		"wait": wait, ":": nothing, "true": nothing, "false": failure, "test": test, "[": test, "break": nothing,
		"continue": nothing, "ulimit": nothing, "umask": nothing, "local": export, "read": read, "pwd": pwd,
		"let": nothing, "shopt": nothing, "hash": nothing, "type": unknown, "kill": nothing, "command": command,
	}
}

func nothing(*machine, call) string { return "" }

func failure(m *machine, _ call) string { m.status = "1"; return "" }

func unknown(m *machine, c call) string {
	m.status = Mark("the status of " + c.args[0] + " is only known when the pod runs")
	return Mark("the output of " + c.args[0] + " is only known when the pod runs")
}

func cd(m *machine, c call) string {
	if len(c.args) > 1 && Known(c.args[1]) {
		m.dir = m.abs(c.args[1])
	}
	return ""
}

func pwd(m *machine, _ call) string { return m.dir + "\n" }

// execute is exec: what follows takes the shell's process. Without a program it only redirects.
func execute(m *machine, c call) string {
	args := c.args[1:]
	for len(args) > 1 && strings.HasPrefix(args[0], "-") {
		if args[0] == "-a" {
			args = args[1:]
		}
		args = args[1:]
	}
	if len(args) == 0 {
		return ""
	}
	next := call{args: args, in: c.in, line: c.line, replaces: true, assigns: c.assigns}
	if tool, ok := tools[path.Base(args[0])]; ok {
		tool(m, next)
	} else {
		m.external(next)
	}
	m.stopped = true
	return ""
}

func exit(m *machine, c call) string {
	if len(c.args) > 1 {
		m.status = c.args[1]
	}
	m.stopped = true
	return ""
}

func export(m *machine, c call) string {
	for _, a := range c.args[1:] {
		name, value, assigned := strings.Cut(a, "=")
		if assigned {
			m.vars[name] = value
		}
		if c.args[0] == "export" {
			m.exported[name] = true
		}
	}
	return ""
}

func unset(m *machine, c call) string {
	for _, name := range c.args[1:] {
		delete(m.vars, name)
	}
	return ""
}

// set replaces the positional parameters; its options do not matter here.
func set(m *machine, c call) string {
	for i, a := range c.args {
		if a == "--" {
			m.args = c.args[i+1:]
		}
	}
	return ""
}

func shift(m *machine, c call) string {
	n := 1
	if len(c.args) > 1 {
		n, _ = strconv.Atoi(c.args[1])
	}
	m.args = m.args[min(max(n, 0), len(m.args)):]
	return ""
}

func eval(m *machine, c call) string {
	text := strings.Join(c.args[1:], " ")
	if !Known(text) || m.depth > maxDepth {
		m.note("an eval of a text that is not known beforehand")
		return ""
	}
	m.depth++
	defer func() { m.depth-- }()
	return m.script(text, "eval")
}

func source(m *machine, c call) string {
	if len(c.args) < 2 {
		return ""
	}
	text, ok := m.read(c.args[1])
	if !ok || m.depth > maxDepth {
		m.note("the script " + Show(c.args[1]) + " is not among the manifests")
		return ""
	}
	m.depth++
	defer func() { m.depth-- }()
	return m.script(text, c.args[1])
}

func trap(m *machine, c call) string {
	if len(c.args) > 2 && c.args[1] != "" && c.args[1] != "-" {
		for _, signal := range c.args[2:] {
			if signal == "TERM" || signal == "SIGTERM" || signal == "15" {
				m.trace.Traps = true
			}
		}
	}
	return ""
}

func wait(*machine, call) string { return "" }

func test(m *machine, c call) string {
	m.status = m.bracket(c.args[1:])
	return ""
}

func read(m *machine, c call) string {
	line, _, _ := strings.Cut(c.in, "\n")
	for _, name := range c.args[1:] {
		if !strings.HasPrefix(name, "-") {
			m.vars[name] = line
			line = ""
		}
	}
	return ""
}

// command looks a program up with -v, and otherwise runs it.
func command(m *machine, c call) string {
	if len(c.args) > 1 && !strings.HasPrefix(c.args[1], "-") {
		return m.run(call{args: c.args[1:], in: c.in, line: c.line, assigns: c.assigns})
	}
	return unknown(m, c)
}
