package shell

import (
	"maps"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Limits that keep a hostile script from costing time or memory.
const (
	maxScript = 64 << 10
	maxText   = 64 << 10
	maxTotal  = 4 << 20
	maxSteps  = 2000
	maxDepth  = 24
	maxRounds = 64
	maxNests  = 400
)

// budget is shared by everything that one start command leads to.
type budget struct{ steps, bytes int }

// machine is the state of one shell process.
type machine struct {
	world    World
	trace    *Trace
	budget   *budget
	vars     map[string]string
	exported map[string]bool
	files    map[string]string
	// dirs are the folders that were made, gone the files that were removed.
	dirs, gone map[string]bool
	arrays     map[string][]string
	funcs      map[string]*syntax.Stmt
	args       []string
	match      []string
	dir        string
	status     string
	above      []string
	depth      int
	maybe      bool
	behind     bool
	discards   bool
	stopped    bool
	// flow is "break", "continue" or "return" on the way to the loop or function that it ends; unsure says that a
	// condition which is not known decides whether a loop goes on.
	flow   string
	unsure bool
	// taken counts the bytes that were read of the input.
	taken int
	// sink is the file that exec sent the shell's output to.
	sink string
	zero string
	// before is the status of the last command, which return hands on.
	before string
}

// Follow traces a container's command.
func Follow(argv []string, w World) Trace {
	trace := Trace{Reads: map[string]bool{}}
	m := &machine{
		world: w, trace: &trace, budget: &budget{}, vars: maps.Clone(w.Env), exported: map[string]bool{},
		files: map[string]string{}, funcs: map[string]*syntax.Stmt{}, dir: w.Dir, status: "0",
		dirs: map[string]bool{}, gone: map[string]bool{}, arrays: map[string][]string{},
	}
	if m.vars == nil {
		m.vars = map[string]string{}
	}
	for name := range w.Env {
		m.exported[name] = true
	}
	if len(argv) > 0 {
		m.external(call{args: argv})
	}
	trace.Files, trace.Steps = m.files, m.budget.steps
	return trace
}

// note remembers what could not be followed.
func (m *machine) note(reason string) {
	if !slices.Contains(m.trace.Unknown, reason) && len(m.trace.Unknown) < 50 {
		m.trace.Unknown = append(m.trace.Unknown, reason)
	}
}

// spend counts a step; false ends the machine.
func (m *machine) spend() bool {
	m.budget.steps++
	if m.budget.steps > maxSteps || m.budget.bytes > maxTotal {
		if !m.stopped {
			m.note("the start script does more than can be followed")
		}
		m.stopped = true
	}
	return !m.stopped
}

// keep bounds a text.
func (m *machine) keep(text string) string {
	m.budget.bytes += len(text)
	if len(text) > maxText || m.budget.bytes > maxTotal {
		return Mark("a text in the start script grows without end")
	}
	return text
}

// fork copies the state for a subshell, a branch or a child.
func (m *machine) fork() *machine {
	c := *m
	c.vars, c.exported = maps.Clone(m.vars), maps.Clone(m.exported)
	c.files, c.funcs = maps.Clone(m.files), maps.Clone(m.funcs)
	c.dirs, c.gone, c.arrays = maps.Clone(m.dirs), maps.Clone(m.gone), maps.Clone(m.arrays)
	c.depth++
	return &c
}

// script runs the text of a script in m.
func (m *machine) script(text string, name string) string {
	text = Clean(text)
	if len(text) > maxScript || m.depth > maxDepth || nests(text) > maxNests {
		m.note(name + " is too long or too deeply nested to be followed")
		m.status = Mark("the end of " + name)
		return ""
	}
	file, err := m.parse(text, name)
	if err != nil {
		m.note(name + " is not a script that can be read: " + err.Error())
		m.status = Mark("the end of " + name)
		return ""
	}
	return m.stmts(file.Stmts, "")
}

// nests bounds the depth of a script before the parser recurses into it.
func nests(text string) int {
	run, deepest := 0, 0
	for _, r := range text {
		switch r {
		case '(', '{', '[':
			run++
		case ')', '}', ']':
			run--
		}
		deepest = max(deepest, run)
	}
	for _, word := range []string{"if ", "while ", "until ", "for ", "case ", "time ", "! "} {
		deepest = max(deepest, strings.Count(text, word))
	}
	return deepest
}

func (m *machine) abs(name string) string {
	if !path.IsAbs(name) {
		name = path.Join(m.dir, name)
	}
	return path.Clean(name)
}

// read returns a file that was written before or that the manifests provide.
func (m *machine) read(name string) (string, bool) {
	if !Known(name) {
		return "", false
	}
	name = m.abs(name)
	if text, ok := m.files[name]; ok {
		return text, true
	}
	if m.world.File == nil || m.gone[name] {
		return "", false
	}
	text, ok := m.world.File(name)
	return text, ok
}

// content is the text of a file, or a mark that says that it is not known.
func (m *machine) content(name string) string {
	if text, ok := m.read(name); ok {
		return m.keep(text)
	}
	if path.Base(name) == "null" || name == "/dev/stdin" {
		return ""
	}
	return Mark("the file " + Show(name) + " is not among the manifests")
}

func (m *machine) write(name, text string, add bool) {
	if !Known(name) || strings.HasPrefix(name, "/dev/") {
		return
	}
	if add {
		if old, ok := m.read(name); ok {
			text = old + text
		}
	}
	if len(m.files) < 200 {
		delete(m.gone, m.abs(name))
		m.files[m.abs(name)] = m.keep(text)
	}
}

// lookup returns a variable's value; defined is false for an unset one.
func (m *machine) lookup(name string) (value string, defined bool) {
	m.trace.Reads[name] = true
	if value, ok := m.vars[name]; ok {
		return value, true
	}
	if m.world.Complete || name == "" {
		return "", false
	}
	return Mark("the variable " + name + " is not set by the manifests"), true
}
