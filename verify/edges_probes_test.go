package verify

import (
	"slices"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// probesOf makes probes of one group of what is given, in that order.
func probesOf(l ...span1) history.Slice {
	h := history.Slice{}
	for _, x := range l {
		h = append(h, &history.Probe{Broker: "b", Start: time.Duration(x.from) * ms1, End: time.Duration(x.to) * ms1, Outcome: x.outcome})
	}
	return h
}

// TestTheEndsOfAnOutage has the rules of both ends, with an interval of 100 ms.
func TestTheEndsOfAnOutage(t *testing.T) {
	const ok, bad, ms = history.OK, history.Unknown, ms1
	for name, c := range map[string]struct {
		probes []span1
		want   []Outage
	}{
		"from one probe to the next": {[]span1{{0, 1, ok}, {100, 101, bad}, {200, 201, ok}, {300, 301, ok}}, []Outage{outage(100*ms, 200*ms, false)}},
		"held until service is back": {[]span1{{0, 1, ok}, {100, 600, bad}, {200, 510, ok}, {300, 501, ok}, {400, 501, ok}, {500, 501, ok}}, []Outage{outage(100*ms, 401*ms, false)}},
		"the last probe was held":    {[]span1{{0, 1, ok}, {100, 101, bad}, {200, 700, ok}}, []Outage{outage(100*ms, 600*ms, false)}},
		"held less than an interval": {[]span1{{0, 1, ok}, {100, 101, bad}, {200, 299, ok}, {300, 301, ok}}, []Outage{outage(100*ms, 200*ms, false)}},
		"two with one probe between": {[]span1{{0, 1, ok}, {100, 101, bad}, {200, 201, ok}, {300, 301, bad}, {400, 401, ok}}, []Outage{outage(100*ms, 200*ms, false), outage(300*ms, 400*ms, false)}},
		"one begins as another ends": {[]span1{{0, 1, ok}, {100, 101, bad}, {200, 201, ok}, {200, 202, bad}, {300, 301, ok}, {400, 401, ok}}, []Outage{outage(100*ms, 200*ms, false), outage(200*ms, 300*ms, false)}},
		"the last probe alone":       {[]span1{{0, 1, ok}, {100, 101, ok}, {200, 203, bad}}, []Outage{outage(200*ms, 203*ms, true)}},
		"the first probe alone":      {[]span1{{0, 50, bad}, {100, 101, ok}, {200, 201, ok}}, []Outage{outage(0, 100*ms, false)}},
		"refused at once, then dark": {[]span1{{0, 0, ok}, {100, 100, ok}, {200, 200, bad}, {2000, 2000, bad}, {2100, 2100, ok}, {2200, 2200, ok}}, []Outage{outage(2000*ms, 2100*ms, false)}},
		"dark twice, and seen between": {[]span1{{0, 0, ok}, {100, 100, ok}, {200, 200, bad}, {2000, 2000, bad}, {2100, 2100, bad}, {4000, 4000, bad}, {4100, 4100, ok}, {4200, 4200, ok}},
			[]Outage{outage(2000*ms, 2100*ms, false), outage(4000*ms, 4100*ms, false)}},
		"dark to its end":          {[]span1{{0, 0, ok}, {100, 100, ok}, {200, 200, bad}, {2000, 2000, ok}, {2100, 2100, ok}, {2200, 2200, ok}}, nil},
		"a long answer, then none": {[]span1{{0, 1, ok}, {100, 900, bad}, {200, 300, bad}}, []Outage{outage(100*ms, 900*ms, true)}},
	} {
		_, g := availabilityOf(t, probesOf(c.probes...), 0.5)
		var longest, down time.Duration
		for _, x := range c.want {
			longest, down = max(longest, x.Length()), down+x.Length()
		}
		same := func(a, b Outage) bool { return a.Start == b.Start && a.End == b.End && a.Open == b.Open }
		if !slices.EqualFunc(g.Outages, c.want, same) || g.Interval != 100*ms || g.Longest != longest || g.Down != down {
			t.Errorf("%s: %+v, want %v", name, g, c.want)
		}
	}
}

// TestNothingObservedIsNoAvailability has a single probe that took no time: there is no share of nothing, and none that could not be written down.
func TestNothingObservedIsNoAvailability(t *testing.T) {
	c, g := availabilityOf(t, probesOf(span1{5000, 5000, history.OK}), 0.5)
	if c.Verdict != Inconclusive || c.Why != "broker group b was probed too little" || g.Availability != 0 || g.Observed != 0 || c.Counts["worst_ppm"] != 0 {
		t.Errorf("%s %v %+v", c.Verdict, c.Counts, g)
	}
}

// TestTheIntervalIsTheMedianDistance has two probes and more; of an even number of distances the upper one in the middle counts.
func TestTheIntervalIsTheMedianDistance(t *testing.T) {
	for _, c := range []struct {
		starts []int
		want   time.Duration
	}{{[]int{50, 350}, 300 * ms1}, {[]int{50, 150, 350}, 200 * ms1}, {[]int{50, 150, 350, 360}, 100 * ms1}, {[]int{350, 50, 150}, 200 * ms1}} {
		if _, g := availabilityOf(t, probesAt(c.starts, never), 0.5); g.Interval != c.want {
			t.Errorf("%v: %s, want %s", c.starts, g.Interval, c.want)
		}
	}
}

// TestTimeWithoutProbesIsLongerThanASecond has the exact bound, from the end of all probes before it, and at ten intervals where these are longer.
func TestTimeWithoutProbesIsLongerThanASecond(t *testing.T) {
	const ok = history.OK
	for name, c := range map[string]struct {
		probes         []span1
		observed, none time.Duration
	}{
		"a second":                       {[]span1{{500, 600, ok}, {510, 600, ok}, {520, 600, ok}, {1600, 1700, ok}}, 1200 * ms1, 0},
		"more than a second":             {[]span1{{500, 600, ok}, {510, 600, ok}, {520, 600, ok}, {1601, 1700, ok}}, 1200 * ms1, 1001 * ms1},
		"a probe under way sees it":      {[]span1{{500, 1500, ok}, {510, 600, ok}, {520, 600, ok}, {1601, 1700, ok}}, 1200 * ms1, 0},
		"ten intervals":                  {[]span1{{0, 0, ok}, {200, 200, ok}, {400, 400, ok}, {2400, 2400, ok}}, 2400 * ms1, 0},
		"more than ten intervals":        {[]span1{{0, 0, ok}, {200, 200, ok}, {400, 400, ok}, {2401, 2401, ok}}, 2401 * ms1, 2001 * ms1},
		"twice":                          {[]span1{{0, 0, ok}, {10, 10, ok}, {20, 20, ok}, {1520, 1520, ok}, {3020, 3020, ok}, {3030, 3030, ok}}, 3030 * ms1, 3 * time.Second},
		"the first probe does not count": {[]span1{{5000, 5000, ok}, {5010, 5010, ok}}, 10 * ms1, 0},
	} {
		if _, g := availabilityOf(t, probesOf(c.probes...), 0.5); g.Observed != c.observed || g.Unobserved != c.none {
			t.Errorf("%s: observed %s, of that nothing for %s; want %s, %s", name, g.Observed, g.Unobserved, c.observed, c.none)
		}
	}
}

// TestTheShareIsALeast has groups that served exactly the share that was asked for, of what was and of what was not observed.
func TestTheShareIsALeast(t *testing.T) {
	const ok, bad = history.OK, history.Unknown
	half := []span1{{0, 0, bad}, {100, 100, bad}, {200, 200, ok}, {300, 300, ok}, {400, 400, ok}}
	var unseen []span1
	for _, n := range slices.Concat(every(0, 1001, 100), every(3000, 4001, 100)) {
		unseen = append(unseen, span1{n, n, ok})
	}
	for _, c := range []struct {
		name   string
		probes []span1
		share  float64
		want   Verdict
		counts map[string]int64
	}{
		{"served half", half, 0.5, Valid, map[string]int64{"groups": 1, "below": 0, "worst_ppm": 500_000, "asked_ppm": 500_000}},
		{"served half, more asked for", half, 0.75, Violated, map[string]int64{"groups": 1, "below": 1, "worst_ppm": 500_000, "asked_ppm": 750_000}},
		{"seen half", unseen, 0.5, Valid, map[string]int64{"groups": 1, "below": 0, "worst_ppm": 1_000_000, "asked_ppm": 500_000}},
		{"seen half, more asked for", unseen, 0.75, Inconclusive, map[string]int64{"groups": 1, "below": 0, "worst_ppm": 1_000_000, "asked_ppm": 750_000}},
	} {
		r, err := Judge(probesOf(c.probes...), Options{Claims: []Claim{claims.AvailabilityAtLeast(c.share)}})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Claims[0]; got.Verdict != c.want || len(got.Counts) != len(c.counts) {
			t.Errorf("%s: %s, %s, %+v", c.name, got.Verdict, got.Why, r.Availability.Groups[0])
		}
		for k, n := range c.counts {
			if r.Claims[0].Counts[k] != n {
				t.Errorf("%s: %s is %d, want %d", c.name, k, r.Claims[0].Counts[k], n)
			}
		}
	}
}

// TestAGroupsRecovery charges a fault with what began up to one interval before the next fault: an outage's beginning is known to one interval.
func TestAGroupsRecovery(t *testing.T) {
	for name, c := range map[string]struct {
		from  int
		first bool
	}{"more than an interval before": {59_800, true}, "an interval before": {59_900, false}, "as it begins": {60_000, false}} {
		h := append(probesAt(every(0, 100_000, 100), within(c.from, 70_000)), faultAt(20*time.Second, 40*time.Second), faultAt(60*time.Second, 80*time.Second))
		_, g := availabilityOf(t, h, 0.5)
		if r := g.Recoveries; len(r) != 2 || r[0].Interrupted != c.first || !r[1].Interrupted || r[1].Took != 10*time.Second {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
