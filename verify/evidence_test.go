package verify

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// without leaves out records of a history.
func without(h history.Slice, drop func(history.Record) bool) history.Slice {
	return slices.DeleteFunc(h, drop)
}

func isFound(r history.Record, m facts.ID) bool {
	f, ok := r.(*history.Found)
	return ok && f.Producer == m.Producer && f.Seq == m.Seq
}

func TestEvidenceTellsTheStory(t *testing.T) {
	lost := message(0, 83) // the 250th send, at 24.9 s, to broker-b queue 0
	h := without(cleanRun(), func(r history.Record) bool { return isFound(r, lost) })
	for _, r := range h {
		if p, ok := r.(*history.Probe); ok && p.Broker == "broker-b" && (p.Start == 24500*ms1 || p.Start == 24800*ms1 || p.Start == 25500*ms1 || p.Start == 26*time.Second) {
			p.Outcome = history.Unknown
		}
	}
	r, err := Judge(h, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, _ := r.Claim(NoAckedLoss)
	if c.Verdict != Violated || len(c.Evidence) != 1 || !slices.Equal(c.Named, []string{"0:83"}) {
		t.Fatal(r.Text())
	}
	e := c.Evidence[0]
	if want := `producer 0 seq 83, sent 24.900s to topic t broker-b queue 0 and acknowledged as offset 62, is not found by the final scan; nothing lies there; it had been delivered to g; 4.900s into "kill master"`; e.Summary != want || !strings.Contains(c.Why, want) {
		t.Errorf("%s\n%s", e.Summary, c.Why)
	}
	if op, err := history.DecodeLine(e.Operation); err != nil || op.(*history.Send).Seq != 83 {
		t.Errorf("%v %s", err, e.Operation)
	}
	want := []string{
		`   20.000s  span     "kill master" (fault) on broker-a until 40.000s, confirmed true`,
		`   23.700s  send     producer 0 seq 79 key "b" to t broker-b queue 0 offset 59: ok (SEND_OK) after 2ms`,
		`   24.100s  send     producer 1 seq 80 key "b" to t broker-b queue 0 offset 60: ok (SEND_OK) after 2ms`,
		`   24.500s  send     producer 2 seq 81 key "b" to t broker-b queue 0 offset 61: ok (SEND_OK) after 2ms`,
		`   24.800s  probe    of broker-b: unknown after 1ms`,
		`   24.900s  send     producer 0 seq 83 key "b" to t broker-b queue 0 offset 62: ok (SEND_OK) after 2ms`,
		`   24.903s  deliver  producer 0 seq 83 from t broker-b queue 0 offset 62 to group g consumer 0, attempt 1`,
		`   25.300s  send     producer 1 seq 84 key "b" to t broker-b queue 0 offset 63: ok (SEND_OK) after 2ms`,
		`   25.500s  probe    of broker-b: unknown after 1ms`,
		`   25.700s  send     producer 2 seq 85 key "b" to t broker-b queue 0 offset 64: ok (SEND_OK) after 2ms`,
		`   26.100s  send     producer 0 seq 87 key "b" to t broker-b queue 0 offset 65: ok (SEND_OK) after 2ms`,
		`   70.000s  scan     of t broker-b queue 0 on broker-b/0: [0, 150), complete true`,
		`   70.000s  scan     of t broker-b queue 0 on broker-b/1: [0, 150), complete true`,
	}
	if d := cmp.Diff(want, e.Timeline); d != "" {
		t.Errorf("timeline: %s", d)
	}
}

func TestEvidenceIsTheSameInAnyOrder(t *testing.T) {
	drop := func(r history.Record) bool { return isFound(r, message(1, 50)) }
	whole := without(cleanRun(), drop)
	a, b := history.Slice{}, history.Slice{}
	for i, r := range whole {
		if _, ok := r.(*history.Probe); ok || i == 0 {
			a = append(a, r)
		} else {
			b = append(b, r)
		}
	}
	want, _ := Judge(whole, Options{})
	for _, readers := range [][]history.Reader{{a, b}, {b, a}} {
		got, err := JudgeAll(readers, Options{})
		if err != nil || got.Text() != want.Text() {
			t.Fatalf("%v: %s", err, cmp.Diff(want.Text(), got.Text()))
		}
	}
}

func TestEvidenceIsBounded(t *testing.T) {
	h := without(cleanRun(), func(r history.Record) bool {
		f, ok := r.(*history.Found)
		return ok && f.Seq%10 == 3
	})
	for limit, want := range map[int]int{0: 10, 1: 1, 25: 25, 1000: 60} {
		r, err := Judge(h, Options{Evidence: limit, Claims: named(NoAckedLoss)})
		if c := r.Claims[0]; err != nil || c.Counts["lost"] != 60 || len(c.Evidence) != want || len(c.Named) != 60 {
			t.Errorf("limit %d: %v, %d lost, %d shown, %d named", limit, err, c.Counts["lost"], len(c.Evidence), len(c.Named))
		}
	}
}

func TestRelatedRecordsAreBounded(t *testing.T) {
	h := cleanRun()
	for range 100 {
		h = append(h, &history.Deliver{Group: "g", Topic: "t", Broker: "broker-a", Offset: 0, Producer: 2, Seq: 9, Attempt: 2, Start: time.Second})
	}
	r, err := Judge(h, Options{Claims: named(OffsetUnique)})
	if c := r.Claims[0]; err != nil || c.Verdict != Violated || len(c.Evidence[0].Timeline) > maxRelated+2*neighbours+3 {
		t.Fatalf("%v %s", err, r.Text())
	}
}

func TestTextShowsWhatMatters(t *testing.T) {
	h := without(cleanRun(), func(r history.Record) bool {
		f, ok := r.(*history.Found)
		return ok && f.Seq%2 == 0
	})
	h = append(h, &history.Span{Name: "late", Phase: history.Fault, Target: "x", Start: 50 * time.Second, End: 55 * time.Second})
	r, err := Judge(h, Options{Evidence: 2})
	if err != nil {
		t.Fatal(err)
	}
	text := r.Text()
	for _, want := range []string{"no-acked-loss           violated     300 of 600", "\n    1. producer 0 seq 0,", "\n    2. producer 0 seq 2,", "and 200 more ranges",
		`group broker-a: not interrupted by "kill master"`, "sends: 600, of these 600 acknowledged", `fault "late" on x was not seen to hold`, "all of them: 0:0 0:2 "} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "\n    3. ") {
		t.Error("more evidence than asked for")
	}
}

