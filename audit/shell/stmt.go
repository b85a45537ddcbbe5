package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// stmts runs statements in order and returns what they print. What one reads of the input the next ones do not see.
func (m *machine) stmts(list []*syntax.Stmt, in string) string {
	var out strings.Builder
	taken := 0
	for _, s := range list {
		if m.stopped || m.flow != "" {
			break
		}
		m.taken = 0
		out.WriteString(m.stmt(s, in[min(taken, len(in)):]))
		taken += m.taken
		if out.Len() > maxText {
			return Mark("a text in the start script grows without end")
		}
	}
	m.taken = taken
	return out.String()
}

// stmt runs one statement: its input, itself, then where its output goes.
func (m *machine) stmt(s *syntax.Stmt, in string) string {
	if s == nil || s.Cmd == nil || !m.spend() {
		if s != nil && s.Cmd == nil {
			m.redirect(s, "")
		}
		return ""
	}
	behind, discards, sink := m.behind, m.discards, m.sink
	m.behind = m.behind || s.Background
	m.discards = m.discards || discardsOutput(s)
	own, fed := m.input(s, in)
	if redirected(s) {
		m.sink = ""
	}
	out := m.command(s, own)
	if fed {
		m.taken = 0 // it read its own input
	}
	if s.Negated {
		m.status = negate(m.status)
	}
	if s.Background {
		m.status = "0"
	}
	m.behind, m.discards = behind, discards
	out = m.redirect(s, out)
	if replacesOutput(s) {
		return ""
	}
	if m.sink = sink; sink != "" && out != "" {
		m.write(sink, out, true)
		return ""
	}
	return out
}

func negate(status string) string {
	switch {
	case !Known(status):
		return status
	case status == "0":
		return "1"
	}
	return "0"
}

// command runs the statement's own command.
func (m *machine) command(s *syntax.Stmt, in string) string {
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		return m.call(c, s, in)
	case *syntax.BinaryCmd:
		return m.binary(c, in)
	case *syntax.Block:
		return m.stmts(c.Stmts, in)
	case *syntax.Subshell:
		return m.subshell(c.Stmts, in)
	case *syntax.IfClause:
		return m.ifClause(c, in)
	case *syntax.WhileClause:
		return m.while(c, in)
	case *syntax.ForClause:
		return m.forClause(c, in)
	case *syntax.CaseClause:
		return m.caseClause(c, in)
	case *syntax.FuncDecl:
		m.funcs[c.Name.Value] = c.Body
	case *syntax.DeclClause:
		m.declare(c)
	case *syntax.TestClause:
		m.status = m.test(c.X)
	case *syntax.ArithmCmd:
		value := m.arithmetic(c.X)
		m.status = statusOf(value != "0", value)
	case *syntax.LetClause:
		for _, x := range c.Exprs {
			value := m.arithmetic(x)
			m.status = statusOf(value != "0", value)
		}
	case *syntax.TimeClause:
		return m.stmt(c.Stmt, in)
	default:
		m.note("the start script uses a construct that cannot be followed")
		m.status = Mark("a construct that cannot be followed")
	}
	return ""
}

// statusOf is 0 for true, 1 for false, and unknown when the value is.
func statusOf(ok bool, value string) string {
	switch {
	case !Known(value):
		return value
	case ok:
		return "0"
	}
	return "1"
}

// subshell runs statements in a copy; only files outlive it.
func (m *machine) subshell(list []*syntax.Stmt, in string) string {
	child := m.fork()
	if child.depth > maxDepth {
		return Mark("a start script that nests too deeply")
	}
	child.sink = ""
	out := child.stmts(list, in)
	m.files, m.status = child.files, child.status
	m.dirs, m.gone = child.dirs, child.gone
	return out
}

