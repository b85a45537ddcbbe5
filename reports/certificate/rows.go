package certificate

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/reports/wording"
	"github.com/rmqproof/rmqproof/verify"
)

// terms are what every scenario is held against.
type terms struct {
	promises map[string]Promise // by failure
	demands  []Demand
	notRun   map[string]string // by scenario
}

// row judges the scenario that lies in dir, from its history and by the profile's claims, whatever its verdict.json says;
// and that must say the same.
func (t terms) row(dir string, m Member) (Scenario, error) {
	s := Scenario{Name: m.Name, Title: m.Title, Verdict: verify.Inconclusive, Promised: t.promises[m.Failure], Broken: []string{},
		Demanded: []Answer{}, Violated: []string{}, Undecided: []string{}}
	e, err := reports.ReadExperiment(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.NotRun = t.notRun[m.Name]
		if s.NotRun == "" {
			s.NotRun = "nothing of it was recorded"
		}
		return s, nil
	case err != nil:
		return s, err
	case e.Name != m.Name:
		return s, fmt.Errorf("%s holds the verdict of %q", dir, e.Name)
	}
	s.Problem = e.Error
	again, err := judge(dir, e, m)
	if err != nil || again == nil {
		return s, err
	}
	if err := same(m.Name, e.Report, *again); err != nil {
		return s, err
	}
	e.Report = *again
	s.Verdict = e.Verdict()
	return s, t.fill(&s, e)
}

// judge judges the history again. Without one there is no report: the load never started.
func judge(dir string, e reports.Experiment, m Member) (*verify.Report, error) {
	if e.History == "" {
		return nil, nil
	}
	if e.History != filepath.Join(dir, filepath.Base(e.History)) {
		return nil, fmt.Errorf("the history of %s does not lie beside its verdict", m.Name)
	}
	r, err := history.Open(e.History)
	if err != nil {
		return nil, err
	}
	if err := m.announced(r); err != nil {
		return nil, err
	}
	report, err := verify.Judge(r, verify.Options{Claims: m.Claims})
	return &report, err
}

// fill adds the figures of a judged scenario, and the answers to demands.
func (t terms) fill(s *Scenario, e reports.Experiment) error {
	r, err := history.Open(e.History)
	if err != nil {
		return err
	}
	seen, err := seenOf(r, e.Report)
	if err != nil {
		return err
	}
	s.Seen, s.Broken = &seen, s.Promised.broken(&seen)
	for _, c := range e.Report.Claims {
		switch c.Verdict {
		case verify.Violated:
			s.Violated = append(s.Violated, c.ID)
		case verify.Inconclusive:
			s.Undecided = append(s.Undecided, c.ID)
		}
	}
	for _, d := range t.demands {
		v, err := d.answer(r, seen)
		if err != nil {
			return fmt.Errorf("hold %s against the demand %s: %w", s.Name, d, err)
		}
		s.Demanded = append(s.Demanded, Answer{d.String(), v})
	}
	return nil
}

// same holds what a verdict says against what its history shows: each claim, its verdict and its counts.
func same(name string, said, shown verify.Report) error {
	if len(said.Claims) != len(shown.Claims) {
		return fmt.Errorf("the verdict of %s was found by %d claims, and the profile has %d", name, len(said.Claims), len(shown.Claims))
	}
	for _, now := range shown.Claims {
		then, ok := said.Claim(now.ID)
		switch {
		case !ok:
			return fmt.Errorf("the verdict of %s does not judge %s, which the profile claims", name, now.ID)
		case then.Verdict != now.Verdict:
			return fmt.Errorf("the verdict of %s calls %s %s; judged again its history shows that it is %s: %s", name, now.ID, then.Verdict, now.Verdict, now.Why)
		case !maps.Equal(then.Counts, now.Counts):
			return fmt.Errorf("the verdict of %s counts %v for %s, its history shows %v", name, then.Counts, now.ID, now.Counts)
		}
	}
	if said.Verdict != shown.Verdict {
		return fmt.Errorf("the verdict of %s is %s; judged again it is %s", name, said.Verdict, shown.Verdict)
	}
	return nil
}

// list words what claims say, and what went wrong beside them.
func list(ids []string, problem string) string {
	words := strings.Join(ids, ", ")
	if problem != "" {
		words = strings.TrimPrefix(words+"; the run did not go as planned: "+wording.Clip(problem, 300), "; ")
	}
	if words == "" {
		return "nothing was judged"
	}
	return words
}
