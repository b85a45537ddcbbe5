package verify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// span1 is one send from one time to another, in milliseconds.
type span1 struct {
	from, to int
	outcome  history.Outcome
}

// sendsOf makes sends of what is given, in that order, each by a producer of its own.
func sendsOf(l ...span1) history.Slice {
	h := history.Slice{}
	for i, x := range l {
		s := &history.Send{Producer: uint32(i), Topic: "t", Start: time.Duration(x.from) * ms1, End: time.Duration(x.to) * ms1, Outcome: x.outcome, Offset: -1}
		if x.outcome == history.OK {
			s.Broker, s.Offset = "b", int64(i)
		}
		h = append(h, s)
	}
	return h
}

// TestWhatIsAPause has the exact bounds of a pause: longer than a second, with a send under way or begun in it,
// whoever recorded which.
func TestWhatIsAPause(t *testing.T) {
	const ok, unknown = history.OK, history.Unknown
	for name, c := range map[string]struct {
		sends []span1
		want  []Outage
	}{
		"a second is none":                {[]span1{{0, 2, ok}, {0, 1000, ok}}, nil},
		"a step more is one":              {[]span1{{0, 2, ok}, {0, 1010, ok}}, []Outage{{End: 1010 * ms1}}},
		"a send of unknown outcome hangs": {[]span1{{0, 12_000, unknown}, {0, 2, ok}, {11_500, 11_502, ok}}, []Outage{{End: 11_500 * ms1}}},
		"one that had ended does not":     {[]span1{{600, 602, ok}, {0, 500, unknown}, {10_000, 10_002, ok}}, nil},
		"another is under way":            {[]span1{{600, 602, ok}, {0, 500, unknown}, {600, 10_000, ok}}, []Outage{outage(600*ms1, 10*time.Second, false)}},
		"idle after one that failed":      {[]span1{{0, 2, ok}, {500, 501, unknown}, {10_000, 10_002, ok}}, nil},
		"idle for less than 5 s":          {[]span1{{0, 2, ok}, {500, 501, unknown}, {5000, 5002, ok}}, []Outage{outage(500*ms1, 5*time.Second, false)}},
		"two begin, one is acknowledged":  {[]span1{{0, 2, ok}, {500, 900, unknown}, {500, 10_000, ok}}, []Outage{outage(500*ms1, 10*time.Second, false)}},
		"before the first there is none":  {[]span1{{0, 5000, unknown}, {10_000, 10_002, ok}}, nil},
		"the end, a second after":         {[]span1{{10_000, 10_002, ok}, {10_000, 11_000, unknown}}, nil},
		"the end, later than that":        {[]span1{{10_000, 10_002, ok}, {10_000, 11_001, unknown}}, []Outage{outage(10*time.Second, 11_001*ms1, true)}},
	} {
		h := sendsOf(c.sends...)
		if _, s := resumes(t, h); !slices.Equal(s.Pauses, c.want) {
			t.Errorf("%s: %v, want %v", name, s.Pauses, c.want)
		}
		var each []history.Reader
		for _, r := range h {
			each = append(each, history.Slice{r})
		}
		r, err := JudgeAll(each, Options{})
		if s := r.Availability.Sends; err != nil || !slices.Equal(s.Pauses, c.want) || s.Sends != int64(len(h)) {
			t.Errorf("%s, each from an agent of its own: %v, %+v, want %v", name, err, s, c.want)
		}
	}
}

// TestTheGapIsFiveTimesTheMeanDistance takes the mean distance of the sends that were due before the first fault, up to 10 s.
func TestTheGapIsFiveTimesTheMeanDistance(t *testing.T) {
	const ok, unknown = history.OK, history.Unknown
	for name, c := range map[string]struct {
		sends []span1
		want  time.Duration
	}{
		"none":                          {nil, time.Second},
		"one":                           {[]span1{{10_000, 10_002, ok}}, time.Second},
		"two":                           {[]span1{{10_000, 10_002, ok}, {11_500, 11_502, ok}}, 7500 * ms1},
		"two far apart":                 {[]span1{{10_000, 10_002, ok}, {13_000, 13_002, ok}}, 10 * time.Second},
		"three":                         {[]span1{{10_000, 10_002, ok}, {11_000, 11_002, ok}, {13_000, 13_002, ok}}, 7500 * ms1},
		"near each other":               {[]span1{{10_000, 10_002, ok}, {10_100, 10_102, ok}}, time.Second},
		"in the fault":                  {[]span1{{10_000, 10_002, ok}, {13_000, 13_002, ok}, {20_000, 20_002, ok}, {28_000, 28_002, ok}}, 10 * time.Second},
		"an attempt is one":             {[]span1{{10_000, 10_002, unknown}, {11_000, 11_002, ok}, {12_000, 12_002, unknown}}, 5 * time.Second},
		"two are acknowledged together": {[]span1{{10_000, 10_002, ok}, {10_000, 10_003, ok}, {13_000, 13_002, ok}}, 7500 * ms1},
	} {
		if _, s := resumes(t, append(sendsOf(c.sends...), faultAt(20*time.Second, 30*time.Second))); s.Gap != c.want {
			t.Errorf("%s: %s, want %s", name, s.Gap, c.want)
		}
	}
}

