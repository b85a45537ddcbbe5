package shell

import (
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

func (m *machine) ifClause(c *syntax.IfClause, in string) string {
	if len(c.Cond) == 0 { // the else part
		return m.stmts(c.Then, in)
	}
	out := m.stmts(c.Cond, in)
	if m.stopped {
		return out
	}
	switch {
	case !Known(m.status):
		return out + m.either(
			func(b *machine) string { return b.stmts(c.Then, in) },
			func(b *machine) string {
				if c.Else == nil {
					return ""
				}
				return b.ifClause(c.Else, in)
			})
	case m.status == "0":
		return out + m.stmts(c.Then, in)
	case c.Else != nil:
		return out + m.ifClause(c.Else, in)
	}
	m.status = "0"
	return out
}

// either follows both branches of an undecided condition.
func (m *machine) either(yes, no func(*machine) string) string {
	a, b := m.fork(), m.fork()
	a.maybe, b.maybe = true, true
	outA, outB := yes(a), no(b)
	m.merge(a, b)
	if outA == outB {
		return outA
	}
	return Mark("output behind a condition that is not known beforehand")
}

// while follows a loop's body once: either it waits for something, or it never ends.
func (m *machine) while(c *syntax.WhileClause, in string) string {
	out := m.stmts(c.Cond, in)
	status := m.status
	if c.Until {
		status = negate(status)
	}
	if m.stopped || Known(status) && status != "0" {
		m.status = "0"
		return out
	}
	stopped := m.stopped
	out += m.stmts(c.Do, in)
	if Known(status) && !leaves(c.Do) && !stopped {
		if !m.behind {
			m.idle("an endless loop")
		}
		m.stopped = m.stopped || !m.behind
	}
	m.status = "0"
	return out
}

// leaves says whether a loop's body can end the loop.
func leaves(body []*syntax.Stmt) bool {
	found := false
	for _, s := range body {
		syntax.Walk(s, func(n syntax.Node) bool {
			if call, ok := n.(*syntax.CallExpr); ok && len(call.Args) > 0 {
				switch call.Args[0].Lit() {
				case "break", "exit", "exec", "return":
					found = true
				}
			}
			return !found
		})
	}
	return found
}

func (m *machine) forClause(c *syntax.ForClause, in string) string {
	iter, ok := c.Loop.(*syntax.WordIter)
	if !ok || c.Select {
		m.note("the start script uses a counting loop that is not followed")
		return ""
	}
	words := m.args
	if iter.Items != nil || iter.InPos.IsValid() {
		words = m.fields(iter.Items)
	}
	var out strings.Builder
	for i, word := range words {
		if m.stopped || i == maxRounds {
			break
		}
		m.vars[iter.Name.Value] = word
		out.WriteString(m.stmts(c.Do, in))
		if out.Len() > maxText {
			return Mark("a text in the start script grows without end")
		}
	}
	return out.String()
}

func (m *machine) caseClause(c *syntax.CaseClause, in string) string {
	subject := m.word(c.Word)
	if !Known(subject) {
		for _, item := range c.Items {
			m.perhaps(func(b *machine) string { return b.stmts(item.Stmts, in) })
		}
		return ""
	}
	for _, item := range c.Items {
		for _, p := range item.Patterns {
			if globMatch(m.pattern(p), subject) {
				return m.stmts(item.Stmts, in)
			}
		}
	}
	m.status = "0"
	return ""
}

// globMatch says whether a shell pattern covers the whole text.
func globMatch(glob, text string) bool {
	expr, ok := globExpr(glob, pattern.EntireString)
	return ok && expr.MatchString(text)
}

func globExpr(glob string, mode pattern.Mode) (*regexp.Regexp, bool) {
	text, err := pattern.Regexp(glob, mode)
	if err != nil || len(text) > 512 {
		return nil, false
	}
	expr, err := regexp.Compile(text)
	return expr, err == nil
}

func (m *machine) declare(c *syntax.DeclClause) {
	for _, a := range c.Args {
		if a.Name == nil {
			continue
		}
		if !a.Naked {
			m.assign(a)
		}
		if c.Variant.Value == "export" {
			m.exported[a.Name.Value] = true
		}
	}
	m.status = "0"
}

func (m *machine) assign(a *syntax.Assign) {
	if a.Array != nil || a.Index != nil {
		m.vars[a.Name.Value] = Mark("the array " + a.Name.Value + " is not followed")
		return
	}
	value := ""
	if a.Value != nil {
		value = m.word(a.Value)
	}
	if a.Append {
		value = m.vars[a.Name.Value] + value
	}
	if len(m.vars) < 500 {
		m.vars[a.Name.Value] = m.keep(value)
	}
}
