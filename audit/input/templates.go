package input

import (
	"context"
	"path/filepath"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"

	"github.com/rmqproof/rmqproof/audit/node"
)

// templateFile is the path of a template as the user knows it: below the folder that was given.
func templateFile(dir, root, name string) string {
	return filepath.Join(dir, strings.TrimPrefix(name, root+"/"))
}

// lineage says for each line of each rendered file where its text stands in the templates. A line that is not known is
// minus its own number: that of the rendered file.
type lineage map[string][]node.Pos

// trace renders the chart again with marks: once with them in named templates as well, and for what differs then once
// without, since a condition may hang on what a named template returns.
func trace(ctx context.Context, c *chart.Chart, dir string, values chartutil.Values, rendered map[string]string) lineage {
	all := lineage{}
	for name, text := range rendered {
		all[name] = make([]node.Pos, strings.Count(text, "\n")+1)
	}
	for _, inner := range []bool{true, false} {
		m := &marked{inner: inner, dir: dir, root: c.ChartFullPath()}
		restore, ok := m.instrument(c)
		if !ok {
			break
		}
		again, err := bounded(ctx, c, values)
		restore()
		if err != nil {
			continue
		}
		for name, text := range rendered {
			lines, at := m.read(again[name])
			adopt(all[name], strings.Split(text, "\n"), lines, at)
		}
	}
	for name := range rendered {
		number(all[name], templateFile(dir, c.ChartFullPath(), name))
	}
	return all
}

// adopt takes over the places of lines that are the same in both renderings. Renderings of different length say nothing
// about one another.
func adopt(known []node.Pos, plain, lines []string, at []node.Pos) {
	if len(plain) != len(lines) {
		return
	}
	for i := range plain {
		if known[i].Line == 0 && plain[i] == lines[i] {
			known[i] = at[i]
		}
	}
}

// number puts the number of the rendered line where no place is known.
func number(at []node.Pos, file string) {
	for i := range at {
		if at[i].Line == 0 {
			at[i] = node.Pos{File: file, Line: -(i + 1)}
		}
	}
}

// templateLines places the nodes of a rendered document where their lines stand in the templates.
func templateLines(n *node.Node, at []node.Pos) node.Places {
	places := node.Places{}
	var walk func(*node.Node)
	walk = func(n *node.Node) {
		var place node.Place
		line := int(n.Line)
		if line > 0 && line <= len(at) {
			place.Pos = at[line-1]
		}
		if n.Block() && line < len(at) {
			place.Lines = at[line:]
		}
		places[n] = place
		children := n.Children()
		for i := range children {
			walk(&children[i])
		}
	}
	walk(n)
	return places
}
