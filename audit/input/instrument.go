package input

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"text/template/parse"

	"helm.sh/helm/v3/pkg/chart"

	"github.com/rmqproof/rmqproof/audit/node"
)

// The marks around the number of a place. They are printable, so that no function of a template escapes them.
const (
	markLeft  = "⟦"
	markRight = "⟧"
)

var mark = regexp.MustCompile(markLeft + `(\d+)` + markRight)

// marked is a chart whose templates carry, in front of each line of text and each output, a mark with the number of its
// place. It renders to the same text with the marks in it: so each line's template is known, through loops and includes.
type marked struct {
	places []node.Pos
	// inner says that named templates are marked as well, and not the files' own text alone.
	inner bool
	dir   string
	root  string
	// compared are the named templates that conditions ask for.
	compared map[string]bool
}

// instrument replaces the templates of a chart and of its dependencies, and returns what puts them back. False is for a
// chart that cannot be marked.
func (m *marked) instrument(c *chart.Chart) (restore func(), ok bool) {
	original := map[*chart.File][]byte{}
	restore = func() {
		for f, data := range original {
			f.Data = data
		}
	}
	m.compared = map[string]bool{}
	for _, f := range filesOf(c) {
		root, set, err := parsed(f.name, string(f.Data))
		if err != nil {
			return restore, false
		}
		set[f.name] = root
		for _, tree := range set {
			compared(tree.Root, m.compared)
		}
	}
	for _, f := range filesOf(c) {
		text, ok := m.file(f.name, string(f.Data))
		if !ok {
			restore()
			return restore, false
		}
		original[f.File], f.Data = f.Data, []byte(text)
	}
	return restore, true
}

// named is a template file with its name in the chart of charts.
type named struct {
	*chart.File
	name string
}

// filesOf lists the templates of a chart and of its dependencies.
func filesOf(c *chart.Chart) []named {
	var all []named
	for _, f := range c.Templates {
		all = append(all, named{f, c.ChartFullPath() + "/" + f.Name})
	}
	for _, d := range c.Dependencies() {
		all = append(all, filesOf(d)...)
	}
	return all
}

// parsed reads a file's own template, and those that it defines.
func parsed(name, text string) (*parse.Tree, map[string]*parse.Tree, error) {
	root := parse.New(name)
	root.Mode = parse.SkipFuncCheck
	set := map[string]*parse.Tree{}
	_, err := root.Parse(text, "", "", set)
	return root, set, err
}

// file marks one template file: its own text, and the templates that it defines.
func (m *marked) file(name, text string) (string, bool) {
	if strings.Contains(text, markLeft) {
		return "", false
	}
	root, set, err := parsed(name, text)
	if err != nil {
		return "", false
	}
	lines := newLiner(text)
	var out strings.Builder
	for id, tree := range set {
		if id == name || tree == root {
			continue
		}
		if m.inner && !m.compared[id] && settings(tree.Root) {
			m.list(name, lines, tree.Root)
		}
		fmt.Fprintf(&out, "{{define %q}}%s{{end}}", id, tree.Root)
	}
	if root.Root != nil {
		m.list(name, lines, root.Root)
		out.WriteString(root.Root.String())
	}
	return out.String(), true
}

// settings says whether a named template writes lines of keys and values. Others make names and conditions, which are
// compared and cut: a mark would change them.
func settings(n parse.Node) bool {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, each := range n.Nodes {
				if settings(each) {
					return true
				}
			}
		}
	case *parse.TextNode:
		return strings.ContainsAny(string(n.Text), "=:")
	case *parse.IfNode:
		return settings(n.List) || settings(n.ElseList)
	case *parse.RangeNode:
		return settings(n.List) || settings(n.ElseList)
	case *parse.WithNode:
		return settings(n.List) || settings(n.ElseList)
	}
	return false
}

// list marks the texts and outputs of a list of nodes.
func (m *marked) list(file string, lines liner, l *parse.ListNode) {
	if l == nil {
		return
	}
	var all []parse.Node
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			n.Text = m.text(file, lines.at(n.Pos), n.Text)
		case *parse.ActionNode:
			if len(n.Pipe.Decl) == 0 {
				all = append(all, m.before(file, lines.at(n.Pos), n))
			}
		case *parse.TemplateNode:
			all = append(all, m.before(file, lines.at(n.Pos), n))
		case *parse.IfNode:
			m.branches(file, lines, &n.BranchNode)
		case *parse.RangeNode:
			m.branches(file, lines, &n.BranchNode)
		case *parse.WithNode:
			m.branches(file, lines, &n.BranchNode)
		}
		all = append(all, n)
	}
	l.Nodes = all
}

func (m *marked) branches(file string, lines liner, b *parse.BranchNode) {
	m.list(file, lines, b.List)
	m.list(file, lines, b.ElseList)
}

// before is a mark that stands as a text in front of a node.
func (m *marked) before(file string, line int, n parse.Node) parse.Node {
	return &parse.TextNode{NodeType: parse.NodeText, Pos: n.Position(), Text: []byte(m.place(file, line))}
}

// text puts a mark in front of the first character of each line that is not blank.
func (m *marked) text(file string, line int, text []byte) []byte {
	parts := strings.SplitAfter(string(text), "\n")
	for i, part := range parts {
		body := strings.TrimLeft(part, " \t\r\n")
		if body != "" {
			parts[i] = part[:len(part)-len(body)] + m.place(file, line+i) + body
		}
	}
	return []byte(strings.Join(parts, ""))
}

// place notes a place and returns its mark.
func (m *marked) place(file string, line int) string {
	m.places = append(m.places, node.Pos{File: templateFile(m.dir, m.root, file), Line: line})
	return markLeft + strconv.Itoa(len(m.places)-1) + markRight
}

// liner turns offsets in a text into lines.
type liner []int

func newLiner(text string) liner {
	l := liner{0}
	for i := range len(text) {
		if text[i] == '\n' {
			l = append(l, i+1)
		}
	}
	return l
}

func (l liner) at(p parse.Pos) int {
	low, high := 0, len(l)
	for low+1 < high {
		if middle := (low + high) / 2; l[middle] <= int(p) {
			low = middle
		} else {
			high = middle
		}
	}
	return low + 1
}

// read takes the marks out of a rendered text: for each of its lines the text without marks, and the place of what the
// line begins with. A line that begins with no mark continues what the last one stands for.
func (m *marked) read(rendered string) (lines []string, at []node.Pos) {
	var last node.Pos
	for _, line := range strings.Split(rendered, "\n") {
		here, end, leading := last, 0, true
		for _, found := range mark.FindAllStringSubmatchIndex(line, -1) {
			n, err := strconv.Atoi(line[found[2]:found[3]])
			if err != nil || n >= len(m.places) {
				continue
			}
			last = m.places[n]
			leading = leading && strings.Trim(line[end:found[0]], " \t-\"'") == ""
			if end = found[1]; leading {
				here = last // of several marks the innermost: that of what is included
			}
		}
		lines, at = append(lines, mark.ReplaceAllString(line, "")), append(at, here)
	}
	return lines, at
}
