package shell

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

// param expands ${...} in all the forms that start scripts use.
func (m *machine) param(p *syntax.ParamExp) string {
	if p.Names != 0 || p.Param == nil {
		return Mark("an indirect variable is not followed")
	}
	value, defined := m.named(p)
	if p.Excl {
		if !syntax.ValidName(value) || p.Index != nil {
			return Mark("an indirect variable is not followed")
		}
		value, defined = m.lookup(value)
	}
	switch {
	case p.Exp != nil && p.Exp.Op <= syntax.AssignUnsetOrNull:
		return m.alternative(p, value, defined)
	case !Known(value):
		return value
	case p.Length:
		return strconv.Itoa(len(value))
	case p.Slice != nil:
		return m.slice(p.Slice, value)
	case p.Repl != nil:
		return m.replace(p.Repl, value)
	case p.Exp != nil:
		return m.trim(p.Exp, value)
	}
	return value
}

// named returns the value of a variable or a special parameter.
func (m *machine) named(p *syntax.ParamExp) (string, bool) {
	name := p.Param.Value
	if name == "BASH_REMATCH" {
		return m.matched(p.Index), true
	}
	if p.Index != nil {
		return m.element(p), true
	}
	switch name {
	case "?":
		return m.status, true
	case "#":
		return strconv.Itoa(len(m.args)), true
	case "@", "*":
		return strings.Join(m.args, " "), len(m.args) > 0
	case "0":
		if m.zero != "" {
			return m.zero, true
		}
		return "sh", true
	case "$", "!", "RANDOM", "PPID", "SECONDS":
		return Mark("$" + name + " is only known when the pod runs"), true
	}
	if n, err := strconv.Atoi(name); err == nil {
		if n >= 1 && n <= len(m.args) {
			return m.args[n-1], true
		}
		return "", false
	}
	return m.lookup(name)
}

// element returns one element of an array, or all of them joined.
func (m *machine) element(p *syntax.ParamExp) string {
	name := p.Param.Value
	list, ok := m.arrays[name]
	if !ok {
		if value, set := m.vars[name]; set {
			list, ok = []string{value}, true
		}
	}
	if all := wholeIndex(p.Index); all && (ok || m.world.Complete) {
		if p.Length {
			return strings.Repeat("x", len(list)) // its length is asked for, and is how many there are
		}
		return strings.Join(list, " ")
	}
	n, err := strconv.Atoi(m.arithmetic(p.Index))
	if n < 0 {
		n += len(list)
	}
	switch {
	case err != nil || !ok && !m.world.Complete:
		return Mark("the array " + name + " is not followed")
	case n < 0 || n >= len(list):
		return ""
	}
	return list[n]
}

// wholeIndex says whether an index is @ or *.
func wholeIndex(x syntax.ArithmExpr) bool {
	w, ok := x.(*syntax.Word)
	return ok && (w.Lit() == "@" || w.Lit() == "*")
}

func (m *machine) matched(index syntax.ArithmExpr) string {
	n := 0
	if index != nil {
		n, _ = strconv.Atoi(m.arithmetic(index))
	}
	if n >= 0 && n < len(m.match) {
		return m.match[n]
	}
	return Mark("a match that is only known when the pod runs")
}

// alternative handles the forms with a default.
func (m *machine) alternative(p *syntax.ParamExp, value string, defined bool) string {
	orNull := false
	switch p.Exp.Op {
	case syntax.AlternateUnsetOrNull, syntax.DefaultUnsetOrNull, syntax.ErrorUnsetOrNull, syntax.AssignUnsetOrNull:
		orNull = true
	}
	use := defined && !(orNull && value == "")
	switch p.Exp.Op {
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		if !Known(value) {
			return Mark(Why(value))
		}
		if use {
			return m.word(p.Exp.Word)
		}
		return ""
	case syntax.AssignUnset, syntax.AssignUnsetOrNull:
		if !use {
			value = m.word(p.Exp.Word)
			m.vars[p.Param.Value] = value
		}
		return value
	}
	if use {
		return value
	}
	return m.word(p.Exp.Word)
}

