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

// Node is what is kept of a parsed node, in 32 bytes: the parser's own has five times the size, for comments and columns
// that nobody asks for.
type Node struct {
	Value string
	// children of a mapping or sequence lie side by side; an alias has the anchored node as its only one. Most nodes are
	// texts and have none.
	children *[]Node
	Line     int32
	Kind     Kind
	marks    mark
}

// mark holds what is true of a node.
type mark uint8

const (
	block mark = 1 << iota
	literal
	null
	merge
	text
)

// Children are those of a mapping, key and value in turn, or of a sequence. An alias has none, so that a bomb stays small.
func (n *Node) Children() []Node {
	if n.Kind == Alias {
		return nil
	}
	return n.below()
}

func (n *Node) below() []Node {
	if n.children == nil {
		return nil
	}
	return *n.children
}

// Target is the anchored node of an alias.
func (n *Node) Target() *Node {
	if n.Kind != Alias || len(n.below()) == 0 {
		return nil
	}
	return &n.below()[0]
}

// Remove takes a key and its value out of a mapping.
func (n *Node) Remove(at int) { *n.children = append((*n.children)[:at], (*n.children)[at+2:]...) }

// Block says that the lines of a text stand below its key, Literal that the ends of its lines are kept.
func (n *Node) Block() bool { return n.marks&block != 0 }

// Literal says that the ends of a text's lines are kept.
func (n *Node) Literal() bool { return n.marks&literal != 0 }

// Null says whether a scalar is null.
func (n *Node) Null() bool { return n.marks&null != 0 }

// Merge says whether a key is the merge key.
func (n *Node) Merge() bool { return n.marks&merge != 0 }

// SetBlock says anew whether the lines of a text stand below its key.
func (n *Node) SetBlock(is bool) {
	n.marks &^= block
	n.mark(block, is)
}

func (n *Node) mark(m mark, is bool) {
	if is {
		n.marks |= m
	}
}

// Keeper keeps the documents of one input: of equal texts, as keys are in most objects, it keeps one.
type Keeper struct {
	texts map[string]string
	// anchored holds where the anchored nodes of a document are kept.
	anchored map[*yaml.Node]*[]Node
}

// Keep keeps a parsed document.
func (k *Keeper) Keep(parsed *yaml.Node) *Node {
	if parsed == nil {
		return nil
	}
	if parsed.Kind == yaml.DocumentNode && len(parsed.Content) == 1 {
		parsed = parsed.Content[0]
	}
	if k.texts == nil {
		k.texts = map[string]string{}
	}
	k.anchored = map[*yaml.Node]*[]Node{}
	root := make([]Node, 1)
	k.keep(parsed, root)
	return &root[0]
}

func (k *Keeper) text(text string) string {
	if same, ok := k.texts[text]; ok {
		return same
	}
	k.texts[text] = text
	return text
}

// keep fills a place of one node.
func (k *Keeper) keep(p *yaml.Node, place []Node) {
	n := &place[0]
	n.Value, n.Line, n.Kind = k.text(p.Value), int32(min(p.Line, 1<<30)), kindOf(p.Kind) //nolint:gosec // it is bounded
	n.mark(block, p.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0)
	n.mark(literal, p.Style&yaml.LiteralStyle != 0)
	n.mark(null, p.Tag == "!!null")
	n.mark(merge, p.Tag == "!!merge")
	n.mark(text, p.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 || p.Style&yaml.TaggedStyle != 0 && p.Tag == "!!str")
	if p.Anchor != "" {
		k.anchored[p] = &place
	}
	if p.Kind == yaml.AliasNode {
		n.children = k.anchored[p.Alias]
		return
	}
	if len(p.Content) > 0 {
		children := make([]Node, len(p.Content))
		for i, c := range p.Content {
			k.keep(c, children[i:i+1:i+1])
		}
		n.children = &children
	}
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