func TestTextOfRecoveries(t *testing.T) {
	a := Availability{Groups: []GroupAvailability{{Group: "b", Recoveries: []Recovery{{Fault: "f", Interrupted: true, Recovered: true, Took: 1500 * ms1}, {Fault: "g", Interrupted: true, Took: 3 * time.Second}}}}}
	text := Report{Availability: a, Notes: []string{"torn"}}.Text()
	for _, want := range []string{`stable 1.5s after "f"`, `not stable again after "g", watched for 3s`, "note: torn"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "sends:") {
		t.Error("sends are shown where there were none")
	}
}

func TestEveryKindIsDescribed(t *testing.T) {
	for _, r := range []history.Record{&history.Send{}, &history.Found{}, &history.Deliver{}, &history.Probe{}, &history.Span{}, &history.Scan{Max: 7}, &history.Run{}} {
		if d := describe(r); !strings.HasPrefix(d, string(r.Kind())) {
			t.Errorf("%T: %q", r, d)
		}
	}
	if s := describe(&history.Found{Replica: "a/1"}); !strings.Contains(s, "damaged") {
		t.Error(s)
	}
	if s := fmt.Sprint(eventOf(&history.Scan{End: 7}).at, eventOf(&history.Run{}).timed); s != "7ns false" {
		t.Error(s)
	}
}
