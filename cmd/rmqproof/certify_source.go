//go:build !agent

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/fixtures/foreign"
)

// source is a configuration that is not ours: where it is read, and what may be done to it. It stands in the run's folder.
type source struct {
	Files     []string `json:"files,omitempty"`
	Kustomize string   `json:"kustomize,omitempty"`
	Charts    []string `json:"charts,omitempty"`
	Values    []string `json:"values,omitempty"`
	Set       []string `json:"set,omitempty"`
	Release   string   `json:"release,omitempty"`
	Namespace string   `json:"namespace,omitempty"`
	Map       []string `json:"map,omitempty"`
	Shared    []string `json:"sharedClasses,omitempty"`
	LeaveOut  []string `json:"leaveOut,omitempty"`
	Fit       bool     `json:"fit,omitempty"`
}

// define adds the options that are for other people's configurations alone.
func (s *source) define(f *pflag.FlagSet) {
	f.StringArrayVarP(&s.Files, "filename", "f", nil, "file or folder with manifests of your own; may be repeated")
	f.StringArrayVar(&s.Charts, "chart", nil, "Helm chart of your own, a folder or an archive; may be repeated")
	f.StringArrayVar(&s.Values, "values", nil, "file with values for the charts; may be repeated, the last wins")
	f.StringArrayVar(&s.Set, "set", nil, "key=value for the charts in Helm's notation, over the files; may be repeated")
	f.StringVar(&s.Release, "release", "", "name of the charts' release (release-name)")
	f.StringVar(&s.Namespace, "namespace", "", "namespace of objects that name none, and of the charts' release")
	f.StringArrayVar(&s.Map, "map", nil, "IMAGE=OTHER: run another image in the place of one; may be repeated")
	f.StringArrayVar(&s.Shared, "shared-class", nil, "StorageClass whose volumes can follow a pod to another node; those of others are tied to one; may be repeated")
	f.StringArrayVar(&s.LeaveOut, "leave-out", nil, "kind of objects that are not deployed, such as ServiceMonitor; may be repeated")
	f.BoolVar(&s.Fit, "fit", false, "scale requests, heaps and claims where the machine is too small; each change stands in the certificate")
}

// sourceFlags are the names of those options.
var sourceFlags = []string{"filename", "chart", "values", "set", "release", "namespace", "map", "shared-class", "leave-out", "fit",
	"context", "agent-image", "allow-name", "abort-after", "allow-nodes", "allow-privileged"}

// standingFlags are those of a cluster that stands already.
var standingFlags = []string{"context", "agent-image", "allow-name", "abort-after", "allow-nodes", "allow-privileged"}

// fits refuses options that would be overlooked: each is for one kind of configuration.
func (j *job) fits(f *pflag.FlagSet) error {
	taken := []string{"filename", "chart"} // whatever they name is no bundled overlay
	switch {
	case j.Standing != nil:
		taken = append([]string{"namespace"}, standingFlags...)
	case j.Source != nil:
		taken = slices.DeleteFunc(slices.Clone(sourceFlags), func(name string) bool {
			return slices.Contains(standingFlags, name)
		})
	}
	if j.foreign() && f.Changed("version") {
		return errors.New("--version is for bundled overlays: the images of your configuration say which version runs, and --map takes another one")
	}
	for _, name := range sourceFlags {
		if f.Changed(name) && !slices.Contains(taken, name) {
			return fmt.Errorf("--%s does not apply to the %s: leave it out", name, j.what())
		}
	}
	return nil
}

// empty says that nothing of somebody else's is named.
func (s *source) empty() bool { return len(s.Files)+len(s.Charts) == 0 && s.Kustomize == "" }

// absolute makes the paths those of any working directory, since a run may be resumed in another one.
func (s *source) absolute() (err error) {
	for _, list := range [][]string{s.Files, s.Charts, s.Values} {
		for i := range list {
			if list[i] == "-" {
				return errors.New("-f -: a run that may be resumed cannot read the standard input again: give a file")
			}
			if list[i], err = filepath.Abs(list[i]); err != nil {
				return err
			}
		}
	}
	if s.Kustomize != "" {
		s.Kustomize, err = filepath.Abs(s.Kustomize)
	}
	return err
}

// read gives the objects of the configuration, as the audit reads them.
func (s *source) read(ctx context.Context) (input.Set, error) {
	from := input.Sources{Files: s.Files, Charts: s.Charts, Release: input.Release{Name: s.Release, Namespace: s.Namespace, Values: s.Values, Set: s.Set}}
	if s.Kustomize != "" {
		from.Kustomizations = []string{s.Kustomize}
	}
	return from.Read(ctx, nil)
}

// adapted makes the configuration stand on the kind cluster of this machine, or refuses it.
func (s *source) adapted(set input.Set) (*foreign.Adapted, error) {
	o := foreign.Options{Name: s.String(), Namespace: s.Namespace, Map: map[string]string{}, Shared: s.Shared, LeaveOut: s.LeaveOut, Fit: s.Fit}
	for _, text := range s.Map {
		from, to, ok := strings.Cut(text, "=")
		if !ok || from == "" || to == "" {
			return nil, fmt.Errorf("--map %q: write IMAGE=OTHER", text)
		}
		o.Map[from] = to
	}
	memory, err := memoryOf("/proc/meminfo")
	if err != nil {
		return nil, err
	}
	o.Machine = foreign.Machine{Memory: memory, Cores: runtime.NumCPU(), Workers: workersOfKind}
	return foreign.Adapt(set, o)
}

// workersOfKind is how many workers the test cluster has.
const workersOfKind = 3

// memoryOf reads the machine's memory in bytes.
func memoryOf(file string) (int64, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return 0, fmt.Errorf("how much memory this machine has: %w", err)
	}
	for line := range strings.Lines(string(raw)) {
		var kilobytes int64
		if n, _ := fmt.Sscanf(line, "MemTotal: %d kB", &kilobytes); n == 1 {
			return kilobytes << 10, nil
		}
	}
	return 0, fmt.Errorf("how much memory this machine has: %s does not say", file)
}

// String names the configuration, by its last folder or file: the rest of a path is nobody's business.
func (s *source) String() string {
	var names []string
	for _, path := range slices.Concat(s.Files, s.Charts, []string{s.Kustomize}) {
		if path != "" {
			names = append(names, filepath.Base(path))
		}
	}
	what := "manifests"
	switch {
	case len(s.Charts) > 0:
		what = "chart"
	case s.Kustomize != "":
		what = "kustomization"
	}
	return what + " " + strings.Join(names, ", ")
}

// flags is the part of the command line that names this configuration.
func (s *source) flags() string {
	var all []string
	for _, f := range []struct {
		name   string
		values []string
	}{{"-f", s.Files}, {"-k", []string{s.Kustomize}}, {"--chart", s.Charts}, {"--values", s.Values}, {"--set", s.Set}, {"--release", []string{s.Release}},
		{"--namespace", []string{s.Namespace}}, {"--map", s.Map}, {"--shared-class", s.Shared}, {"--leave-out", s.LeaveOut}} {
		for _, v := range f.values {
			if v != "" {
				all = append(all, f.name+" '"+v+"'")
			}
		}
	}
	if s.Fit {
		all = append(all, "--fit")
	}
	return strings.Join(all, " ")
}

// whose names the place that is certified, for errors.
func (s *source) whose() string {
	return cmp.Or(s.Kustomize, strings.Join(slices.Concat(s.Files, s.Charts), ", "))
}
