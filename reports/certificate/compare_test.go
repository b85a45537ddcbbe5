package certificate

import (
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/verify"
)

func TestWhatGotWorseStandsFirst(t *testing.T) {
	_, older := bundle(t, runOf(t, sound()...), nil)
	scenarios := sound()
	scenarios[0].lose = 3
	scenarios[1].out = 12 * time.Second
	_, newer := bundle(t, runOf(t, scenarios...), nil)
	got, err := Compare(older, newer)
	if err != nil || len(got) < 4 || !got[0].Worse || got[0].What != "broken promises" || got[0].Scenario != "kill-one" {
		t.Fatalf("%+v %v", got, err)
	}
	seen := map[string]bool{}
	for _, c := range got {
		if !c.Worse {
			t.Errorf("%+v", c)
		}
		seen[c.Scenario+" "+c.What] = true
	}
	for _, want := range []string{"kill-one verdict", "kill-one lost messages", "kill-two longest outage", "kill-two recovery time"} {
		if !seen[want] {
			t.Errorf("nothing says %q: %+v", want, got)
		}
	}
	back, err := Compare(newer, older)
	if err != nil || len(back) != len(got) {
		t.Fatalf("%+v %v", back, err)
	}
	for _, c := range back {
		if c.Worse {
			t.Errorf("better is called worse: %+v", c)
		}
	}
}

func TestAWeakerPromiseIsWorse(t *testing.T) {
	_, older := bundle(t, runOf(t, sound()...), nil)
	run := runOf(t, sound()...)
	run.Promises["pod-killed"] = Promise{Failure: "pod-killed", Acknowledged: "lost", Sends: otherGroups}
	_, newer := bundle(t, run, nil)
	got, err := Compare(older, newer)
	if err != nil || len(got) != 1 || got[0].What != "promise of messages" || !got[0].Worse {
		t.Errorf("%+v %v", got, err)
	}
}

func TestWhatDiffersByNoiseIsNoChange(t *testing.T) {
	_, older := bundle(t, runOf(t, sound()...), nil)
	scenarios := sound()
	scenarios[0].out += time.Second
	_, newer := bundle(t, runOf(t, scenarios...), nil)
	if got, err := Compare(older, newer); err != nil || len(got) > 0 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestOtherProfilesAreNotCompared(t *testing.T) {
	_, c := bundle(t, runOf(t, sound()...), nil)
	other := c
	other.Profile.Version = 2
	if _, err := Compare(c, other); err == nil {
		t.Error("two versions of a profile were compared")
	}
}

// one is a certificate with one scenario, which is as sound as can be but for the change.
func one(change func(*Scenario)) Certificate {
	lost, point := int64(0), time.Duration(0)
	s := Scenario{Name: "kill-one", Verdict: verify.Valid, Promised: Promise{Failure: "pod-killed", Acknowledged: lostUpTo, UpTo: time.Second, Sends: sameGroup},
		Seen: &Seen{Lost: &lost, RecoveryPoint: &point, Recovery: Recovery{Recovered: true}}}
	change(&s)
	c := Certificate{Profile: id, Scenarios: []Scenario{s}}
	c.conclude()
	return c
}

func TestNothingThatGotWorseIsOverlooked(t *testing.T) {
	lost := func(n int64) func(*Scenario) { return func(s *Scenario) { s.Seen.Lost = &n } }
	all := func(changes ...func(*Scenario)) func(*Scenario) {
		return func(s *Scenario) {
			for _, change := range changes {
				change(s)
			}
		}
	}
	undecided := func(s *Scenario) { s.Seen.Lost, s.Verdict = nil, verify.Inconclusive }
	unproved := func(s *Scenario) { s.Verdict = verify.Inconclusive }
	notRun := func(s *Scenario) { s.Seen, s.NotRun, s.Verdict = nil, "no node", verify.Inconclusive }
	breaks := func(what string) func(*Scenario) {
		return func(s *Scenario) { s.Broken = []string{"promised: " + what + "; seen: this"} }
	}
	same := func(*Scenario) {}
	for what, c := range map[string]struct{ older, newer func(*Scenario) }{
		"a demand that the older was not asked": {same, func(s *Scenario) { s.Demanded = []Answer{{"rto=10s", verify.Violated}} }},
		"another promise is broken":             {breaks("sends go on"), breaks("every message is kept")},
		"nobody knows what is lost":             {unproved, undecided},
		"it was not even run":                   {unproved, notRun},
		"it was not run, and decided nothing":   {func(s *Scenario) { s.Seen, s.Verdict = nil, verify.Inconclusive }, notRun},
		"a longer span may be lost":             {same, func(s *Scenario) { s.Promised.UpTo = time.Minute }},
		"any span may be lost":                  {same, func(s *Scenario) { s.Promised.UpTo = 0 }},
		"nothing is promised":                   {same, func(s *Scenario) { s.Promised = Promise{} }},
		"sends are promised no more":            {same, func(s *Scenario) { s.Promised.Acknowledged, s.Promised.Sends = kept, "none" }},
		"clients are out for longer":            {same, func(s *Scenario) { s.Seen.ClientsOutage = time.Minute }},
		"more is lost":                          {lost(1), lost(2)},
	} {
		got, err := Compare(one(c.older), one(c.newer))
		if err != nil || len(got) == 0 || !got[0].Worse {
			t.Errorf("%s: %+v %v", what, got, err)
		}
	}
	for _, c := range []func(*Scenario){same, lost(4), undecided, notRun, breaks("x")} {
		if got, err := Compare(one(c), one(c)); err != nil || len(got) > 0 {
			t.Errorf("it differs from itself: %+v %v", got, err)
		}
	}
	if got, err := Compare(one(all(unproved, lost(5))), one(undecided)); err != nil || len(got) > 0 {
		t.Errorf("a loss that nobody decided is called less than one that was seen: %+v %v", got, err)
	}
}
