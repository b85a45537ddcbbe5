package verify

import (
	"slices"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// TestWhatWasDeliveredBeyondTheEndIsShown has a group that was given an offset at which the log ends, and that nobody acknowledged: what
// it was given is the evidence.
func TestWhatWasDeliveredBeyondTheEndIsShown(t *testing.T) {
	f, err := history.Open("testdata/offset-delivered-beyond-the-end.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Judge(f, Options{Claims: named(OffsetMonotone)})
	if err != nil || len(r.Claims[0].Evidence) != 1 {
		t.Fatalf("%v %s", err, r.Text())
	}
	e := r.Claims[0].Evidence[0]
	if !strings.HasPrefix(e.Summary, "offset 1 of topic t a queue 0 was delivered to group g at 5.000s") || !slices.ContainsFunc(e.Timeline, func(l string) bool {
		return strings.Contains(l, "deliver  producer 0 seq 1 from t a queue 0 offset 1 to group g")
	}) {
		t.Errorf("%s\n%s", e.Summary, strings.Join(e.Timeline, "\n"))
	}
}

// TestAGroupThatWasOnlySentWhatMustFail is nobody that has to serve: one attempt at it was refused, on purpose or not.
func TestAGroupThatWasOnlySentWhatMustFail(t *testing.T) {
	for kind, want := range map[string]Verdict{history.Refused: Valid, history.Rollback: Valid, "": Inconclusive} {
		h := append(standard.history(), &history.Send{Producer: 9, Topic: "t", Broker: "north", Type: kind, Outcome: history.Failed, Offset: -1, Start: ms1, End: 2 * ms1})
		r, err := Judge(h, Options{Claims: []Claim{claims.ResumesWithin(30e9), claims.QueuesResumeWithin(30e9)}})
		if err != nil || r.Claims[0].Verdict != want || r.Claims[1].Verdict != want {
			t.Errorf("%q: %v %s", kind, err, r.Text())
		}
	}
}
