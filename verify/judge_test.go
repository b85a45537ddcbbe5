package verify

import (
	"testing"

	"github.com/rmqproof/rmqproof/history"
)

func TestCleanRunIsValid(t *testing.T) {
	r, err := Judge(cleanRun(), Options{With: named("duplicates-at-most=0", "availability-at-least=0.999")})
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != Valid || len(r.NotJudged) > 0 {
		t.Fatalf("%v\n%s", r.NotJudged, r.Text())
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