func (m *machine) slice(s *syntax.Slice, value string) string {
	offset, length := 0, len(value)
	for i, expr := range []syntax.ArithmExpr{s.Offset, s.Length} {
		if expr == nil {
			continue
		}
		n, err := strconv.Atoi(m.arithmetic(expr))
		if err != nil {
			return Mark("a part of a text whose bounds are not known")
		}
		if i == 0 {
			offset = n
		} else {
			length = n
		}
	}
	if offset < 0 {
		offset = max(0, len(value)+offset)
	}
	offset = min(offset, len(value))
	if length < 0 {
		length = max(0, len(value)-offset+length)
	}
	return value[offset : offset+min(length, len(value)-offset)]
}

func (m *machine) replace(r *syntax.Replace, value string) string {
	glob, with := m.pattern(r.Orig), m.word(r.With)
	anchor, mode := byte(0), pattern.Mode(0)
	if !r.All && glob != "" && (glob[0] == '#' || glob[0] == '%') {
		anchor, glob = glob[0], glob[1:]
	}
	if glob == "" {
		return anchored(value, with, anchor)
	}
	expr, ok := globExpr(glob, mode)
	if !ok || !Known(glob) {
		return Mark("a replacement in the start script that cannot be followed")
	}
	if anchor != 0 {
		return m.keep(replaceAt(value, glob, with, anchor))
	}
	if r.All {
		return m.keep(expr.ReplaceAllLiteralString(value, with))
	}
	if at := expr.FindStringIndex(value); at != nil {
		return m.keep(value[:at[0]] + with + value[at[1]:])
	}
	return value
}

// anchored is the replacement of nothing at the beginning or the end.
func anchored(value, with string, anchor byte) string {
	switch anchor {
	case '#':
		return with + value
	case '%':
		return value + with
	}
	return value
}

// replaceAt replaces the longest match at the beginning or at the end of a text.
func replaceAt(value, glob, with string, anchor byte) string {
	expr, ok := globExpr(glob, pattern.EntireString)
	for n := len(value); ok && n >= 0 && len(value) < 512; n-- {
		if anchor == '#' && expr.MatchString(value[:n]) {
			return with + value[n:]
		}
		if anchor == '%' && expr.MatchString(value[len(value)-n:]) {
			return value[:len(value)-n] + with
		}
	}
	return value
}

// trim handles #, ##, %, %% and the changes of case.
func (m *machine) trim(e *syntax.Expansion, value string) string {
	switch e.Op {
	case syntax.UpperAll:
		return strings.ToUpper(value)
	case syntax.LowerAll:
		return strings.ToLower(value)
	case syntax.UpperFirst:
		return strings.ToUpper(value[:min(1, len(value))]) + value[min(1, len(value)):]
	case syntax.LowerFirst:
		return strings.ToLower(value[:min(1, len(value))]) + value[min(1, len(value)):]
	case syntax.OtherParamOps:
		return Mark("a change of a text that is not followed")
	}
	glob := m.pattern(e.Word)
	expr, ok := globExpr(glob, pattern.EntireString)
	if !ok || !Known(glob) {
		return Mark("a pattern in the start script that cannot be followed")
	}
	longest := e.Op == syntax.RemLargePrefix || e.Op == syntax.RemLargeSuffix
	prefix := e.Op == syntax.RemSmallPrefix || e.Op == syntax.RemLargePrefix
	for i := 0; i <= len(value) && len(value) < 512; i++ {
		n := i // how much is cut off
		if longest {
			n = len(value) - i
		}
		if prefix && expr.MatchString(value[:n]) {
			return value[n:]
		}
		if !prefix && expr.MatchString(value[len(value)-n:]) {
			return value[:len(value)-n]
		}
	}
	return value
}
