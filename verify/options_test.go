package verify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

func TestClaimsCarryTheirFigures(t *testing.T) {
	o := Options{Claims: []string{"availability-at-least=0.99", " resumes-within=7s", "enough-traffic=500", "duplicates-at-most=3", "no-acked-loss", "no-acked-loss"}}
	ids, err := o.resolve(o.Claims)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{NoAckedLoss, DuplicatesAtMost, EnoughTraffic, ResumesWithin, AvailabilityAtLeast}; !slices.Equal(ids, want) {
		t.Errorf("claims %v, want %v", ids, want)
	}
	if o.ResumeWithin != 7*time.Second || o.MinAcks != 500 || o.AvailabilityAtLeast != 0.99 || o.DuplicatesAtMost != 3 {
		t.Errorf("%+v", o)
	}
	if err := (Options{Claims: []string{"duplicates-at-most=0"}}).Check(); err != nil {
		t.Error(err)
	}
	if err := (Options{Claims: []string{"availability-at-least=1"}}).Check(); err != nil {
		t.Error(err)
	}
}

func TestBadClaimsAreNamed(t *testing.T) {
	for claim, want := range map[string]string{
		"no-loss": `"no-loss"`, "no-acked-loss=1": "takes no figure", "resumes-within=x": "invalid duration", "resumes-within=0s": "not above 0",
		"enough-traffic=many": "invalid syntax", "availability-at-least=0": "not a share", "availability-at-least=1.01": "not a share", "duplicates-at-most=x": "invalid syntax",
	} {
		err := Options{Claims: []string{claim}}.Check()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", claim, err, want)
		}
		if _, err := Judge(cleanRun(), Options{Claims: []string{claim}}); err == nil {
			t.Errorf("%s was judged", claim)
		}
	}
	h := history.Slice{&history.Run{Version: 1, Claims: []string{"no-loss"}}}
	if _, err := Judge(h, Options{}); err == nil {
		t.Error("a history's unknown claim was judged")
	}
}

func TestClaimsComeFromOptionsThenHistoryThenRecords(t *testing.T) {
	h := cleanRun()
	h[0].(*history.Run).Claims = []string{"enough-traffic=201", NoAckedLoss}
	r, err := Judge(h, Options{})
	if err != nil || len(r.Claims) != 2 || r.Claims[0].ID != NoAckedLoss || r.Claims[1].Verdict != Inconclusive {
		t.Fatalf("%v\n%s", err, r.Text())
	}
	r, err = Judge(h, Options{Claims: []string{"enough-traffic=200"}})
	if err != nil || len(r.Claims) != 1 || r.Claims[0].Verdict != Valid {
		t.Fatalf("%v\n%s", err, r.Text())
	}
}

func TestDefaults(t *testing.T) {
	o := Options{}.withDefaults()
	if o.ResumeWithin != 30*time.Second || o.MinAcks != 1 || o.Evidence != 10 || o.StableGap != time.Second || o.StableFor != 5*time.Second {
		t.Errorf("%+v", o)
	}
	set := Options{ResumeWithin: 1, MinAcks: 2, Evidence: 3, StableGap: 4, StableFor: 5}
	if got := set.withDefaults(); got.ResumeWithin != 1 || got.MinAcks != 2 || got.Evidence != 3 || got.StableGap != 4 || got.StableFor != 5 {
		t.Errorf("%+v", got)
	}
}

func TestEveryClaimIsDefinedAndChecked(t *testing.T) {
	for _, id := range IDs() {
		d, ok := Define(id)
		if !ok || d.Means == "" || d.Guarantee == "" || d.Inconclusive == "" || checkers[id] == nil {
			t.Errorf("%s: %+v", id, d)
		}
	}
	if len(IDs()) != 18 || len(checkers) != 18 {
		t.Errorf("%d claims, %d checkers", len(IDs()), len(checkers))
	}
	if _, ok := Define("no-loss"); ok {
		t.Error("a claim that is none is defined")
	}
}

func TestWorst(t *testing.T) {
	for _, c := range [][3]Verdict{{Valid, Valid, Valid}, {Valid, Inconclusive, Inconclusive}, {Violated, Inconclusive, Violated}, {Valid, Violated, Violated}} {
		if Worst(c[0], c[1]) != c[2] || Worst(c[1], c[0]) != c[2] {
			t.Errorf("worst of %s and %s is %s", c[0], c[1], Worst(c[0], c[1]))
		}
	}
}

func TestTimeClaimsAreNotJudgedWithoutTimes(t *testing.T) {
	r, err := Judge(cleanRun(), Options{MessagesOnly: true, Claims: []string{EnoughTraffic, FaultConfirmed, ResumesWithin, "availability-at-least=0.5", NoAckedLoss}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Claims {
		if want := c.ID == NoAckedLoss; (c.Verdict == Valid) != want || c.Verdict == Violated {
			t.Errorf("%s is %s", c.ID, c.Verdict)
		}
	}
}

func TestRemarks(t *testing.T) {
	h := cleanRun()[1:]
	s := *h[0].(*history.Send)
	back := s
	back.Seq, back.End, back.Offset = 1<<50, back.Start-1, 1<<40
	nowhere := s
	nowhere.Seq, nowhere.Broker = 1<<51, ""
	h = append(h, &s, &back, &nowhere)
	r, err := Judge(h, Options{})
	if err != nil {
		t.Fatal(err)
	}
	notes := strings.Join(r.Notes, "\n")
	for _, want := range []string{"no run line", "1 operations ended before they began", "1 sends are recorded more than once", "1 acknowledgements named no broker or no offset"} {
		if !strings.Contains(notes, want) {
			t.Errorf("no %q in\n%s", want, notes)
		}
	}
	if r, _ := Judge(cleanRun(), Options{}); len(r.Notes) != 0 {
		t.Errorf("notes on a clean run: %v", r.Notes)
	}
}
