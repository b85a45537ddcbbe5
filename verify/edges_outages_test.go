package verify

import (
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// TestAsMuchOutageAsIsAllowedInAll has two outages that add up to exactly so much, and to 100 ms more.
func TestAsMuchOutageAsIsAllowedInAll(t *testing.T) {
	for second, want := range map[int]Verdict{10_000: Valid, 10_100: Violated} {
		run := standard
		run.down = func(group string, ms int) bool {
			return group == "east" && (20_000 <= ms && ms < 35_000 || 60_000 <= ms && ms < 60_000+second)
		}
		if c := edgeTimed(t, run, claims.OutageAtMost(time.Minute, 25*time.Second)); c.Verdict != want {
			t.Errorf("%d ms the second time: %s %s", second, c.Verdict, c.Why)
		}
	}
}

// TestClientsThatGotNothingAreNotWatched has probes alone.
func TestClientsThatGotNothingAreNotWatched(t *testing.T) {
	run := standard
	run.notSent = func(string, int) bool { return true }
	if c := edgeTimed(t, run, claims.OutageAtMost(time.Minute, time.Minute)); c.Verdict != Inconclusive || c.Counts["watched"] != 2 {
		t.Errorf("%s %s %v", c.Verdict, c.Why, c.Counts)
	}
}

// TestEachFaultIsShownItself has two faults of one name on one target.
func TestEachFaultIsShownItself(t *testing.T) {
	fault := func(name, target string, from, to time.Duration) *history.Span {
		return &history.Span{Name: name, Phase: history.Fault, Target: target, Start: from, End: to, Confirmed: true}
	}
	const second = time.Second
	l := []*history.Span{fault("kill", "x", 20*second, 25*second), fault("kill", "x", 40*second, 45*second)}
	run := standard
	run.unrecorded = true
	run.down = of("east", 20_000, 100_000)
	r, err := Judge(append(run.history(), l[0], l[1]), Options{Claims: []Claim{claims.GroupsResumeWithin(5 * time.Second)}})
	if err != nil || r.Verdict != Violated {
		t.Fatalf("%v %s", err, r.Text())
	}
	for i, e := range r.Claims[0].Evidence {
		got, err := history.DecodeLine(e.Operation)
		if x, is := got.(*history.Span); err != nil || !is || x.Start != l[i].Start {
			t.Errorf("fault %d is shown as %s", i, e.Operation)
		}
	}
}

// TestTheLongestOutageAfterAFaultIsShown has a shorter one and one that is as long behind it.
func TestTheLongestOutageAfterAFaultIsShown(t *testing.T) {
	for _, second := range []int{5_000, 20_000} {
		run := standard
		run.down = func(group string, ms int) bool {
			return group == "east" && (20_000 <= ms && ms < 40_000 || 60_000 <= ms && ms < 60_000+second)
		}
		c := edgeTimed(t, run, claims.GroupsResumeWithin(time.Second))
		if c.Verdict != Violated || !strings.Contains(c.Evidence[0].Summary, "it was out from 20.000s to 40.000s") {
			t.Errorf("%s %s", c.Verdict, c.Why)
		}
	}
}
