// Package node reads YAML and JSON as a tree that still knows the file and the line of each value.
package node

import "strconv"

// Pos is a place in an input file. A line of 0 means that only the file is known; a negative one that the line is known
// in what was rendered from the file, and not in the file itself.
type Pos struct {
	File string
	Line int
}

func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Line < 0:
		return p.File + ", rendered line " + strconv.Itoa(-p.Line)
	}
	return p.File + ":" + strconv.Itoa(p.Line)
}

// Place is where a rendered value really comes from.
type Place struct {
	Pos
	// Lines holds, for a text rendered from elsewhere, the place of each of its lines; line 0 where it has none.
	Lines []Pos
}

// Places tells where nodes come from when they were not read from the document's own file: a rendered
// manifest's values lie in the files that it was rendered from.
type Places map[*Node]Place

// Value is a node of a document. The zero value is an absent one; every method works on it.
type Value struct {
	n      *Node
	file   string
	places Places
}

// New wraps a parsed document.
func New(n *Node, file string, places Places) Value {
	return Value{n: n, file: file, places: places}
}

// Raw returns the parsed node, nil for an absent value.
func (v Value) Raw() *Node { return v.n }

func (v Value) with(n *Node) Value { return Value{n: n, file: v.file, places: v.places} }

// resolved follows an alias. Chains are short: an alias names an anchored node, never another alias.
func (v Value) resolved() *Node {
	if v.n != nil && v.n.Kind == Alias {
		return v.n.Target()
	}
	return v.n
}

// Exists says whether the value is there and not null.
func (v Value) Exists() bool {
	n := v.resolved()
	return n != nil && !n.Null()
}

// Get descends through maps by their keys.
func (v Value) Get(path ...string) Value {
	for _, key := range path {
		v = v.field(key, 0)
	}
	return v
}

// maxMerges bounds how deep merge keys ("<<") are followed.
const maxMerges = 8

func (v Value) field(key string, depth int) Value {
	n := v.resolved()
	if n == nil || n.Kind != Mapping || depth > maxMerges {
		return Value{file: v.file, places: v.places}
	}
	var merged, found Value
	children := n.below()
	for i := 0; i+1 < len(children); i += 2 {
		switch name, value := &children[i], &children[i+1]; {
		case name.Value == key:
			found = v.with(value) // the last of two equal keys wins, as in the API server's decoder
		case name.Merge() || name.Value == "<<":
			merged = v.fromMerge(value, key, depth)
		}
	}
	if found.n != nil {
		return found
	}
	merged.file, merged.places = v.file, v.places
	return merged
}

func (v Value) fromMerge(n *Node, key string, depth int) Value {
	if n.Kind != Sequence {
		return v.with(n).field(key, depth+1)
	}
	children := n.below()
	for i := range children {
		if found := v.with(&children[i]).field(key, depth+1); found.n != nil {
			return found
		}
	}
	return Value{}
}

// Items returns the elements of a list.
func (v Value) Items() []Value {
	n := v.resolved()
	if n == nil || n.Kind != Sequence {
		return nil
	}
	children := n.below()
	items := make([]Value, len(children))
	for i := range children {
		items[i] = v.with(&children[i])
	}
	return items
}

// Field is one entry of a map.
type Field struct {
	Key   string
	Value Value
	// At is where the key stands.
	At Pos
}

// Fields returns the entries of a map in the order of the file, without those of merge keys.
func (v Value) Fields() []Field {
	n := v.resolved()
	if n == nil || n.Kind != Mapping {
		return nil
	}
	children := n.below()
	fields := make([]Field, 0, len(children)/2)
	for i := 0; i+1 < len(children); i += 2 {
		if name := &children[i]; !name.Merge() {
			fields = append(fields, Field{name.Value, v.with(&children[i+1]), v.with(name).Pos()})
		}
	}
	return fields
}

// Text returns a scalar as text, "" for everything else.
func (v Value) Text() string {
	n := v.resolved()
	if n == nil || n.Kind != Scalar || n.Null() {
		return ""
	}
	return n.Value
}

// Int returns a whole number, and whether the value is one.
func (v Value) Int() (int, bool) {
	number, err := strconv.Atoi(v.Text())
	return number, err == nil
}

// Bool returns true for the text true.
func (v Value) Bool() bool { return v.Text() == "true" }

// Texts returns the scalars of a list.
func (v Value) Texts() []string {
	var all []string
	for _, item := range v.Items() {
		all = append(all, item.Text())
	}
	return all
}

// Map returns a map of scalars.
func (v Value) Map() map[string]string {
	all := map[string]string{}
	for _, f := range v.Fields() {
		all[f.Key] = f.Value.Text()
	}
	return all
}

// Pos returns where the value stands.
func (v Value) Pos() Pos {
	if v.n == nil {
		return Pos{File: v.file}
	}
	if at, moved := v.places[v.n]; moved {
		return at.Pos
	}
	return Pos{File: v.file, Line: int(v.n.Line)}
}

// LineOf returns the place of a line inside a text value: line 1 is the text's first. In a block the text
// begins below its key; in a quoted one every line is the value's own.
func (v Value) LineOf(line int) Pos {
	at := v.Pos()
	n := v.resolved()
	if n == nil || at.Line == 0 {
		return at
	}
	if place, moved := v.places[n]; moved && place.Lines != nil {
		if line >= 1 && line <= len(place.Lines) && place.Lines[line-1].Line != 0 {
			return place.Lines[line-1]
		}
		return at
	}
	if n.Block() {
		at.Line += line
	}
	return at
}

// Literal returns a map with one empty map in it, standing where another value stands. It is for objects that a
// controller makes from a field.
func Literal(key string, at Value) Value {
	n := &Node{Kind: Mapping, Line: int32(at.Pos().Line), children: &[]Node{ //nolint:gosec // a line that was kept as one
		{Kind: Scalar, Value: key}, {Kind: Mapping},
	}}
	return Value{n: n, file: at.Pos().File}
}
