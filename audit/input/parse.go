package input

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/rmqproof/rmqproof/audit/node"
)

// Limits of one input. An object of the API is at most about 1.5 MB; a list of a whole namespace is more.
const (
	maxFile      = 32 << 20
	maxNodes     = 1 << 21
	maxDocuments = 20000
)

// Parse reads the objects of a text in YAML or JSON.
func Parse(data []byte, file string) (Set, error) {
	documents, err := documents(data, file)
	if err != nil {
		return Set{}, err
	}
	var set Set
	for _, d := range documents {
		collect(node.New(d, file, nil), &set, 0)
	}
	return set, nil
}

// documents parses every document of a text; line numbers are those of the whole text.
func documents(data []byte, file string) ([]*node.Node, error) {
	if len(data) > maxFile || elements(data) > maxNodes {
		return nil, unreadable(file, "is too large to be a set of manifests (at most %d MB)", maxFile>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if trimmed := bytes.TrimSpace(data); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
		data = bytes.ReplaceAll(data, []byte("\t"), []byte(" ")) // YAML does not indent with tabs, JSON does
	}
	var all []*node.Node
	var keeper node.Keeper
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for len(all) < maxDocuments {
		var n yaml.Node
		switch err := decode(decoder, &n); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, unreadable(file, "%s%s", strings.TrimPrefix(err.Error(), "yaml: "), hint(data))
		}
		all = append(all, keeper.Keep(&n))
	}
	return nil, unreadable(file, "holds more than %d documents", maxDocuments)
}

// decode keeps a fault in the parser from ending the program.
func decode(d *yaml.Decoder, n *yaml.Node) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("is not YAML that can be read: %v", fault)
		}
	}()
	return d.Decode(n)
}

// elements is an upper bound of the number of nodes, so that the parser is not asked to build too many.
func elements(data []byte) int {
	count := 0
	for _, b := range data {
		switch b {
		case ',', '[', '{', ':', '\n':
			count++
		}
	}
	return count
}

func hint(data []byte) string {
	if bytes.Contains(data, []byte("{{")) {
		return " (a Helm template? give the chart's folder with --chart)"
	}
	return ""
}

// maxLists bounds lists inside lists.
const maxLists = 4

// collect adds a document, or the items of a list.
func collect(v node.Value, set *Set, depth int) {
	kind, version := v.Get("kind").Text(), v.Get("apiVersion").Text()
	items := v.Get("items")
	switch {
	case !v.Exists():
		return
	case strings.HasSuffix(kind, "List") && items.Exists() && depth < maxLists:
		for _, item := range items.Items() {
			collect(item, set, depth+1)
		}
	case kind == "" || version == "":
		set.Passed++
	default:
		meta := v.Get("metadata")
		set.Objects = append(set.Objects, Object{
			APIVersion: version, Kind: kind, Namespace: meta.Get("namespace").Text(), Name: meta.Get("name").Text(), Value: v,
		})
	}
}
