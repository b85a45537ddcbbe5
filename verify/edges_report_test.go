package verify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// TestTheFirstThinSpanIsNamed has two spans with too little traffic.
func TestTheFirstThinSpanIsNamed(t *testing.T) {
	h := sendsAt(every(0, 10_000, 100), never)
	for i, name := range []string{"enough", "thin", "thinner"} {
		h = append(h, &history.Span{Name: name, Phase: history.Before, Start: time.Duration(3*i) * time.Second, End: time.Duration(3*i)*time.Second + time.Second/time.Duration(i+1)})
	}
	r, err := Judge(h, Options{Claims: named("enough-traffic=10")})
	if err != nil {
		t.Fatal(err)
	}
	c := r.Claims[0]
	if want := `span "thin" holds 5 acknowledgements, with 10 asked for`; c.Verdict != Inconclusive || c.Why != want || c.Counts["thin_spans"] != 2 || c.Counts["least"] != 4 {
		t.Errorf("%s %v %s", c.Verdict, c.Counts, c.Why)
	}
}

// TestThePlantedLossIsFromTheSecondHalf names it, where the judge cannot notice that it is missing: a send that is recorded twice
// makes every loss inconclusive.
func TestThePlantedLossIsFromTheSecondHalf(t *testing.T) {
	h := cleanRun()
	err := PlantedLoss(append(h, h[1]))
	// Of 600 sends the 512th is the last whose number is a power of two.
	if want := "the judge did not notice that producer 1 seq 170 was withheld from a copy of the scan: it says inconclusive"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestNoRedeliveryAtAll(t *testing.T) {
	h := cleanRun()
	for _, want := range []Verdict{Valid, Violated} {
		r, err := Judge(h, Options{Claims: named("duplicates-at-most=0")})
		if err != nil || r.Claims[0].Verdict != want {
			t.Errorf("want %s: %v\n%s", want, err, r.Text())
		}
		h = append(h, &history.Deliver{Group: "g", Topic: "t", Broker: "broker-a", Offset: 0, Attempt: 2, Start: time.Minute})
	}
}

// TestTextNamesAHundredRanges has as many as are shown, and one more.
func TestTextNamesAHundredRanges(t *testing.T) {
	for n, more := range map[int]string{0: "", 1: "", 100: "", 101: "and 1 more ranges", 350: "and 250 more ranges"} {
		c := Judgement{ID: NoAckedLoss}
		for i := range n {
			c.Named = append(c.Named, fmt.Sprintf("7:%d", i*2))
		}
		text := Report{Claims: []Judgement{c}}.Text()
		if got := strings.Count(text, " 7:"); got != min(n, 100) || strings.Contains(text, "all of them") != (n > 0) {
			t.Errorf("%d of %d ranges are shown:\n%s", got, n, text)
		}
		if strings.Contains(text, "more ranges") != (more != "") || !strings.Contains(text, more) {
			t.Errorf("%d ranges: no %q in\n%s", n, more, text)
		}
	}
}

func TestTextOfAvailability(t *testing.T) {
	text := Report{Availability: Availability{
		Groups: []GroupAvailability{{Group: "b", Availability: 0.875, Observed: 8 * time.Second, Outages: make([]Outage, 1), Longest: time.Second, Interval: 1234567}},
		Sends:  SendAvailability{Sends: 1, Unknown: 1},
	}}.Text()
	for _, want := range []string{"group b served 87.5000% of 8s, 1 outages, longest 1s (resolution 1.2ms)", "sends: 1, of these 0 acknowledged, 0 failed, 1 unknown"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// TestAVerdictThatIsNoneReplacesNone ranks with inconclusive, and does not take its place.
func TestAVerdictThatIsNoneReplacesNone(t *testing.T) {
	const none = Verdict("perhaps")
	for _, c := range [][3]Verdict{{Inconclusive, none, Inconclusive}, {Valid, none, none}, {none, Valid, none}, {none, Violated, Violated}} {
		if got := Worst(c[0], c[1]); got != c[2] {
			t.Errorf("worst of %s and %s is %s", c[0], c[1], got)
		}
	}
}
