package input

import (
	"go.yaml.in/yaml/v3"

	"github.com/rmqproof/rmqproof/audit/node"
)

// templateLines maps the lines of a rendered document to those of its template, where they are the same. A line
// that a value changed gets the nearest unchanged line above it.
func templateLines(n *yaml.Node, file string, lines []int) node.Places {
	last := 1
	near := make([]int, len(lines)+1)
	for i, line := range lines {
		if line > 0 {
			last = line
		}
		near[i+1] = last
	}
	places := node.Places{}
	var walk func(*yaml.Node)
	walk = func(n *yaml.Node) {
		at := node.Place{Pos: node.Pos{File: file, Line: 1}}
		if n.Line > 0 && n.Line < len(near) {
			at.Line = near[n.Line]
		}
		if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 && n.Line < len(near) {
			at.Lines = near[n.Line+1:]
		}
		places[n] = at
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(n)
	return places
}
