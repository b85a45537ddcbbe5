package input

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/rmqproof/rmqproof/audit/node"
)

// Kustomization builds a kustomization in process, with kustomize's own rules for what a file may refer to:
// nothing outside the folder of the kustomization that names it, other kustomizations on this disk, no plugins.
// Remote resources are refused, since an audit must not fetch or run anything.
func Kustomization(dir string) (Set, error) {
	root, err := kustomizationFile(dir)
	if err != nil {
		return Set{}, err
	}
	if err := local(dir, map[string]bool{}); err != nil {
		return Set{}, err
	}
	disk := withOrigins{FileSystem: filesys.MakeFsOnDisk(), root: root}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(disk, dir)
	if err != nil {
		return Set{}, &Unreadable{dir, err}
	}
	data, err := built.AsYaml()
	if err != nil {
		return Set{}, &Unreadable{dir, err}
	}
	nodes, err := documents(data, dir)
	if err != nil {
		return Set{}, err
	}
	var set Set
	sources := newSources(dir)
	for _, n := range nodes {
		collect(sources.place(node.New(n, filepath.Join(dir, filepath.Base(root)), nil)), &set, 0)
	}
	return set, nil
}

func kustomizationFile(dir string) (string, error) {
	for _, name := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization"} {
		full := filepath.Join(dir, name)
		if info, err := os.Stat(full); err == nil && info.Mode().IsRegular() {
			absolute, err := filepath.Abs(full)
			if err != nil {
				return "", &Unreadable{dir, err}
			}
			return absolute, nil
		}
	}
	return "", unreadable(dir, "holds no kustomization.yaml")
}

// remote matches what kustomize would fetch: a URL, or a repository's address.
var remote = regexp.MustCompile(`^(\w+::)?(\w+://|git@|[\w.-]+@[\w.-]+:|(github|gitlab|bitbucket)\.[a-z]+[/:])`)

// local walks all kustomizations that dir refers to and refuses remote ones.
func local(dir string, seen map[string]bool) error {
	full, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return &Unreadable{dir, bare(err)}
	}
	if seen[full] {
		return nil
	}
	seen[full] = true
	file, err := kustomizationFile(dir)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return &Unreadable{file, bare(err)}
	}
	docs, err := documents(data, file)
	if err != nil || len(docs) == 0 {
		return err
	}
	return localEntries(dir, node.New(docs[0], file, nil), seen)
}

func localEntries(dir string, k node.Value, seen map[string]bool) error {
	for _, list := range []string{"resources", "bases", "components", "crds", "transformers", "generators", "validators", "configurations"} {
		for _, item := range k.Get(list).Items() {
			name := item.Text()
			below := filepath.Join(dir, name)
			info, err := os.Stat(below)
			switch {
			case err == nil && info.IsDir():
				if err := local(below, seen); err != nil {
					return err
				}
			case err != nil && remote.MatchString(name):
				return unreadable(item.Pos().String(), "%s is remote; fetch it first, an audit reads local files only", name)
			}
		}
	}
	if charts := k.Get("helmCharts"); charts.Exists() {
		return unreadable(charts.Pos().String(), "helmCharts needs Helm's binary and the network; render it, or use --chart")
	}
	return nil
}

// withOrigins makes kustomize say where each resource comes from, by one line added to the root as it is read.
type withOrigins struct {
	filesys.FileSystem
	root string
}

var hasMetadata = regexp.MustCompile(`(?m)^buildMetadata:`)

// ReadFile implements filesys.FileSystem.
func (w withOrigins) ReadFile(name string) ([]byte, error) {
	data, err := w.FileSystem.ReadFile(name)
	absolute, absErr := filepath.Abs(name)
	if err == nil && absErr == nil && sameFile(absolute, w.root) && !hasMetadata.Match(data) {
		data = append([]byte(strings.TrimRight(string(data), "\n")), "\nbuildMetadata: [originAnnotations]\n"...)
	}
	return data, err
}

func sameFile(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := filepath.EvalSymlinks(a)
	y, errY := filepath.EvalSymlinks(b)
	return errX == nil && errY == nil && x == y
}
