package certificate

import (
	"testing"
	"time"
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
	if err != nil || len(got) != 1 || got[0].What != "promise" || !got[0].Worse {
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
