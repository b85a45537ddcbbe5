package model

import (
	"strings"

	"github.com/rmqproof/rmqproof/audit/node"
)

// presume lets each image whose name alone does not tell its layout be decided by the paths in its pod.
func (w *Workload) presume() {
	for _, c := range w.Containers {
		if c.Image.undecided() {
			c.Image.presume(scalars(c.Value))
		}
	}
}

// maxScalars bounds the text that is searched for paths, in bytes.
const maxScalars = 1 << 16

// scalars joins all texts below a value.
func scalars(v node.Value) string {
	var out strings.Builder
	var walk func(n *node.Node)
	walk = func(n *node.Node) {
		if n == nil || out.Len() > maxScalars {
			return
		}
		if n.Kind == node.Scalar {
			out.WriteString(n.Value + "\n")
		}
		children := n.Children()
		for i := range children {
			walk(&children[i])
		}
	}
	walk(v.Raw())
	return out.String()
}
