package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/internal/redact"
	"github.com/rmqproof/rmqproof/verify"
)

// Run is a run of several experiments, each in a folder of its own name below the run's.
type Run struct {
	Title       string
	Meta        Meta
	Error       string // what went wrong beside the experiments: the cluster never came up, nothing ran
	Experiments []Experiment
}

// Verdict is the worst of the experiments'. A run without any proved nothing.
func (r Run) Verdict() verify.Verdict {
	v := verify.Valid
	if len(r.Experiments) == 0 || r.Error != "" {
		v = verify.Inconclusive
	}
	for _, e := range r.Experiments {
		v = verify.Worst(v, e.Verdict())
	}
	return v
}

// savedRun is a run's verdict.json.
type savedRun struct {
	Format      int             `json:"format"`
	Kind        string          `json:"kind"`
	Verdict     verify.Verdict  `json:"verdict"`
	Title       string          `json:"title"`
	Error       string          `json:"error,omitempty"`
	Meta        Meta            `json:"meta"`
	Experiments []savedOverview `json:"experiments"`
}

// savedOverview is one line of a run's verdict; the experiment's own verdict.json has the rest.
type savedOverview struct {
	Name          string         `json:"name"`
	Title         string         `json:"title"`
	Verdict       verify.Verdict `json:"verdict"`
	Acknowledged  int64          `json:"acknowledged"`
	Violated      []string       `json:"violated"`
	LongestOutage time.Duration  `json:"longestOutage"`
}

const runKind = "run"

// WriteRun writes verdict.json, summary.md, junit.xml and index.html over all experiments into dir. Each experiment's
// own folder is written by WriteExperiment, into dir and its name.
func WriteRun(dir string, r Run) error {
	r.Title, r.Error, r.Meta.Rerun = redact.String(r.Title), redact.String(r.Error), redact.String(r.Meta.Rerun)
	r.Meta.Config, r.Meta.Versions = redact.Map(r.Meta.Config), redact.Map(r.Meta.Versions)
	for i := range r.Experiments {
		r.Experiments[i] = redacted(r.Experiments[i])
	}
	verdict, err := r.verdictJSON()
	return errors.Join(err,
		writeFile(dir, VerdictFile, verdict),
		writeFile(dir, SummaryFile, r.summary()),
		writeMade(dir, JUnitFile, r.junit),
		writeMade(dir, IndexFile, r.page),
	)
}

func (r Run) verdictJSON() ([]byte, error) {
	saved := savedRun{Format: Format, Kind: runKind, Verdict: r.Verdict(), Title: r.Title, Error: r.Error, Meta: r.Meta, Experiments: []savedOverview{}}
	for _, e := range r.Experiments {
		saved.Experiments = append(saved.Experiments, savedOverview{e.Name, e.Title, e.Verdict(), acknowledged(e.Report), append([]string{}, e.violated()...), longest(e.Report.Availability.Groups).Longest})
	}
	out, err := json.MarshalIndent(saved, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the run's verdict as JSON: %w", err)
	}
	return append(out, '\n'), nil
}

// ReadRun reads back the experiments saved below dir, in the order in which they started, whether or not the run was
// concluded by WriteRun. It is an error if there are none.
func ReadRun(dir string) (Run, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return Run{}, fmt.Errorf("%s is no folder: name that of a run", dir)
	}
	var saved savedRun
	err := readJSON(filepath.Join(dir, VerdictFile), &saved)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return Run{}, err
	}
	if saved.Kind == experimentKind {
		return Run{}, fmt.Errorf("%s is an experiment's folder, not a run's", dir)
	}
	r := Run{Title: saved.Title, Meta: saved.Meta, Error: saved.Error}
	names, err := experimentNames(dir, saved)
	if err != nil {
		return Run{}, err
	}
	for _, name := range names {
		e, err := ReadExperiment(filepath.Join(dir, name))
		if err != nil {
			return Run{}, err
		}
		e.Name = name // the folder may have been renamed; its name is the one that links lead to
		r.Experiments = append(r.Experiments, e)
	}
	slices.SortStableFunc(r.Experiments, func(a, b Experiment) int { return a.Meta.Started.Compare(b.Meta.Started) })
	if len(r.Experiments) == 0 {
		return r, fmt.Errorf("no experiment was saved in %s: each has a folder with a %s", dir, VerdictFile)
	}
	return r, nil
}

// experimentNames lists the folders that hold an experiment, whether or not the run names them.
func experimentNames(dir string, saved savedRun) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the run's folder: %w", err)
	}
	present := map[string]bool{}
	for _, e := range entries {
		if _, err := os.Stat(filepath.Join(dir, e.Name(), VerdictFile)); e.IsDir() && err == nil {
			present[e.Name()] = true
		}
	}
	var names []string
	for _, o := range saved.Experiments {
		if !present[o.Name] {
			return nil, fmt.Errorf("%s names the experiment %q, but %s is missing: a run without one of its experiments is not that run",
				filepath.Join(dir, VerdictFile), o.Name, filepath.Join(dir, o.Name, VerdictFile))
		}
		names = append(names, o.Name)
		delete(present, o.Name)
	}
	return append(names, sortedKeys(present)...), nil
}

// junit writes each experiment as a suite. A run without experiments has one suite in error.
func (r Run) junit(w io.Writer) error {
	var suites []junitSuite
	for _, e := range r.Experiments {
		suites = append(suites, e.suite())
	}
	if r.Error != "" || len(suites) == 0 {
		c := broken("run", "the run goes as planned", or(r.Error, "no experiment ran, so nothing was proved"))
		suites = append(suites, junitSuite{Name: "run", Tests: 1, Errors: 1, Time: "0", Cases: []junitCase{c}})
	}
	return writeJUnit(w, r.title(), suites)
}
