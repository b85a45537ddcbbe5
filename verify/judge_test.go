package verify

import (
	"slices"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/history"
)

func TestCleanRunIsValid(t *testing.T) {
	r, err := Judge(cleanRun(), Options{With: named("duplicates-at-most=0", "availability-at-least=0.999")})
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != Valid {
		t.Fatal(r.Text())
	}
	unseen := []string{"no master was replaced", "no broker was asked what it has before the first fault",
		"no delayed message was acknowledged", "no message of a transaction was acknowledged"}
	for _, n := range r.NotJudged { // nobody is elected in it
		if !strings.HasPrefix(n.Why, "it needs a figure") && !slices.Contains(unseen, n.Why) {
			t.Errorf("%s is not judged: %s", n.ID, n.Why)
		}
	}
	t.Log(r.Text())
}

func TestNoEvidenceIsNoVerdict(t *testing.T) {
	run := cleanRun()
	for name, h := range map[string]history.Slice{"empty": nil, "run line only": run[:1], "no scan": run[:2401]} {
		r, err := Judge(h, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != Inconclusive {
			t.Errorf("%s: %s\n%s", name, r.Verdict, r.Text())
		}
	}
}
