package shell

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

// param expands ${...} in all the forms that start scripts use.
func (m *machine) param(p *syntax.ParamExp) string {
	if p.Excl || p.Names != 0 || p.Param == nil {
		return Mark("an indirect variable is not followed")
	}
	value, defined := m.named(p)
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
		return Mark("the array " + name + " is not followed"), true
	}
	switch name {
	case "?":
		return m.status, true
	case "#":
		return strconv.Itoa(len(m.args)), true
	case "@", "*":
		return strings.Join(m.args, " "), len(m.args) > 0
	case "0":
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
	expr, ok := globExpr(glob, 0)
	if !ok || !Known(glob) {
		return Mark("a replacement in the start script that cannot be followed")
	}
	if r.All {
		return m.keep(expr.ReplaceAllLiteralString(value, with))
	}
	if at := expr.FindStringIndex(value); at != nil {
		return m.keep(value[:at[0]] + with + value[at[1]:])
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
	case syntax.UpperFirst, syntax.LowerFirst, syntax.OtherParamOps:
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
