package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/internal/redact"
	"github.com/rmqproof/rmqproof/reports/plot"
	"github.com/rmqproof/rmqproof/verify"
)

// Format is the version of verdict.json.
const Format = 1

// The files of an experiment's folder. A run's folder has the same, with IndexFile in the place of TimelineFile.
const (
	VerdictFile  = "verdict.json"
	SummaryFile  = "summary.md"
	JUnitFile    = "junit.xml"
	TimelineFile = "timeline.html"
	PictureFile  = "timeline.svg"
	IndexFile    = "index.html"
)

// Experiment is one judged experiment.
type Experiment struct {
	Name    string // the folder's name
	Title   string // one sentence for a person
	History string // path of the saved history; empty where none was written
	Report  verify.Report
	Expect  verify.Expectation // what it has to end with; zero: valid
	Meta    Meta
	Error   string // what went wrong in the experiment itself; with it the verdict is inconclusive at best
}

// Meta is what a reader needs to trust an experiment and to do it again.
type Meta struct {
	Started  time.Time         `json:"started"`
	Took     time.Duration     `json:"took"`
	Seed     int64             `json:"seed"`
	Rerun    string            `json:"rerun,omitempty"`    // the command that does it again
	Cluster  string            `json:"cluster,omitempty"`  // where it ran
	Versions map[string]string `json:"versions,omitempty"` // of rmqproof, RocketMQ, Kubernetes, kind …
	Config   map[string]string `json:"config,omitempty"`   // what was promised: brokerRole, flushDiskType, inSyncReplicas …
	Evidence []string          `json:"evidence,omitempty"` // files and folders beside the report, relative to it
}

// Verdict is the worse of what the history shows and of how well the experiment itself went. No claim, no proof.
func (e Experiment) Verdict() verify.Verdict {
	v := e.Report.Verdict
	if !known(v) || v == verify.Valid && (e.Error != "" || len(e.Report.Claims) == 0) {
		return verify.Inconclusive
	}
	return v
}

func known(v verify.Verdict) bool {
	return v == verify.Valid || v == verify.Inconclusive || v == verify.Violated
}

// WriteExperiment writes verdict.json, summary.md, junit.xml, timeline.html and timeline.svg into dir. All are
// written even when the history cannot be read to its end; the error then says so, and so does the page.
func WriteExperiment(dir string, e Experiment) error {
	e = redacted(e)
	verdict, err := e.verdictJSON(dir)
	s, unread := e.collect()
	if unread != nil {
		e.Report.Notes = append(slices.Clone(e.Report.Notes), "The pictures are not whole: "+unread.Error())
	}
	d := drawing{e: e, s: s, judged: judgedOf(e.Report)}
	return errors.Join(unread, err,
		writeFile(dir, VerdictFile, verdict),
		writeFile(dir, SummaryFile, e.summary(s)),
		writeMade(dir, JUnitFile, e.junit),
		writeMade(dir, PictureFile, d.alone),
		writeMade(dir, TimelineFile, d.page),
	)
}

// collect reads the experiment's history for drawing.
func (e Experiment) collect() (*plot.Series, error) {
	if e.History == "" {
		return plot.Read(history.Slice(nil))
	}
	r, err := history.Open(e.History)
	if err != nil {
		s, _ := plot.Read(history.Slice(nil))
		return s, fmt.Errorf("%w: draw %s: %w", ErrUnreadable, e.Name, err)
	}
	s, err := plot.Read(r)
	if err != nil {
		err = fmt.Errorf("%w: draw %s from %s: %w", ErrUnreadable, e.Name, e.History, err)
	}
	return s, err
}

// savedExperiment is verdict.json: the judge's report as `rmqproof judge` prints it, and what belongs to it.
type savedExperiment struct {
	Format  int            `json:"format"`
	Kind    string         `json:"kind"`
	Verdict verify.Verdict `json:"verdict"` // hides the report's own, which is in Judged
	Judged  verify.Verdict `json:"judged"`
	Name    string         `json:"name"`
	Title   string         `json:"title"`
	Error   string         `json:"error,omitempty"`
	Expect  *expected      `json:"expect,omitempty"`
	History string         `json:"history,omitempty"` // relative to this file where it lies beside it
	Meta    Meta           `json:"meta"`
	verify.Report
}

const experimentKind = "experiment"

// expected is an expectation that is not zero.
type expected struct {
	Verdict verify.Verdict `json:"verdict"`
	By      string         `json:"by"`
}

func (e Experiment) verdictJSON(dir string) ([]byte, error) {
	saved := savedExperiment{Format: Format, Kind: experimentKind, Verdict: e.Verdict(), Judged: e.Report.Verdict,
		Name: e.Name, Title: e.Title, Error: e.Error, History: relative(dir, e.History), Meta: e.Meta, Report: e.Report}
	if saved.Claims == nil {
		saved.Claims = []verify.Judgement{}
	}
	if !e.Expect.Zero() {
		saved.Expect = (*expected)(&e.Expect)
	}
	out, err := json.MarshalIndent(saved, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the verdict of %s as JSON: %w", e.Name, err)
	}
	return append(out, '\n'), nil
}

// ReadExperiment reads back what WriteExperiment saved in dir.
func ReadExperiment(dir string) (Experiment, error) {
	var saved savedExperiment
	if err := readJSON(filepath.Join(dir, VerdictFile), &saved); err != nil {
		return Experiment{}, err
	}
	if saved.Kind != experimentKind {
		return Experiment{}, fmt.Errorf("%s is the verdict of a %q, not of an experiment", filepath.Join(dir, VerdictFile), saved.Kind)
	}
	if saved.Format > Format {
		return Experiment{}, fmt.Errorf("%s has format %d, this rmqproof reads up to %d: use a newer one", filepath.Join(dir, VerdictFile), saved.Format, Format)
	}
	e := Experiment{Name: saved.Name, Title: saved.Title, Error: saved.Error, Meta: saved.Meta, Report: saved.Report}
	e.Report.Verdict = saved.Judged
	if saved.Expect != nil {
		e.Expect = verify.Expectation(*saved.Expect)
	}
	if saved.History != "" {
		e.History = saved.History
		if !filepath.IsAbs(e.History) {
			e.History = filepath.Join(dir, e.History)
		}
	}
	return e, nil
}

// relative names path as seen from dir where it lies within it, so that a report may be moved.
func relative(dir, path string) string {
	if path == "" {
		return ""
	}
	absDir, err1 := filepath.Abs(dir)
	absPath, err2 := filepath.Abs(path)
	if err1 != nil || err2 != nil {
		return path
	}
	if rel, err := filepath.Rel(absDir, absPath); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return absPath
}

// redacted takes the secrets out of everything that comes from the cluster's configuration or from an error.
func redacted(e Experiment) Experiment {
	e.Error, e.Title = redact.String(e.Error), redact.String(e.Title)
	e.Meta.Rerun = redact.String(e.Meta.Rerun)
	e.Meta.Config = redact.Map(e.Meta.Config)
	e.Meta.Versions = redact.Map(e.Meta.Versions)
	return e
}
