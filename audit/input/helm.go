package input

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/strvals"

	"github.com/rmqproof/rmqproof/audit/node"
)

// renderBudget ends a chart whose templates never do.
const renderBudget = 20 * time.Second

// kubernetesVersion is what charts are told that they run on: the release whose API this project is built with.
const kubernetesVersion = "v1.35.0"

// Chart renders a Helm chart with Helm's own library (its renderer only), so that no binary is needed. The chart's
// dependencies must lie in its charts folder. Nothing is looked up in a cluster.
func Chart(ctx context.Context, dir string, r Release) (Set, error) {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		if err := noLinksOut(dir); err != nil {
			return Set{}, err
		}
	}
	c, err := loader.Load(dir)
	if err != nil {
		return Set{}, &Unreadable{dir, err}
	}
	values, err := prepare(c, r)
	if err != nil {
		return Set{}, &Unreadable{dir, err}
	}
	rendered, err := bounded(ctx, c, values)
	if err != nil {
		return Set{}, &Unreadable{dir, err}
	}
	return templates(c, dir, rendered, trace(ctx, c, dir, values, rendered))
}

// prepare gathers what the templates see.
func prepare(c *chart.Chart, r Release) (chartutil.Values, error) {
	values, err := r.values()
	if err != nil {
		return nil, err
	}
	if err := missing(c); err != nil {
		return nil, err
	}
	if err := chartutil.ProcessDependencies(c, values); err != nil {
		return nil, err
	}
	capabilities := chartutil.DefaultCapabilities.Copy()
	capabilities.KubeVersion = chartutil.KubeVersion{Version: kubernetesVersion, Major: "1", Minor: "35"}
	release := chartutil.ReleaseOptions{
		Name: cmp.Or(r.Name, "release-name"), Namespace: cmp.Or(r.Namespace, "default"), Revision: 1, IsInstall: true,
	}
	return chartutil.ToRenderValues(c, values, release, capabilities)
}

// values merges the files in their order, and then what was set by hand.
func (r Release) values() (map[string]any, error) {
	values := map[string]any{}
	for _, name := range r.Values {
		more, err := chartutil.ReadValuesFile(name)
		if err != nil {
			return nil, err
		}
		values = chartutil.MergeTables(more, values)
	}
	for _, text := range r.Set {
		if err := strvals.ParseInto(text, values); err != nil {
			return nil, fmt.Errorf("--set %q: %w", text, err)
		}
	}
	return values, nil
}

// missing reports dependencies that are declared but not there, in Helm's words.
func missing(c *chart.Chart) error {
	have := map[string]bool{}
	for _, d := range c.Dependencies() {
		have[d.Name()] = true
	}
	var absent []string
	for _, d := range c.Metadata.Dependencies {
		if !have[d.Name] {
			absent = append(absent, d.Name)
		}
	}
	if len(absent) > 0 {
		return errors.New("found in Chart.yaml, but missing in charts/ directory: " + strings.Join(absent, ", "))
	}
	return nil
}

func bounded(ctx context.Context, c *chart.Chart, values chartutil.Values) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, renderBudget)
	defer cancel()
	type result struct {
		files map[string]string
		err   error
	}
	done := make(chan result, 1)
	go func() {
		files, err := engine.Render(c, values)
		done <- result{files, err}
	}()
	select {
	case r := <-done:
		return r.files, r.err
	case <-ctx.Done():
		return nil, errors.New("the templates did not end within " + renderBudget.String())
	}
}

// templates parses what was rendered; each value's line is that of the template where its text stands.
func templates(c *chart.Chart, dir string, rendered map[string]string, lines lineage) (Set, error) {
	names := make([]string, 0, len(rendered))
	for name := range rendered {
		names = append(names, name)
	}
	sort.Strings(names)
	var set Set
	for _, name := range names {
		if ext := filepath.Ext(name); ext != ".yaml" && ext != ".yml" && ext != ".json" || strings.TrimSpace(rendered[name]) == "" {
			continue
		}
		file := templateFile(dir, c.ChartFullPath(), name)
		docs, err := documents([]byte(rendered[name]), file)
		if err != nil {
			return set, err
		}
		for _, d := range docs {
			var part Set
			collect(node.New(d, file, templateLines(d, lines[name])), &part, 0)
			set.Add(withoutTests(part))
		}
	}
	return set, nil
}

// withoutTests drops what Helm runs only on request.
func withoutTests(set Set) Set {
	kept := set.Objects[:0]
	for _, o := range set.Objects {
		if !strings.HasPrefix(o.Value.Get("metadata", "annotations", "helm.sh/hook").Text(), "test") {
			kept = append(kept, o)
		}
	}
	set.Objects = kept
	return set
}
