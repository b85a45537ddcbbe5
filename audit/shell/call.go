package shell

import (
	"maps"
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// call is a command with its arguments expanded.
type call struct {
	args []string
	in   string
	line int
	// replaces says that the program takes the shell's own process: exec, or the last command of "sh -c".
	replaces bool
	// assigns are the variables given to this command alone.
	assigns map[string]string
	// byShell says that a shell reads the program as a script.
	byShell bool
}

func (m *machine) call(c *syntax.CallExpr, s *syntax.Stmt, in string) string {
	args := m.fields(c.Args)
	if len(args) == 0 {
		for _, a := range c.Assigns {
			m.assign(a)
		}
		m.status = "0"
		return ""
	}
	assigns := map[string]string{}
	for _, a := range c.Assigns {
		if a.Name != nil && a.Value != nil {
			assigns[a.Name.Value] = m.word(a.Value)
		}
	}
	return m.run(call{args: args, in: in, line: int(s.Pos().Line()), assigns: assigns})
}

// run runs a function, a builtin, a known text tool or another program.
func (m *machine) run(c call) string {
	if !m.spend() || len(c.args) == 0 {
		return ""
	}
	name := c.args[0]
	if body, ok := m.funcs[name]; ok {
		return m.function(body, c)
	}
	if builtin, ok := builtins[name]; ok {
		m.before, m.status = m.status, "0"
		return builtin(m, c)
	}
	if tool, ok := tools[path.Base(name)]; ok {
		m.status = "0"
		m.budget.bytes += len(c.in)
		return m.keep(tool(m, c))
	}
	m.external(c)
	return Mark("the output of " + path.Base(Show(name)) + " is only known when the pod runs")
}

func (m *machine) function(body *syntax.Stmt, c call) string {
	if m.depth > maxDepth {
		m.note("a function of the start script calls itself too deeply")
		return ""
	}
	saved := m.args
	m.args, m.depth = c.args[1:], m.depth+1
	out := m.stmt(body, c.in)
	m.args, m.depth = saved, m.depth-1
	if m.flow == "return" {
		m.flow = ""
	}
	return out
}

// shells are the programs that read a script.
var shells = map[string]bool{"sh": true, "bash": true, "ash": true, "dash": true, "ksh": true}

// prefixes are programs that start another one, with how many of their arguments come first. A negative
// number counts options only.
var prefixes = map[string]int{
	"nohup": 0, "setsid": 0, "tini": 0, "dumb-init": 0, "catatonit": 0, "gosu": 1, "su-exec": 1, "timeout": 1,
	"nice": 0, "ionice": 0, "stdbuf": 0, "numactl": 0, "command": 0, "env": 0, "busybox": 0, "chroot": 1,
}

// external starts a program: a shell is followed, a prefix is peeled off, everything else is recorded.
func (m *machine) external(c call) {
	if m.depth > maxDepth {
		m.note("the start command nests too deeply")
		return
	}
	base := path.Base(c.args[0])
	switch {
	case shells[base]:
		m.shell(c)
	case hasPrefix(base):
		m.prefixed(base, c)
	default:
		if text, ok := m.read(c.args[0]); ok && strings.Contains(c.args[0], "/") {
			m.child(c, base, func(child *machine) { child.script(text, c.args[0]) }, c.args[1:])
			return
		}
		m.record(c)
	}
}

func hasPrefix(base string) bool { _, ok := prefixes[base]; return ok }

// shell follows "sh -c TEXT" and "sh FILE".
func (m *machine) shell(c call) {
	args, text, name := c.args[1:], "", "the start script"
	inline, fromInput, zero := false, false, path.Base(c.args[0])
	for len(args) > 0 && len(args[0]) > 1 && (args[0][0] == '-' || args[0][0] == '+') {
		flag := args[0]
		args = args[1:]
		if flag == "-o" && len(args) > 0 {
			args = args[1:]
		} else if !strings.HasPrefix(flag, "--") {
			inline = inline || strings.Contains(flag, "c")
			fromInput = fromInput || flag == "-s"
		}
	}
	switch {
	case fromInput:
		text = c.in
	case len(args) == 0 && c.in == "":
		m.idle("a shell without a script")
		return
	case len(args) == 0:
		text = c.in
	case inline:
		text, args = args[0], args[1:]
		if len(args) > 0 {
			zero, args = args[0], args[1:]
		}
	default:
		known := false
		name = args[0]
		if text, known = m.read(name); !known {
			m.record(call{args: args, line: c.line, replaces: c.replaces, assigns: c.assigns, byShell: true})
			return
		}
		zero, args = name, args[1:]
	}
	m.child(c, path.Base(c.args[0]), func(child *machine) {
		child.zero = zero
		child.lastOf(text, name, inline)
	}, args)
}

// lastOf runs a script; a single plain command after -c takes the shell's place, as bash and dash do.
func (m *machine) lastOf(text, name string, inline bool) {
	file, err := m.parse(limit(Clean(text)), name)
	if err == nil && inline && nests(text) <= maxNests && len(file.Stmts) == 1 {
		s := file.Stmts[0]
		if c, ok := s.Cmd.(*syntax.CallExpr); ok && !s.Background && len(s.Redirs) == 0 && len(c.Args) > 0 {
			if args := m.fields(c.Args); len(args) > 0 && builtins[args[0]] == nil && tools[path.Base(args[0])] == nil {
				m.external(call{args: args, line: int(s.Pos().Line()), replaces: true})
				return
			}
		}
	}
	m.script(text, name)
}

// limit keeps the parser from reading a hostile script.
func limit(text string) string {
	if len(text) > maxScript || nests(text) > maxNests {
		return ""
	}
	return text
}

// child runs a script in a process of its own.
func (m *machine) child(c call, name string, run func(*machine), args []string) {
	child := m.fork()
	child.vars = map[string]string{}
	for v := range m.exported {
		if value, ok := m.vars[v]; ok {
			child.vars[v] = value
		}
	}
	maps.Copy(child.vars, c.assigns)
	for v := range c.assigns {
		child.exported[v] = true
	}
	child.funcs = map[string]*syntax.Stmt{}
	child.args = args
	child.above = append(m.parents(c.replaces), name)
	child.stopped, child.flow, child.sink, child.arrays = false, "", "", map[string][]string{}
	run(child)
	m.files, m.status, m.dirs, m.gone = child.files, child.status, child.dirs, child.gone
	if c.replaces || child.maybeForever() {
		m.stopped = true
	}
}

// maybeForever says whether a child never returned, so that nothing after it is reached.
func (m *machine) maybeForever() bool { return m.stopped && m.trace.Idle != "" && !m.behind }

// parents lists the processes above a program that is started now.
func (m *machine) parents(replaces bool) []string {
	above := append([]string{}, m.above...)
	if replaces && len(above) > 0 {
		above = above[:len(above)-1]
	}
	return above
}

// record notes a program that is not followed further.
func (m *machine) record(c call) {
	env := map[string]string{}
	for v := range m.exported {
		if value, ok := m.vars[v]; ok {
			env[v] = value
		}
	}
	maps.Copy(env, c.assigns)
	if len(m.trace.Commands) < 500 {
		m.trace.Commands = append(m.trace.Commands, Command{
			Args: c.args, Env: env, Dir: m.dir, Line: c.line, ByShell: c.byShell, Background: m.behind, Maybe: m.maybe,
			Above: m.parents(c.replaces), Discards: m.discards, Files: maps.Clone(m.files),
		})
	}
	m.status = Mark("the exit status of " + path.Base(Show(c.args[0])) + " is only known when the pod runs")
	if c.replaces {
		m.stopped = true
	}
}

// prefixed peels off a program that starts another.
func (m *machine) prefixed(base string, c call) {
	skip := prefixes[base]
	args := c.args[1:]
	group := ""
	assigns := maps.Clone(c.assigns)
	if assigns == nil {
		assigns = map[string]string{}
	}
	for len(args) > 0 {
		name, value, isAssign := strings.Cut(args[0], "=")
		switch {
		case args[0] == "--":
		case base == "env" && args[0] == "-u" && len(args) > 1:
			m = m.without(args[1])
			args = args[1:]
		case (base == "nice" || base == "ionice") && (args[0] == "-n" || args[0] == "-c") && len(args) > 1:
			args = args[1:]
		case strings.HasPrefix(args[0], "-"):
			if strings.Contains(args[0], "g") {
				group = " -g"
			}
		case base == "env" && isAssign:
			assigns[name] = value
		case skip > 0:
			skip--
		default:
			m.below(base+group, call{args: args, in: c.in, line: c.line, replaces: c.replaces, assigns: assigns})
			return
		}
		args = args[1:]
	}
}

// without is a machine for one program that does not see a variable.
func (m *machine) without(name string) *machine {
	c := m.fork()
	delete(c.vars, name)
	return c
}

// below runs a program under an init process, or in the place of a prefix that replaces itself.
func (m *machine) below(name string, c call) {
	switch path.Base(strings.Fields(name)[0]) {
	case "tini", "dumb-init", "catatonit", "timeout":
		under := m.fork()
		under.above = append(m.parents(c.replaces), name)
		under.external(call{args: c.args, in: c.in, line: c.line, assigns: c.assigns})
		m.files, m.status = under.files, under.status
		m.stopped = m.stopped || c.replaces
	case "setsid":
		behind := m.behind
		m.external(c)
		m.behind = behind
	default:
		m.external(c)
	}
}

// idle notes with what the script stays alive.
func (m *machine) idle(with string) {
	if !m.behind && m.trace.Idle == "" {
		m.trace.Idle = with
	}
}
