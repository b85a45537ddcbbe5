package input

import "text/template/parse"

// compared collects the names of templates that conditions ask for: what they return decides, and must stay as it is.
func compared(n parse.Node, names map[string]bool) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, each := range n.Nodes {
				compared(each, names)
			}
		}
	case *parse.IfNode:
		condition(&n.BranchNode, names)
	case *parse.WithNode:
		condition(&n.BranchNode, names)
	case *parse.RangeNode:
		condition(&n.BranchNode, names)
	case *parse.ActionNode:
		if len(n.Pipe.Decl) > 0 { // a variable: what becomes of it is not followed
			texts(n.Pipe, names)
		}
	}
}

func condition(b *parse.BranchNode, names map[string]bool) {
	texts(b.Pipe, names)
	compared(b.List, names)
	compared(b.ElseList, names)
}

// texts collects all texts in a pipeline, the names of templates among them.
func texts(n parse.Node, names map[string]bool) {
	switch n := n.(type) {
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			texts(c, names)
		}
	case *parse.CommandNode:
		for _, a := range n.Args {
			texts(a, names)
		}
	case *parse.StringNode:
		names[n.Text] = true
	}
}
