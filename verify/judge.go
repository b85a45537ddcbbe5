package verify

import (
	"errors"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/claims"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// Judge judges a recorded run. An error means that the history could not be read, or that its run line names no
// claim; whatever the history says is in the Report.
func Judge(r history.Reader, o Options) (Report, error) { return JudgeAll([]history.Reader{r}, o) }

// JudgeAll judges one run that was recorded in several histories, in whatever order they are given. All
// records of one producer, and all scans of one queue on one replica, must be in one history.
func JudgeAll(readers []history.Reader, o Options) (Report, error) {
	r, err := judgeFacts(readers, o)
	var broken facts.Defect
	if errors.As(err, &broken) {
		return o.defect(broken), nil
	}
	return r, err
}

func judgeFacts(readers []history.Reader, o Options) (_ Report, err error) {
	defer facts.Catch(&err)
	asked := o.facts()
	e := newEarly(asked.Evidence)
	asked.Watcher = e
	f, err := facts.Of(readers, asked)
	if err != nil {
		return Report{}, err
	}
	chosen, left, err := o.choose(f)
	if err != nil {
		return Report{}, err
	}
	r, shown := judge(f, chosen, left)
	return r, show(f, e, r.Claims, shown)
}

// judge judges the facts by the claims that were chosen, and gives what is to be shown of each.
func judge(f *Facts, chosen []Claim, left []NotJudged) (r Report, shown [][]facts.Violation) {
	r = Report{Verdict: Valid, Claims: []Judgement{}, NotJudged: left, Problems: f.Problems(), Notes: f.Notes, Availability: f.Availability, Run: runOf(f.Announced)}
	for _, c := range chosen {
		j, violations := judgeClaim(c, f)
		r.Claims, shown = append(r.Claims, j), append(shown, violations)
		r.Verdict = Worst(r.Verdict, j.Verdict)
	}
	if len(r.Claims) == 0 || len(r.Problems) > 0 {
		r.Verdict = Worst(r.Verdict, Inconclusive)
	}
	return r, shown
}

// choose gives the claims to judge, and why the others are not.
func (o Options) choose(f *Facts) (chosen []Claim, left []NotJudged, err error) {
	stated, why := o.Claims, "other claims were asked for"
	if len(stated) == 0 {
		why = "the run line names other claims"
		if stated, err = claims.ParseAll(f.Announced.Claims); err != nil {
			return nil, nil, err
		}
	}
	if len(stated) == 0 {
		why = ""
		for _, c := range claims.All() {
			if c.Applies(f) {
				stated = append(stated, c)
			}
		}
	}
	chosen = with(stated, o.With)
	return chosen, notJudged(f, chosen, why), nil
}

// with adds claims in place of those with the same id.
func with(l, more []Claim) []Claim {
	byID := map[string]Claim{}
	for _, c := range append(append([]Claim{}, l...), more...) {
		byID[c.ID()] = c
	}
	out := make([]Claim, 0, len(byID))
	for _, c := range byID {
		out = append(out, c)
	}
	return claims.Sorted(out)
}

// notJudged lists the claims that are not among the chosen, each with the reason.
func notJudged(f *Facts, chosen []Claim, why string) (out []NotJudged) {
	judged := map[string]bool{}
	for _, c := range chosen {
		judged[c.ID()] = true
	}
	for _, k := range claims.Kinds() {
		if !judged[k.ID] {
			out = append(out, NotJudged{k.ID, leftOut(f, k, why)})
		}
	}
	return out
}

func leftOut(f *Facts, k claims.Kind, why string) string {
	switch {
	case why != "":
		return why
	case k.Default == nil:
		return "it needs a figure, such as " + k.ID + "=" + k.Figure
	}
	if j, _ := judgeClaim(k.Default, f); j.Verdict != Valid {
		return j.Why
	}
	return "no fault was recorded: it is judged then only where it is asked for"
}

// judgeClaim judges one claim. A claim that panics proves nothing.
func judgeClaim(c Claim, f *Facts) (j Judgement, shown []facts.Violation) {
	defer func() {
		if e := recover(); e != nil {
			j, shown = defective(c.ID(), facts.Defect{Cause: e}), nil
		}
	}()
	r := c.Judge(f)
	j = Judgement{ID: c.ID(), Verdict: r.Verdict.Known(), Counts: r.Counts, Why: r.Why, Evidence: []Evidence{}, Named: facts.Ranges(r.Named)}
	if j.Counts == nil {
		j.Counts = map[string]int64{}
	}
	return j, r.Violations
}

func defective(id string, d facts.Defect) Judgement {
	return Judgement{ID: id, Verdict: Inconclusive, Counts: map[string]int64{}, Evidence: []Evidence{}, Why: d.Error()}
}

// defect says of every claim that was asked for that nothing is known.
func (o Options) defect(d facts.Defect) Report {
	asked := with(o.Claims, o.With)
	if len(o.Claims) == 0 {
		asked = with(claims.All(), o.With)
	}
	r := Report{Verdict: Inconclusive, Notes: []string{d.Error()}}
	for _, c := range asked {
		r.Claims = append(r.Claims, defective(c.ID(), d))
	}
	return r
}
