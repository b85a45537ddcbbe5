package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"time"

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
	r.Title, r.Error, r.Meta.Rerun = redactString(r.Title), redactString(r.Error), redactString(r.Meta.Rerun)
	r.Meta.Config, r.Meta.Versions = redactedMap(r.Meta.Config), redactedMap(r.Meta.Versions)
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
		d, _ := longest(e.Report.Availability.Groups)
		saved.Experiments = append(saved.Experiments, savedOverview{e.Name, e.Title, e.Verdict(), acknowledged(e.Report), append([]string{}, e.violated()...), d})
	}
	out, err := json.MarshalIndent(saved, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the run's verdict as JSON: %w", err)
	}
	return append(out, '\n'), nil
}

// ReadRun reads back the experiments saved below dir, whether or not the run was concluded by WriteRun. It is an
// error if there are none.
func ReadRun(dir string) (Run, error) {
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
	if len(r.Experiments) == 0 {
		return r, fmt.Errorf("no experiment was saved in %s: each has a folder with a %s", dir, VerdictFile)
	}
	return r, nil
}

// experimentNames lists the folders that hold an experiment: first those that the run names, in its order, then others.
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

// summary words the run: its verdict first, then a line for each experiment.
func (r Run) summary() []byte {
	m := &markdown{}
	m.line("# %s %s: %s", sign(r.Verdict()), word(r.Verdict()), plain(r.title()))
	m.line("\n%s", plain(r.headline()))
	if r.Error != "" {
		m.line("\n**The run did not go as planned:**\n")
		m.code(clip(r.Error, 4000))
	}
	if len(r.Experiments) > 0 {
		m.line("")
		m.head("verdict", "fault", ">acknowledged", ">lost", ">longest outage", ">time to recover", ">clients' pause")
	}
	for _, e := range r.Experiments {
		words, _ := lost(e.Report)
		a := e.Report.Availability
		m.row(sign(e.Verdict())+" "+string(e.Verdict()), e.title(), count(acknowledged(e.Report)), words,
			perGroup(a.Groups, func(g verify.GroupAvailability) string { return span(g.Longest) }),
			perGroup(a.Groups, func(g verify.GroupAvailability) string { return worstRecovery(g.Recoveries) }),
			span(a.Sends.Longest))
	}
	for _, e := range r.Experiments {
		r.trouble(m, e)
	}
	Experiment{Meta: r.Meta}.rerun(m)
	return m.bytes()
}

// trouble says of an experiment that is not valid what was seen and what to do.
func (r Run) trouble(m *markdown, e Experiment) {
	steps := e.next()
	if len(steps) == 0 {
		return
	}
	m.line("\n## %s %s: %s\n", sign(e.Verdict()), word(e.Verdict()), plain(e.title()))
	m.line("%s\n", plain(e.headline()))
	if e.Error != "" {
		m.code(clip(e.Error, 2000))
	}
	for _, c := range e.Report.Claims {
		if c.Verdict != verify.Valid {
			m.line("- %s **%s**: %s", sign(c.Verdict), plain(c.ID), plain(clip(c.Why, 600)))
		}
	}
	m.line("\nWhat to do next, in the folder %s:\n", plain(e.Name))
	for i, s := range steps {
		m.line("%d. %s", i+1, plain(s))
	}
	e.rerun(m)
}

// perGroup words a figure of each broker group.
func perGroup(groups []verify.GroupAvailability, word func(verify.GroupAvailability) string) string {
	out := ""
	for i, g := range groups {
		if i > 0 {
			out += "; "
		}
		out += g.Group + " " + word(g)
	}
	return or(out, "–")
}

func (r Run) title() string { return or(r.Title, "rmqproof") }

func (r Run) headline() string {
	tally := map[verify.Verdict]int64{}
	var acks int64
	for _, e := range r.Experiments {
		tally[e.Verdict()]++
		acks += acknowledged(e.Report)
	}
	return fmt.Sprintf("%s: %d valid, %d violated, %d inconclusive. %s acknowledged in all.",
		plural(int64(len(r.Experiments)), "experiment", "experiments"),
		tally[verify.Valid], tally[verify.Violated], tally[verify.Inconclusive], plural(acks, "send", "sends"))
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

// indexPage is what the template of index.html shows.
type indexPage struct {
	frame
	Verdict  verify.Verdict
	Word     string
	Title    string
	Headline string
	Error    string
	Facts    [][2]string
	Rows     []indexRow
}

type indexRow struct {
	Name, Link     string
	Verdict        verify.Verdict
	Title, Summary string
	Acks, Lost     string
	Bad            bool
	Groups         []verify.GroupAvailability
	Pause          string
	Picture        template.HTML
}

// page writes index.html, with a small picture of each experiment.
func (r Run) page(w io.Writer) error {
	out := indexPage{frame: newFrame(""), Verdict: r.Verdict(), Word: word(r.Verdict()), Title: printable(r.title()),
		Headline: r.headline(), Error: printable(r.Error)}
	out.Facts = Experiment{Meta: r.Meta}.factList(&series{})
	for _, e := range r.Experiments {
		s, unread := e.collect() // an unreadable history has its word in the experiment's own report
		d := drawing{e: e, s: s, outages: outagesOf(e.Report)}
		picture, err := drawInside(s, d.outages, e.title(), true)
		if err != nil {
			return err
		}
		if unread != nil || s.records == 0 {
			picture = ""
		}
		words, bad := lost(e.Report)
		out.Rows = append(out.Rows, indexRow{Name: e.Name, Link: "./" + e.Name + "/" + TimelineFile, Verdict: e.Verdict(), Title: printable(e.title()), Summary: printable(e.headline()),
			Acks: count(acknowledged(e.Report)), Lost: words, Bad: bad, Groups: e.Report.Availability.Groups, Pause: span(e.Report.Availability.Sends.Longest), Picture: template.HTML(picture)})
	}
	return render(w, "index.html", out)
}
