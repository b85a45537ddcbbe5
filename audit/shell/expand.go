package shell

import (
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
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
		if name, ok := onlyRead(p); ok {
			return strings.TrimRight(m.content(m.word(name)), "\n")
		}
		return strings.TrimRight(m.subshell(p.Stmts, ""), "\n")
	case *syntax.ArithmExp:
		return m.arithmetic(p.X)
	case *syntax.ExtGlob:
		return "*"
	}
	return Mark("a construct of the start script that is not followed")
}

// onlyRead returns the file of $(< FILE).
func onlyRead(p *syntax.CmdSubst) (*syntax.Word, bool) {
	if len(p.Stmts) != 1 || p.Stmts[0].Cmd != nil || len(p.Stmts[0].Redirs) != 1 || p.Stmts[0].Redirs[0].Op != syntax.RdrIn {
		return nil, false
	}
	return p.Stmts[0].Redirs[0].Word, true
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

// maxBraces bounds a range in braces, and how many of them a word may have: they multiply.
const (
	maxBraces      = 1000
	maxBraceGroups = 3
)

// braces expands {a,b} and {1..3}, and leaves alone what would grow without end.
func braces(w *syntax.Word) []*syntax.Word {
	if !strings.Contains(w.Lit(), "{") && !slices.ContainsFunc(w.Parts, openBrace) {
		return []*syntax.Word{w}
	}
	opened := &syntax.Word{Parts: slices.Clone(w.Parts)}
	syntax.SplitBraces(opened)
	groups := 0
	for _, p := range opened.Parts {
		b, ok := p.(*syntax.BraceExp)
		if !ok {
			continue
		}
		if groups++; groups > maxBraceGroups || len(b.Elems) > maxBraces || b.Sequence && !shortRange(b) {
			return []*syntax.Word{w}
		}
	}
	if groups == 0 {
		return []*syntax.Word{w}
	}
	return expand.Braces(opened)
}

func openBrace(p syntax.WordPart) bool {
	lit, ok := p.(*syntax.Lit)
	return ok && strings.Contains(lit.Value, "{")
}

func shortRange(b *syntax.BraceExp) bool {
	first, errFirst := strconv.Atoi(b.Elems[0].Lit())
	last, errLast := strconv.Atoi(b.Elems[1].Lit())
	return errFirst != nil || errLast != nil || last-first < maxBraces && first-last < maxBraces
}

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
		pieces, ifs := strings.Fields(text), false
		if separators := m.separators(call{}); separators != " \t\n" {
			pieces, ifs = fieldsBy(text, separators, -1), true
		}
		for i, piece := range pieces {
			if i > 0 || !ifs && startsBlank(text) {
				if open {
					fields = append(fields, current)
				}
				current = ""
			}
			current, open = current+piece, true
		}
		if len(pieces) > 0 && !ifs && endsBlank(text) {
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
	if !ok || p.Exp != nil || p.Slice != nil || p.Param == nil || p.Length || p.Excl {
		return nil, false
	}
	if p.Index != nil && wholeIndex(p.Index) {
		list, known := m.arrays[p.Param.Value]
		return list, known
	}
	if p.Param.Value != "@" && p.Param.Value != "*" {
		return nil, false
	}
	return m.args, true
}
