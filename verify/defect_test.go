package verify

import (
	"iter"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// claimThat is a claim that judges as it is told.
type claimThat struct {
	Claim
	judges func() Finding
}

func (c claimThat) Judge(*Facts) Finding { return c.judges() }

func TestAPanickingClaimIsInconclusive(t *testing.T) {
	panics := claimThat{claims.PayloadIntact(), func() Finding { panic("oops") }}
	r, err := Judge(cleanRun(), Options{With: []Claim{panics}})
	if err != nil {
		t.Fatal(err)
	}
	c, _ := r.Claim(PayloadIntact)
	if r.Verdict != Inconclusive || c.Verdict != Inconclusive || !strings.Contains(c.Why, "oops") || c.Evidence == nil || c.Counts == nil {
		t.Fatalf("%s %+v", r.Verdict, c)
	}
	if c, _ := r.Claim(NoAckedLoss); c.Verdict != Valid {
		t.Errorf("another claim is %s", c.Verdict)
	}
}

func TestAVerdictThatIsNoneIsInconclusive(t *testing.T) {
	none := claimThat{claims.PayloadIntact(), func() Finding { return Finding{} }}
	r, err := Judge(cleanRun(), Options{With: []Claim{none}})
	if err != nil {
		t.Fatal(err)
	}
	if c, _ := r.Claim(PayloadIntact); r.Verdict != Inconclusive || c.Verdict != Inconclusive {
		t.Fatalf("%s %+v", r.Verdict, c)
	}
}

// falling panics after some records, on the reading that is given.
type falling struct {
	history.Slice
	reading *int
	fall    int
}

func (f falling) Records() iter.Seq2[history.Record, error] {
	return func(yield func(history.Record, error) bool) {
		*f.reading++
		for i, r := range f.Slice {
			if i == 100 && *f.reading == f.fall {
				panic("oops")
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestAPanicAnywhereIsInconclusive(t *testing.T) {
	f, err := history.Open("testdata/loss-acked-then-dropped.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var lossy history.Slice
	for r := range f.Records() {
		lossy = append(lossy, r)
	}
	for len(lossy) < 200 {
		lossy = append(lossy, &history.Probe{Broker: "b"})
	}
	was := atOnce
	defer func() { atOnce = was }()
	for fall := 2; fall <= 4; fall++ { // the screen, the comparison, and the evidence where it takes a reading of its own
		if fall == 4 {
			atOnce = earlyBounds{}
		}
		r, err := Judge(falling{lossy, new(int), fall}, Options{})
		if err != nil || r.Verdict != Inconclusive || len(r.Claims) != len(claims.All()) || !strings.Contains(r.Claims[0].Why, "oops") {
			t.Errorf("panic on reading %d: %v %s", fall, err, r.Text())
		}
	}
}
