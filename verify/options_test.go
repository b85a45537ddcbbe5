package verify

import (
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/history"
)

func TestAHistorysUnknownClaimIsAnError(t *testing.T) {
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
	r, err = Judge(h, Options{Claims: named("enough-traffic=200")})
	if err != nil || len(r.Claims) != 1 || r.Claims[0].Verdict != Valid {
		t.Fatalf("%v\n%s", err, r.Text())
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
	r, err := Judge(cleanRun(), Options{MessagesOnly: true, Claims: named(EnoughTraffic, FaultConfirmed, ResumesWithin, "availability-at-least=0.5", NoAckedLoss)})
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
