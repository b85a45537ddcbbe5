package input

import (
	"os"
	"path"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/rmqproof/rmqproof/audit/node"
)

const originKey = "config.kubernetes.io/origin"

// sources finds the files and lines that rendered values come from.
type sources struct {
	dir    string
	parsed map[string][]*node.Node
}

func newSources(dir string) *sources { return &sources{dir: dir, parsed: map[string][]*node.Node{}} }

// place returns the rendered object with the positions of its sources.
func (s *sources) place(v node.Value) node.Value {
	meta := v.Get("metadata")
	text := meta.Get("annotations", originKey).Text()
	remove(meta, originKey)
	var origin struct {
		Path         string `yaml:"path"`
		Repo         string `yaml:"repo"`
		ConfiguredIn string `yaml:"configuredIn"`
	}
	places := node.Places{}
	var file string
	if yaml.Unmarshal([]byte(text), &origin) != nil || origin.Repo != "" {
		return v
	}
	switch {
	case origin.Path != "":
		file = filepath.Join(s.dir, origin.Path)
		match(v.Raw(), s.find(file, v), node.Pos{File: file}, places)
	case origin.ConfiguredIn != "":
		file = filepath.Join(s.dir, origin.ConfiguredIn)
		match(v.Raw(), nil, node.Pos{File: file, Line: 1}, places)
		s.generated(v, file, places)
	default:
		return v
	}
	return node.New(v.Raw(), file, places)
}

func remove(meta node.Value, key string) {
	annotations := meta.Get("annotations").Raw()
	if annotations == nil || annotations.Kind != node.Mapping {
		return
	}
	for i, each := range annotations.Children() {
		if i%2 == 0 && each.Value == key {
			annotations.Remove(i)
			return
		}
	}
}

func (s *sources) load(file string) []*node.Node {
	if nodes, ok := s.parsed[file]; ok {
		return nodes
	}
	var nodes []*node.Node
	if data, err := os.ReadFile(file); err == nil {
		nodes, _ = documents(data, file) // kustomize has read it already; without it only lines are lost
	}
	s.parsed[file] = nodes
	return nodes
}

// find returns the document that an object was made from: kustomize keeps its kind and extends its name.
func (s *sources) find(file string, v node.Value) *node.Node {
	var best *node.Node
	longest := -1
	for _, n := range s.load(file) {
		candidate := node.New(n, file, nil)
		name := candidate.Get("metadata", "name").Text()
		if candidate.Get("kind").Text() != v.Get("kind").Text() {
			continue
		}
		common := 0
		if strings.Contains(v.Get("metadata", "name").Text(), name) {
			common = len(name)
		}
		if common > longest {
			best, longest = candidate.Raw(), common
		}
	}
	return best
}

// match gives each rendered node the line of its counterpart in the source, or of the nearest one above it.
func match(rendered, source *node.Node, at node.Pos, places node.Places) {
	if rendered == nil {
		return
	}
	if source != nil && source.Kind == node.Alias {
		source = source.Target()
	}
	if source != nil {
		at.Line = int(source.Line)
	}
	places[rendered] = node.Place{Pos: at}
	switch rendered.Kind {
	case node.Mapping:
		children := rendered.Children()
		for i := 0; i+1 < len(children); i += 2 {
			key, value := entry(source, children[i].Value)
			below := at
			if key != nil {
				below.Line = int(key.Line)
			}
			places[&children[i]] = node.Place{Pos: below}
			match(&children[i+1], value, below, places)
		}
	case node.Sequence:
		children := rendered.Children()
		for i := range children {
			match(&children[i], element(source, &children[i], i), at, places)
		}
	case node.Scalar:
		if source != nil && source.Value == rendered.Value {
			rendered.SetBlock(source.Block()) // so that lines inside a block are counted as in the source
		} else if source != nil && !source.Literal() {
			rendered.SetBlock(false)
		}
	}
}

func entry(source *node.Node, name string) (key, value *node.Node) {
	if source == nil || source.Kind != node.Mapping {
		return nil, nil
	}
	children := source.Children()
	for i := 0; i+1 < len(children); i += 2 {
		if children[i].Value == name {
			return &children[i], &children[i+1]
		}
	}
	return nil, nil
}

// element returns the list's counterpart of an item: by its name, otherwise by its place.
func element(source, item *node.Node, i int) *node.Node {
	if source == nil || source.Kind != node.Sequence {
		return nil
	}
	children := source.Children()
	if _, name := entry(item, "name"); name != nil {
		for c := range children {
			if _, other := entry(&children[c], "name"); other != nil && other.Value == name.Value {
				return &children[c]
			}
		}
	}
	if i < len(children) {
		return &children[i]
	}
	return nil
}

// generated places the texts of a generated ConfigMap or Secret in the files that they were read from.
func (s *sources) generated(v node.Value, file string, places node.Places) {
	docs := s.load(file)
	if len(docs) == 0 {
		return
	}
	files := map[string]string{}
	for _, f := range generator(node.New(docs[0], file, nil), v.Get("metadata", "name").Text()).Get("files").Texts() {
		key, name, named := strings.Cut(f, "=")
		if !named {
			key, name = path.Base(f), f
		}
		files[key] = filepath.Join(filepath.Dir(file), name)
	}
	for _, data := range v.Get("data").Fields() {
		text, err := os.ReadFile(files[data.Key])
		if files[data.Key] == "" || err != nil {
			continue
		}
		n := data.Value.Raw()
		places[n] = node.Place{Pos: node.Pos{File: files[data.Key], Line: 1}, Lines: align(data.Value.Text(), string(text), files[data.Key])}
	}
}

// generator returns the entry that made an object: the one with the longest name that the object's name holds.
func generator(k node.Value, object string) node.Value {
	var best node.Value
	longest := 0
	for _, kind := range []string{"configMapGenerator", "secretGenerator"} {
		for _, g := range k.Get(kind).Items() {
			if name := g.Get("name").Text(); len(name) > longest && strings.Contains(object, name) {
				best, longest = g, len(name)
			}
		}
	}
	return best
}

// align finds for each line of a rendered text the line of the source with the same words, going forward.
func align(rendered, source, file string) []node.Pos {
	from := strings.Split(source, "\n")
	var lines []node.Pos
	next := 0
	for _, line := range strings.Split(rendered, "\n") {
		found := 0
		for i := next; i < len(from) && strings.TrimSpace(line) != ""; i++ {
			if from[i] == line {
				found, next = i+1, i+1
				break
			}
		}
		lines = append(lines, node.Pos{File: file, Line: found})
	}
	return lines
}
