package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// input returns what a statement reads: a here-document, a file, or the pipe; own says that it is not the pipe.
func (m *machine) input(s *syntax.Stmt, in string) (text string, own bool) {
	for _, r := range s.Redirs {
		switch r.Op {
		case syntax.Hdoc, syntax.DashHdoc:
			in, own = m.heredoc(r), true
		case syntax.WordHdoc:
			in, own = m.word(r.Word)+"\n", true
		case syntax.RdrIn:
			in, own = m.content(m.word(r.Word)), true
		}
	}
	return in, own
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

// redirected says whether a statement's output goes to a file of its own.
func redirected(s *syntax.Stmt) bool {
	for _, r := range s.Redirs {
		switch r.Op {
		case syntax.RdrOut, syntax.ClbOut, syntax.RdrAll, syntax.AppOut, syntax.AppAll:
			if r.N == nil || r.N.Value == "1" {
				return true
			}
		}
	}
	return false
}

// replacesOutput says whether the statement is an exec without a program: from then on the shell writes elsewhere.
func replacesOutput(s *syntax.Stmt) bool {
	c, ok := s.Cmd.(*syntax.CallExpr)
	return ok && len(c.Args) == 1 && c.Args[0].Lit() == "exec" && redirected(s)
}

// redirect sends output to files and returns what is left for the pipe.
func (m *machine) redirect(s *syntax.Stmt, out string) string {
	for _, r := range s.Redirs {
		if r.N != nil && r.N.Value != "1" {
			continue
		}
		if redirected(s) && replacesOutput(s) {
			m.sink = m.abs(m.word(r.Word))
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
