package shell

import (
	"strings"

	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

// quoting says how the text around a word's parts is read.
type quoting int

const (
	unquoted quoting = iota
	inDouble
	inHeredoc
	asPattern
)

// word expands a word to one text, without splitting.
func (m *machine) word(w *syntax.Word) string {
	if w == nil {
		return ""
	}
	return m.keep(m.parts(w.Parts, unquoted))
}

// pattern expands a word in which quoted parts stand for themselves.
func (m *machine) pattern(w *syntax.Word) string {
	if w == nil {
		return ""
	}
	return m.keep(m.parts(w.Parts, asPattern))
}

func (m *machine) parts(parts []syntax.WordPart, q quoting) string {
	var out strings.Builder
	for _, p := range parts {
		out.WriteString(m.part(p, q))
		if out.Len() > maxText {
			return Mark("a text in the start script grows without end")
		}
	}
	return out.String()
}

func (m *machine) part(p syntax.WordPart, q quoting) string {
	switch p := p.(type) {
	case *syntax.Lit:
		return literal(p.Value, q)
	case *syntax.SglQuoted:
		return quotedIn(dollarQuoted(p), q)
	case *syntax.DblQuoted:
		return quotedIn(m.parts(p.Parts, inDouble), q)
	case *syntax.ParamExp:
		return m.param(p)
	case *syntax.CmdSubst:
		return strings.TrimRight(m.subshell(p.Stmts, ""), "\n")
	case *syntax.ArithmExp:
		return m.arithmetic(p.X)
	case *syntax.ExtGlob:
		return "*"
	}
	return Mark("a construct of the start script that is not followed")
}

func quotedIn(text string, q quoting) string {
	if q == asPattern && Known(text) {
		return pattern.QuoteMeta(text, 0)
	}
	return text
}

func dollarQuoted(p *syntax.SglQuoted) string {
	if !p.Dollar {
		return p.Value
	}
	return strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`, `\'`, "'").Replace(p.Value)
}

// literal removes the backslashes that quote.
func literal(text string, q quoting) string {
	if q == asPattern || !strings.Contains(text, `\`) {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			out.WriteByte(text[i])
			continue
		}
		i++
		switch {
		case text[i] == '\n':
		case q == unquoted, strings.IndexByte("$`\\", text[i]) >= 0, q == inDouble && text[i] == '"':
			out.WriteByte(text[i])
		default:
			out.WriteString(text[i-1 : i+1])
		}
	}
	return out.String()
}

// fields expands words to arguments: unquoted expansions are split at blanks.
func (m *machine) fields(words []*syntax.Word) []string {
	var all []string
	for _, w := range words {
		for _, braced := range braces(w) {
			all = append(all, m.split(braced)...)
		}
		if len(all) > 2000 {
			m.note("a command of the start script has too many arguments")
			return all[:2000]
		}
	}
	return all
}

// braces leaves brace expansions alone: they are rare in start scripts and can grow without end.
func braces(w *syntax.Word) []*syntax.Word { return []*syntax.Word{w} }

func (m *machine) split(w *syntax.Word) []string {
	if args, ok := m.positional(w); ok {
		return args
	}
	var fields []string
	current, open := "", false
	for _, p := range w.Parts {
		text := m.part(p, unquoted)
		if !splits(p) || !Known(text) {
			current, open = current+text, true
			continue
		}
		pieces := strings.Fields(text)
		for i, piece := range pieces {
			if i > 0 || startsBlank(text) && i == 0 {
				if open {
					fields = append(fields, current)
				}
				current = ""
			}
			current, open = current+piece, true
		}
		if len(pieces) > 0 && endsBlank(text) {
			fields = append(fields, current)
			current, open = "", false
		}
	}
	if open {
		fields = append(fields, m.keep(current))
	}
	return fields
}

func startsBlank(text string) bool { return strings.TrimLeft(text, " \t\n") != text }
func endsBlank(text string) bool   { return strings.TrimRight(text, " \t\n") != text }

// splits says whether a part is an unquoted expansion.
func splits(p syntax.WordPart) bool {
	switch p.(type) {
	case *syntax.ParamExp, *syntax.CmdSubst, *syntax.ArithmExp:
		return true
	}
	return false
}

// positional returns the arguments for "$@", $@ and $*.
func (m *machine) positional(w *syntax.Word) ([]string, bool) {
	if len(w.Parts) != 1 {
		return nil, false
	}
	part := w.Parts[0]
	if d, ok := part.(*syntax.DblQuoted); ok && len(d.Parts) == 1 {
		part = d.Parts[0]
	}
	p, ok := part.(*syntax.ParamExp)
	if !ok || p.Exp != nil || p.Slice != nil || p.Param == nil || p.Param.Value != "@" && p.Param.Value != "*" {
		return nil, false
	}
	return m.args, true
}
