package input

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Sources are all places that one audit reads: what is given together is judged as one cluster.
type Sources struct {
	Files, Kustomizations, Charts []string
	Release                       Release
	// Live reads a namespace of a running cluster as well: of the context, "" being the current one.
	Live    bool
	Context string
}

// Release is what a chart is rendered with.
type Release struct {
	// Name and Namespace are those of the release; "" gives release-name and default.
	Name, Namespace string
	// Values are files, of which the last wins; Set holds key=value in Helm's notation, over the files.
	Values, Set []string
}

// Empty says that no place is named.
func (s Sources) Empty() bool {
	return len(s.Files)+len(s.Kustomizations)+len(s.Charts) == 0 && !s.Live
}

// Read gathers everything into one set.
func (s Sources) Read(ctx context.Context, stdin io.Reader) (Set, error) {
	set, err := Files(ctx, s.Files, stdin)
	if err != nil {
		return set, err
	}
	for _, dir := range s.Kustomizations {
		part, err := Kustomization(dir)
		if err != nil {
			return set, err
		}
		set.Add(part)
	}
	for _, dir := range s.Charts {
		part, err := Chart(ctx, dir, s.Release)
		if err != nil {
			return set, err
		}
		set.Add(part)
	}
	if s.Live {
		part, err := Namespace(ctx, s.Context, s.Release.Namespace)
		if err != nil {
			return set, err
		}
		set.Add(part)
	}
	return set, nil
}

// Recognise adds a place whose kind is told by what it is: a chart's folder or archive, a kustomization, "-" for the
// standard input, and otherwise a file or folder.
func (s *Sources) Recognise(name string) {
	switch {
	case name != "-" && (exists(name, "Chart.yaml") || strings.HasSuffix(name, ".tgz") || strings.HasSuffix(name, ".tar.gz")):
		s.Charts = append(s.Charts, name)
	case name != "-" && isKustomization(name):
		s.Kustomizations = append(s.Kustomizations, name)
	default:
		s.Files = append(s.Files, name)
	}
}

func exists(dir, name string) bool {
	info, err := os.Stat(filepath.Join(dir, name))
	return err == nil && info.Mode().IsRegular()
}

func isKustomization(dir string) bool {
	_, err := kustomizationFile(dir)
	return err == nil
}