// TestResumptionToTheStep has the exact bounds of the rules that TestResumption shows from afar.
func TestResumptionToTheStep(t *testing.T) {
	steady := every(0, 120_000, 50)
	for _, c := range []struct {
		name    string
		out     func(ms int) bool // which sends get no answer
		verdict Verdict
		took    time.Duration
	}{
		{"exactly the budget", within(20_000, 50_000), Valid, 30 * time.Second},
		{"a send more", within(20_000, 50_050), Violated, 30_050 * ms1},
		// A pause begins with the first send that gets no answer: at 25.000 s service had been stable for 5 s.
		{"stable for 5 s", within(25_000, 54_000), Valid, 29 * time.Second},
		{"stable for less", within(24_950, 54_000), Violated, 34 * time.Second},
		// Two pauses with 5 s between them are two, with less between they are one.
		{"stable between two", func(ms int) bool { return within(40_000, 45_000)(ms) || within(50_000, 53_000)(ms) }, Valid, 5 * time.Second},
		{"unstable between two", func(ms int) bool { return within(40_000, 45_000)(ms) || within(49_950, 53_000)(ms) }, Valid, 13 * time.Second},
		{"over when the fault begins", within(15_000, 20_000), Inconclusive, 0},
		{"over a send later", within(15_000, 20_050), Inconclusive, 50 * ms1},
	} {
		claim, s := resumes(t, append(sendsAt(steady, c.out), faultAt(20*time.Second, 60*time.Second)))
		if r := s.Recoveries[0]; claim.Verdict != c.verdict || r.Took != c.took || r.Interrupted != (c.took > 0) {
			t.Errorf("%s: %s %+v, want %s after %s: %s", c.name, claim.Verdict, r, c.verdict, c.took, claim.Why)
		}
	}
}

// TestAPauseBelongsToTheFaultBefore ends what a fault is charged with where the next one begins: a pause begins up to its
// resolution before the fault that made it.
func TestAPauseBelongsToTheFaultBefore(t *testing.T) {
	for name, c := range map[string]struct {
		from  int
		first bool
	}{
		"more than a second before":   {58_900, true},
		"a second before":             {59_050, false},
		"when the second fault began": {60_000, false},
	} {
		h := append(sendsAt(every(0, 120_000, 50), within(c.from, 70_000)), faultAt(20*time.Second, 40*time.Second), faultAt(60*time.Second, 80*time.Second))
		claim, s := resumes(t, h)
		if len(s.Recoveries) != 2 || s.Recoveries[0].Interrupted != c.first || !s.Recoveries[1].Interrupted || s.Recoveries[1].Took != 10*time.Second {
			t.Errorf("%s: %+v", name, s.Recoveries)
		}
		want := int64(1)
		if c.first {
			want = 2
		}
		if claim.Counts["interrupted"] != want || claim.Counts["faults"] != 2 {
			t.Errorf("%s: %v", name, claim.Counts)
		}
	}
}

// TestTheFaultThatIsShown has faults that share a name, a target or a beginning, and one of them is too slow.
func TestTheFaultThatIsShown(t *testing.T) {
	slow := history.Span{Name: "kill", Phase: history.Fault, Target: "b", Start: 40 * time.Second, End: 50 * time.Second, Confirmed: true}
	for name, change := range map[string]func(*history.Span){
		"another name":      func(s *history.Span) { s.Name = "pause" },
		"another target":    func(s *history.Span) { s.Target = "a" },
		"another beginning": func(s *history.Span) { s.Start = 20 * time.Second },
	} {
		other := slow
		change(&other)
		h := append(sendsAt(every(0, 120_000, 50), within(40_000, 75_000)), &slow, &other)
		claim, _ := resumes(t, h)
		if claim.Verdict != Violated || len(claim.Evidence) == 0 {
			t.Fatalf("%s: %s %s", name, claim.Verdict, claim.Why)
		}
		for _, e := range claim.Evidence {
			r, err := history.DecodeLine(e.Operation)
			if s, ok := r.(*history.Span); err != nil || !ok || !strings.Contains(e.Summary, `"`+s.Name+`" on `+s.Target+`, counted from `+facts.Seconds(s.Start)) {
				t.Errorf("%s: %v, %q shows %s", name, err, e.Summary, e.Operation)
			}
		}
	}
}

func TestWhatWasWatchedOfAFault(t *testing.T) {
	for _, c := range []struct {
		name string
		out  func(int) bool
		from time.Duration
		want string
	}{
		{"sends ended as it began", never, 9952 * ms1, `the cluster was no longer sent to when fault "kill" began`},
		{"sends ended before", never, 20 * time.Second, `the cluster was no longer sent to when fault "kill" began`},
		{"nothing before", within(0, 5000), 4 * time.Second, `the cluster served nothing before fault "kill"`},
		{"too short", within(8000, 10_000), 8 * time.Second, `the cluster was sent to for 2.95s after fault "kill" began, and was not stable again by then`},
	} {
		claim, _ := resumes(t, append(sendsAt(every(0, 10_000, 50), c.out), faultAt(c.from, 60*time.Second)))
		if claim.Verdict != Inconclusive || claim.Why != c.want {
			t.Errorf("%s: %s, %q, want %q", c.name, claim.Verdict, claim.Why, c.want)
		}
	}
}
