package node

import "go.yaml.in/yaml/v3"

// Kind tells what a node is.
type Kind uint8

// The kinds.
const (
	Other Kind = iota
	Mapping
	Sequence
	Scalar
	Alias
)

// Node is what is kept of a parsed node: the parser's own has two and a half times the size, for comments and columns that
// nobody asks for.
type Node struct {
	Value   string
	Content []*Node
	// Target is the anchored node of an alias.
	Target *Node
	Line   int32
	Kind   Kind
	// Block marks a text whose lines stand below its key, Literal one whose ends of lines are kept.
	Block, Literal bool
	// Null and Merge mark the tags of null and of a merge key.
	Null, Merge bool
}

// From keeps a parsed document.
func From(parsed *yaml.Node) *Node {
	if parsed == nil {
		return nil
	}
	if parsed.Kind == yaml.DocumentNode && len(parsed.Content) == 1 {
		parsed = parsed.Content[0]
	}
	k := keeper{anchored: map[*yaml.Node]*Node{}}
	return k.keep(parsed)
}

// keeper remembers the anchored nodes of a document, and hands out nodes from blocks.
type keeper struct {
	anchored map[*yaml.Node]*Node
	free     []Node
}

// blockSize is how many nodes are made at once.
const blockSize = 64

func (k *keeper) keep(p *yaml.Node) *Node {
	if len(k.free) == 0 {
		k.free = make([]Node, blockSize)
	}
	n := &k.free[0]
	k.free = k.free[1:]
	*n = Node{
		Value: p.Value, Line: int32(min(p.Line, 1<<30)), Kind: kindOf(p.Kind), //nolint:gosec // it is bounded
		Block: p.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0, Literal: p.Style&yaml.LiteralStyle != 0,
		Null: p.Tag == "!!null", Merge: p.Tag == "!!merge",
	}
	if p.Anchor != "" {
		k.anchored[p] = n
	}
	if p.Kind == yaml.AliasNode {
		n.Target = k.anchored[p.Alias]
		return n
	}
	if len(p.Content) > 0 {
		n.Content = make([]*Node, len(p.Content))
		for i, c := range p.Content {
			n.Content[i] = k.keep(c)
		}
	}
	return n
}

func kindOf(k yaml.Kind) Kind {
	switch k {
	case yaml.MappingNode:
		return Mapping
	case yaml.SequenceNode:
		return Sequence
	case yaml.ScalarNode:
		return Scalar
	case yaml.AliasNode:
		return Alias
	}
	return Other
}