func (m *machine) binary(c *syntax.BinaryCmd, in string) string {
	switch c.Op {
	case syntax.Pipe, syntax.PipeAll:
		out := m.subshell([]*syntax.Stmt{c.X}, in)
		return m.subshell([]*syntax.Stmt{c.Y}, out)
	}
	out := m.stmt(c.X, in)
	if m.stopped || m.flow != "" {
		return out
	}
	if !Known(m.status) {
		// Whether the second part runs is not known: it is followed as something that may happen.
		return out + m.perhaps(func(b *machine) string { return b.stmt(c.Y, in) })
	}
	if (c.Op == syntax.AndStmt) == (m.status == "0") {
		return out + m.stmt(c.Y, in)
	}
	return out
}

// perhaps runs a branch whose condition is unknown and leaves unknown whatever it changes.
func (m *machine) perhaps(branch func(*machine) string) string {
	taken := m.fork()
	taken.maybe = true
	out := branch(taken)
	m.merge(taken, m.fork())
	if out != "" {
		return Mark("output behind a condition that is not known beforehand")
	}
	return ""
}

// merge leaves in m what two branches agree on and marks the rest.
func (m *machine) merge(a, b *machine) {
	const why = "a condition in the start script decides it"
	unite := func(into, x, y map[string]string) {
		for name := range x {
			if _, ok := y[name]; !ok || x[name] != y[name] {
				into[name] = Mark(why)
			} else {
				into[name] = x[name]
			}
		}
		for name := range y {
			if _, ok := x[name]; !ok {
				into[name] = Mark(why)
			}
		}
	}
	unite(m.vars, a.vars, b.vars)
	m.mergeFiles(a.files, b.files, why)
	for name := range a.exported {
		m.exported[name] = true
	}
	if a.status != b.status {
		m.status = Mark(why)
	}
	m.stopped = a.stopped && b.stopped
	m.unsure = m.unsure || a.unsure || b.unsure || a.flow != b.flow || a.stopped != b.stopped
	if a.flow == b.flow {
		m.flow = a.flow
	}
	for name := range a.dirs {
		m.dirs[name] = true
	}
	for name, list := range a.arrays {
		if !slices.Equal(list, b.arrays[name]) {
			list = []string{Mark(why)}
		}
		m.arrays[name] = list
	}
}

// mergeFiles merges line by line: one uncertain line leaves the others of a file known.
func (m *machine) mergeFiles(x, y map[string]string, why string) {
	names := map[string]bool{}
	for name := range x {
		names[name] = true
	}
	for name := range y {
		names[name] = true
	}
	for name := range names {
		a, inA := x[name]
		b, inB := y[name]
		if !inA || !inB {
			if original, ok := m.read(name); ok {
				if !inA {
					a = original
				} else {
					b = original
				}
			}
		}
		m.files[name] = mergeLines(a, b, why)
	}
}

func mergeLines(a, b, why string) string {
	if a == b {
		return a
	}
	linesA, linesB := strings.Split(a, "\n"), strings.Split(b, "\n")
	var out []string
	for i := 0; i < max(len(linesA), len(linesB)); i++ {
		switch {
		case i < len(linesA) && i < len(linesB) && linesA[i] == linesB[i]:
			out = append(out, linesA[i])
		case i < len(linesA) && linesA[i] != "":
			out = append(out, uncertain(linesA[i], why))
		case i < len(linesB):
			out = append(out, uncertain(linesB[i], why))
		}
	}
	joined := strings.Join(out, "\n")
	if len(out) > 0 && out[len(out)-1] != "" && (strings.HasSuffix(a, "\n") || strings.HasSuffix(b, "\n")) {
		joined += "\n"
	}
	return joined
}

// uncertain keeps a line's key and marks its value. A comment stays what it is.
func uncertain(line, why string) string {
	key, _, ok := strings.Cut(line, "=")
	switch {
	case ok:
		return key + "=" + Mark(why)
	case strings.HasPrefix(strings.TrimSpace(line), "#"):
		return line
	}
	return Mark(why)
}
