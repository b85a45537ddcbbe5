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
		"cd": cd, "exec": execute, "exit": exit, "return": leave, "export": export, "readonly": export,
		"unset": unset, "set": set, "shift": shift, "eval": eval, ".": source, "source": source, "trap": trap,
		"wait": wait, ":": nothing, "true": nothing, "false": failure, "test": test, "[": test, "break": leave,
		"continue": leave, "ulimit": nothing, "umask": nothing, "local": export, "read": read, "pwd": pwd,
		"shopt": nothing, "hash": nothing, "type": unknown, "kill": nothing, "command": command,
	}
}

func nothing(*machine, call) string { return "" }

func failure(m *machine, _ call) string { m.status = "1"; return "" }

func unknown(m *machine, c call) string {
	m.status = Mark("the status of " + c.args[0] + " is only known when the pod runs")
	return Mark("the output of " + c.args[0] + " is only known when the pod runs")
}

// leave is break, continue and return: the loop or function around it takes note.
func leave(m *machine, c call) string {
	m.flow = c.args[0]
	if len(c.args) > 1 && m.flow == "return" {
		m.status = c.args[1]
	} else if m.flow == "return" {
		m.status = m.before
	}
	return ""
}

func cd(m *machine, c call) string {
	if len(c.args) > 1 && Known(c.args[1]) {
		m.vars["OLDPWD"] = m.dir
		m.dir = m.abs(c.args[1])
		m.vars["PWD"] = m.dir
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
		delete(m.arrays, name)
		delete(m.exported, name)
	}
	return ""
}

// set replaces the positional parameters; its options do not matter here.
func set(m *machine, c call) string {
	for i, a := range c.args[1:] {
		switch {
		case a == "--":
			m.args = c.args[i+2:]
			return ""
		case !strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "+") && (i == 0 || c.args[i] != "-o" && !strings.HasSuffix(c.args[i], "o")):
			m.args = c.args[i+1:]
			return ""
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

// read takes a line of the input apart. The last name gets what is left; without names it is REPLY.
func read(m *machine, c call) string {
	o := parse(c.args[1:], "adpntu")
	line, rest, complete := strings.Cut(c.in, "\n")
	m.taken += len(c.in) - len(rest)
	m.status = statusOf(complete, "")
	if _, delimited := o.values['d']; delimited {
		m.note("a read with another delimiter than the end of the line")
	}
	if !o.flags['r'] {
		line = strings.ReplaceAll(line, `\`, "")
	}
	separators := m.separators(c)
	if name, ok := o.values['a']; ok {
		m.setArray(name, fieldsBy(line, separators, -1))
		return ""
	}
	if len(o.names) == 0 {
		o.names = []string{"REPLY"}
	}
	values := fieldsBy(line, separators, len(o.names))
	for i, name := range o.names {
		m.vars[name] = ""
		if i < len(values) {
			m.vars[name] = values[i]
		}
	}
	return ""
}

// separators is IFS as a command sees it.
func (m *machine) separators(c call) string {
	if value, ok := c.assigns["IFS"]; ok {
		return value
	}
	if value, ok := m.vars["IFS"]; ok {
		return value
	}
	return " \t\n"
}

// fieldsBy cuts a text into at most n fields, as the shell does: blanks join, other separators do not.
func fieldsBy(text, separators string, n int) []string {
	const blanks = " \t\n"
	blank := strings.Map(func(r rune) rune {
		if strings.ContainsRune(blanks, r) {
			return r
		}
		return -1
	}, separators)
	text = strings.Trim(text, blank)
	if separators == "" || !Known(text) {
		if text == "" {
			return nil
		}
		return []string{text}
	}
	var all []string
	for text != "" && (n < 0 || len(all) < n-1) {
		at := strings.IndexAny(text, separators)
		if at < 0 {
			break
		}
		all = append(all, text[:at])
		rest := strings.TrimLeft(text[at:], blank)
		if rest != "" && len(rest) == len(text[at:]) || rest != "" && strings.IndexByte(separators, rest[0]) >= 0 {
			rest = strings.TrimLeft(rest[1:], blank)
		}
		text = rest
	}
	if text != "" {
		all = append(all, text)
	}
	return all
}

// command looks a program up with -v, and otherwise runs it.
func command(m *machine, c call) string {
	if len(c.args) > 1 && !strings.HasPrefix(c.args[1], "-") {
		return m.run(call{args: c.args[1:], in: c.in, line: c.line, assigns: c.assigns})
	}
	return unknown(m, c)
}
