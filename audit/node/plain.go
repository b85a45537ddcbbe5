package node

import (
	"fmt"

	"sigs.k8s.io/yaml"
)

// maxPlain bounds what aliases may grow a document to: an object of the API has some thousand values.
const maxPlain = 1 << 18

// Plain gives the value as the API server's decoder reads it: maps, lists, texts, numbers and truth values, with aliases
// and merge keys followed. It fails on what no object of the API can hold.
func (v Value) Plain() (any, error) {
	p := plainer{left: maxPlain}
	return p.of(v)
}

type plainer struct{ left int }

func (p *plainer) of(v Value) (any, error) {
	n := v.resolved()
	if p.left--; p.left < 0 {
		return nil, fmt.Errorf("%s: more than %d values: aliases grow it beyond what an object can hold", v.Pos(), maxPlain)
	}
	switch {
	case n == nil || n.Null():
		return nil, nil
	case n.Kind == Mapping:
		return p.mapping(v)
	case n.Kind == Sequence:
		list := []any{}
		for _, item := range v.Items() {
			one, err := p.of(item)
			if err != nil {
				return nil, err
			}
			list = append(list, one)
		}
		return list, nil
	case n.marks&text != 0:
		return n.Value, nil
	}
	return scalar(v.Pos(), n.Value)
}

// mapping keeps of a merged map what the map itself does not say.
func (p *plainer) mapping(v Value) (any, error) {
	out := map[string]any{}
	for _, key := range v.keys(0) {
		one, err := p.of(v.Get(key))
		if err != nil {
			return nil, err
		}
		out[key] = one
	}
	return out, nil
}

// keys are a map's own and those that it merges.
func (v Value) keys(depth int) (all []string) {
	n := v.resolved()
	if n == nil || depth > maxMerges {
		return nil
	}
	children := n.below()
	if n.Kind == Sequence {
		for i := range children {
			all = append(all, v.with(&children[i]).keys(depth+1)...)
		}
		return all
	}
	for i := 0; i+1 < len(children) && n.Kind == Mapping; i += 2 {
		if name := &children[i]; name.Merge() {
			all = append(all, v.with(&children[i+1]).keys(depth+1)...)
		} else {
			all = append(all, name.Value)
		}
	}
	return all
}

// scalar reads a text without quotes by the rules of Kubernetes' own decoder, which differ from YAML 1.2: yes is true.
func scalar(at Pos, value string) (any, error) {
	var out any
	if err := yaml.Unmarshal([]byte(value), &out); err != nil {
		return nil, fmt.Errorf("%s: %q cannot be read: %w", at, value, err)
	}
	return out, nil
}
