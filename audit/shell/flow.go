package shell

import (
	"maps"
	"regexp"
	"strconv"
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

// while follows a loop round by round as long as its condition is known. A condition that is not known is one that waits
// for something: the body is then followed once. One that is always true never ends, unless the body leaves it.
func (m *machine) while(c *syntax.WhileClause, in string) string {
	var out strings.Builder
	taken := 0
	for round := 0; round < maxRounds; round++ {
		m.taken = 0
		out.WriteString(m.stmts(c.Cond, in[min(taken, len(in)):]))
		taken += m.taken
		status := m.status
		if c.Until {
			status = negate(status)
		}
		if m.stopped || m.flow == "return" || Known(status) && status != "0" {
			break
		}
		before, stopped := maps.Clone(m.vars), m.stopped
		m.taken, m.unsure = 0, false
		out.WriteString(m.stmts(c.Do, in[min(taken, len(in)):]))
		taken += m.taken
		if m.ends() || !Known(status) || m.unsure || m.stopped || out.Len() > maxText {
			break
		}
		if taken == 0 && maps.Equal(before, m.vars) && !leaves(c.Do) && !stopped {
			if !m.behind {
				m.idle("an endless loop")
			}
			m.stopped = m.stopped || !m.behind
			break
		}
	}
	m.taken = taken
	if !m.stopped && Known(m.status) {
		m.status = "0"
	}
	return out.String()
}

// ends says whether the body ended the loop, and takes note of a break or continue.
func (m *machine) ends() bool {
	flow := m.flow
	if flow == "break" || flow == "continue" {
		m.flow = ""
	}
	return flow == "break" || flow == "return"
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
	if counting, ok := c.Loop.(*syntax.CStyleLoop); ok {
		return m.countingLoop(counting, c.Do, in)
	}
	iter, ok := c.Loop.(*syntax.WordIter)
	if !ok || c.Select {
		m.note("the start script uses a menu that is not followed")
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
		if m.ends() {
			break
		}
	}
	return out.String()
}

// countingLoop is for ((start; condition; step)).
func (m *machine) countingLoop(c *syntax.CStyleLoop, body []*syntax.Stmt, in string) string {
	var out strings.Builder
	if c.Init != nil {
		m.arithmetic(c.Init)
	}
	for range maxRounds {
		if c.Cond != nil {
			if value := m.arithmetic(c.Cond); value == "0" || !Known(value) {
				if !Known(value) {
					m.note("the start script uses a counting loop that is not followed")
				}
				break
			}
		}
		out.WriteString(m.stmts(body, in))
		if m.ends() || m.stopped || out.Len() > maxText {
			break
		}
		if c.Post != nil {
			m.arithmetic(c.Post)
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
	name := a.Name.Value
	switch {
	case a.Array != nil:
		m.assignArray(a)
		return
	case a.Index != nil:
		m.assignElement(a)
		return
	}
	value := ""
	if a.Value != nil {
		value = m.word(a.Value)
	}
	if a.Append {
		value = m.vars[name] + value
	}
	if len(m.vars) < 500 {
		delete(m.arrays, name)
		m.vars[name] = m.keep(value)
	}
}

// assignArray is NAME=(...) and NAME+=(...).
func (m *machine) assignArray(a *syntax.Assign) {
	var words []*syntax.Word
	for _, e := range a.Array.Elems {
		if e.Index != nil || e.Value == nil {
			m.setArray(a.Name.Value, []string{Mark("the array " + a.Name.Value + " is not followed")})
			return
		}
		words = append(words, e.Value)
	}
	list := m.fields(words)
	if a.Append {
		list = append(append([]string{}, m.arrays[a.Name.Value]...), list...)
	}
	m.setArray(a.Name.Value, list)
}

// assignElement is NAME[n]=...
func (m *machine) assignElement(a *syntax.Assign) {
	n, err := strconv.Atoi(m.arithmetic(a.Index))
	list := append([]string{}, m.arrays[a.Name.Value]...)
	if err != nil || n < 0 || n > len(list) || a.Append || a.Value == nil {
		m.setArray(a.Name.Value, []string{Mark("the array " + a.Name.Value + " is not followed")})
		return
	}
	if n == len(list) {
		list = append(list, "")
	}
	list[n] = m.keep(m.word(a.Value))
	m.setArray(a.Name.Value, list)
}

// setArray keeps an array; without an index its name means the first element.
func (m *machine) setArray(name string, list []string) {
	if len(m.vars) >= 500 || len(list) > 1000 {
		return
	}
	m.arrays[name] = list
	delete(m.vars, name)
	if len(list) > 0 {
		m.vars[name] = list[0]
	}
}
