package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// input returns what a statement reads: a here-document, a file, or the pipe.
func (m *machine) input(s *syntax.Stmt, in string) string {
	for _, r := range s.Redirs {
		switch r.Op {
		case syntax.Hdoc, syntax.DashHdoc:
			in = m.heredoc(r)
		case syntax.WordHdoc:
			in = m.word(r.Word) + "\n"
		case syntax.RdrIn:
			in = m.content(m.word(r.Word))
		}
	}
	return in
}

// heredoc expands the document unless its delimiter is quoted.
func (m *machine) heredoc(r *syntax.Redirect) string {
	if r.Hdoc == nil {
		return ""
	}
	quoted := r.Word.Lit() == "" || strings.Contains(r.Word.Lit(), `\`)
	var text string
	if quoted {
		for _, part := range r.Hdoc.Parts {
			if lit, ok := part.(*syntax.Lit); ok {
				text += lit.Value
			}
		}
	} else {
		text = m.parts(r.Hdoc.Parts, inHeredoc)
	}
	if r.Op != syntax.DashHdoc {
		return text
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimLeft(lines[i], "\t")
	}
	return strings.Join(lines, "\n")
}

// redirect sends output to files and returns what is left for the pipe.
func (m *machine) redirect(s *syntax.Stmt, out string) string {
	for _, r := range s.Redirs {
		if r.N != nil && r.N.Value == "2" {
			continue
		}
		switch r.Op {
		case syntax.RdrOut, syntax.ClbOut, syntax.RdrAll:
			m.write(m.word(r.Word), out, false)
			out = ""
		case syntax.AppOut, syntax.AppAll:
			m.write(m.word(r.Word), out, true)
			out = ""
		}
	}
	return out
}

// discardsOutput says whether the statement sends its output to nowhere.
func discardsOutput(s *syntax.Stmt) bool {
	for _, r := range s.Redirs {
		switch r.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.RdrAll, syntax.AppAll, syntax.ClbOut:
			if (r.N == nil || r.N.Value == "1") && r.Word.Lit() == "/dev/null" {
				return true
			}
		}
	}
	return false
}
