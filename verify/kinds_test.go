package verify

import (
	"slices"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// tape is a run of two broker groups with one queue each: a send to each every 200 ms, a probe of each every 100 ms, one
// fault. What goes wrong is said in milliseconds.
type tape struct {
	length     int // of the sends and probes
	fault      [2]int
	healed     int
	refused    func(group string, ms int) bool // sends get no answer
	down       func(group string, ms int) bool // probes get none
	notSent    func(group string, ms int) bool
	notProbed  func(group string, ms int) bool
	skipped    func(group string, ms int) int64
	late       func(group string, ms int) int // how much later than intended a send is made
	announced  history.Run
	unrecorded bool // the fault's span is not in the history
}

func is(f func(string, int) bool, group string, ms int) bool { return f != nil && f(group, ms) }

func (c tape) history() history.Slice {
	run := c.announced
	run.Version, run.ID = 1, "tape"
	h := history.Slice{&run}
	for i, group := range []string{"east", "west"} {
		var found history.Slice
		seq, offset := uint64(0), int64(0)
		for ms := 0; ms < c.length; ms += 200 {
			if is(c.notSent, group, ms) {
				continue
			}
			intended := time.Duration(ms) * ms1
			at := intended
			if c.late != nil {
				at += time.Duration(c.late(group, ms)) * ms1
			}
			s := &history.Send{Producer: uint32(i), Seq: seq, Topic: "t", Intended: intended, Start: at, End: at + 2*ms1, Outcome: history.OK, Broker: group, Offset: offset}
			if is(c.refused, group, ms) {
				s.Outcome, s.Offset = history.Unknown, -1
			} else {
				found = append(found, &history.Found{Replica: group, Topic: "t", Broker: group, Offset: offset, Producer: uint32(i), Seq: seq, Intact: true})
				offset++
			}
			seq++
			h = append(h, s)
		}
		for ms := 0; ms < c.length; ms += 100 {
			if is(c.notProbed, group, ms) {
				continue
			}
			p := &history.Probe{Broker: group, Start: time.Duration(ms) * ms1, End: time.Duration(ms+1) * ms1, Outcome: history.OK}
			if is(c.down, group, ms) {
				p.Outcome = history.Unknown
			}
			if c.skipped != nil {
				p.Skipped = c.skipped(group, ms)
			}
			h = append(h, p)
		}
		h = append(slices.Concat(h, found), &history.Scan{Replica: group, Master: true, Topic: "t", Broker: group, Max: offset, Complete: true, End: time.Hour})
	}
	if c.unrecorded {
		return h
	}
	return append(h, &history.Span{Name: "fault", Phase: history.Fault, Target: "x", Start: time.Duration(c.fault[0]) * ms1, End: time.Duration(c.fault[1]) * ms1,
		Healed: time.Duration(c.healed) * ms1, Confirmed: true})
}

// of says that something holds for one group between two times.
func of(group string, from, to int) func(string, int) bool {
	return func(g string, ms int) bool { return (group == "" || g == group) && ms >= from && ms < to }
}

func either(a, b func(string, int) bool) func(string, int) bool {
	return func(g string, ms int) bool { return a(g, ms) || b(g, ms) }
}

func every5(from, to, good int) func(string, int) bool {
	return func(_ string, ms int) bool { return ms >= from && ms < to && ms/200%10 >= good }
}

// flapping is out for a while, again and again, with less than 6 s between.
func flapping(times, out int) func(string, int) bool {
	return func(_ string, ms int) bool {
		n, in := (ms-20_000)/(out+5200), (ms-20_000)%(out+5200)
		return ms >= 20_000 && n < times && in < out
	}
}

var standard = tape{length: 120_000, fault: [2]int{20_000, 30_000}}

// TestKindsOfServiceThatFails has each kind of failure over time, with a near miss beside it.
func TestKindsOfServiceThatFails(t *testing.T) {
	with := func(change func(*tape)) tape { c := standard; change(&c); return c }
	for name, c := range map[string]struct {
		tape
		want  Verdict
		claim string // that says so; of a near miss: none
	}{
		"nothing fails":                           {standard, Valid, ""},
		"one group never serves again":            {with(func(c *tape) { c.refused, c.down = of("east", 20_000, 1<<30), of("east", 20_000, 1<<30) }), Violated, "group-resumes-within"},
		"one group serves again after 25 s":       {with(func(c *tape) { c.refused, c.down = of("east", 20_000, 45_000), of("east", 20_000, 45_000) }), Valid, ""},
		"one group is silent, though probed well": {with(func(c *tape) { c.refused = of("east", 20_000, 1<<30) }), Violated, "resumes-within"},
		"one queue serves again after 60 s":       {with(func(c *tape) { c.refused = of("east", 20_000, 80_000) }), Violated, "queue-resumes-within"},
		"one queue serves again after 25 s":       {with(func(c *tape) { c.refused = of("east", 20_000, 45_000) }), Valid, ""},
		"probes alone fail for 40 s":              {with(func(c *tape) { c.down = of("west", 20_000, 60_000) }), Violated, "group-resumes-within"},
		"one send in ten for 88 s":                {with(func(c *tape) { c.refused = every5(20_000, 108_000, 1) }), Violated, "resumes-within"},
		"six sends in ten for 88 s":               {with(func(c *tape) { c.refused = every5(20_000, 108_000, 6) }), Valid, ""},
		"out for 29 s three times":                {with(func(c *tape) { c.refused, c.down = flapping(3, 29_000), flapping(3, 29_000) }), Violated, "outage-at-most"},
		"out for 12 s three times":                {with(func(c *tape) { c.refused, c.down = flapping(3, 12_000), flapping(3, 12_000) }), Valid, ""},
		"out for 24 s before the fault":           {with(func(c *tape) { c.length, c.fault, c.refused = 150_000, [2]int{60_000, 70_000}, of("", 20_000, 44_000) }), Inconclusive, "resumes-within"},
		"a group is out before the fault":         {with(func(c *tape) { c.fault, c.down = [2]int{60_000, 70_000}, of("east", 40_000, 50_000) }), Inconclusive, "group-resumes-within"},
		"half is out before the fault, then all well": {with(func(c *tape) {
			c.length, c.fault, c.refused = 150_000, [2]int{60_000, 70_000}, every5(20_000, 60_000, 3)
		}), Inconclusive, "resumes-within"},
		"sends end 3 s after the fault began":    {with(func(c *tape) { c.length, c.fault = 23_000, [2]int{20_000, 23_000} }), Inconclusive, "resumes-within"},
		"sends end 6 s after the fault began":    {with(func(c *tape) { c.length, c.fault = 26_200, [2]int{20_000, 26_000} }), Valid, ""},
		"sends end 3 s after service is back":    {with(func(c *tape) { c.length, c.refused = 33_000, of("", 20_000, 30_000) }), Inconclusive, "resumes-within"},
		"nothing is sent for 20 s":               {with(func(c *tape) { c.notSent = of("", 21_000, 41_000) }), Inconclusive, "resumes-within"},
		"nothing is sent for 20 s before":        {with(func(c *tape) { c.fault, c.notSent = [2]int{60_000, 70_000}, of("", 21_000, 41_000) }), Valid, ""},
		"nothing is sent to one queue":           {with(func(c *tape) { c.notSent = of("west", 21_000, 1<<30) }), Inconclusive, "queue-resumes-within"},
		"refused through the fault":              {with(func(c *tape) { c.refused, c.down = of("", 20_000, 30_000), of("", 20_000, 30_000) }), Valid, ""},
		"refused through the fault and for long": {with(func(c *tape) { c.refused, c.down = of("", 20_000, 60_000), of("", 20_000, 60_000) }), Violated, "resumes-within"},
		"not probed for 20 s":                    {with(func(c *tape) { c.notProbed = of("east", 22_000, 42_000) }), Inconclusive, "group-resumes-within"},
		"not probed for 20 s before":             {with(func(c *tape) { c.fault, c.notProbed = [2]int{60_000, 70_000}, of("east", 22_000, 42_000) }), Valid, ""},
		"ticks of probes are skipped":            {with(func(c *tape) { c.notProbed = of("east", 22_000, 24_000); c.skipped = skips(24_000, 20) }), Inconclusive, "group-resumes-within"},
		"probes end in the fault":                {with(func(c *tape) { c.notProbed = of("east", 23_000, 1<<30) }), Inconclusive, "group-resumes-within"},
		"one group is not probed":                {with(func(c *tape) { c.notProbed = of("west", 0, 1<<30) }), Inconclusive, "group-resumes-within"},
		"probes are announced and none made":     {with(func(c *tape) { c.notProbed = of("", 0, 1<<30); c.announced.Probes = []string{"east", "west"} }), Inconclusive, "group-resumes-within"},
		"a group is announced and not probed":    {with(func(c *tape) { c.announced.Brokers = []string{"east", "west", "north"} }), Inconclusive, "group-resumes-within"},
		"a fault is announced and not there":     {with(func(c *tape) { c.unrecorded = true; c.announced.Faults = []string{"fault"} }), Inconclusive, "fault-confirmed"},
		"a span is announced and not there":      {with(func(c *tape) { c.announced.Spans = []string{"after"} }), Inconclusive, "enough-traffic"},
		"a replica is announced and not scanned": {with(func(c *tape) { c.announced.Replicas = []string{"east", "east/slave"} }), Inconclusive, "replicas-agree"},
		"the last probe fails":                   {with(func(c *tape) { c.down = of("east", 119_900, 1<<30) }), Valid, ""},
		"the last probe fails, long after the fault's outage": {with(func(c *tape) {
			c.down = either(of("east", 20_000, 40_000), of("east", 119_900, 1<<30))
		}), Valid, ""},
		"the last probes fail for longer than a pause": {with(func(c *tape) { c.down = of("east", 118_800, 1<<30) }), Inconclusive, "group-resumes-within"},
		"the last two probes fail":                     {with(func(c *tape) { c.down = of("east", 119_800, 1<<30) }), Inconclusive, "group-resumes-within"},
		"the last two probes fail in another group, one in this": {with(func(c *tape) {
			c.down = either(of("east", 119_800, 1<<30), of("west", 119_900, 1<<30))
		}), Inconclusive, "group-resumes-within"},
		"the last probe fails, 4 s after service is back": {with(func(c *tape) {
			c.down = either(of("east", 20_000, 40_000), of("east", 43_900, 1<<30))
			c.length = 44_000
		}), Inconclusive, "group-resumes-within"},
		"the last probe fails, 4 s after the fault":    {with(func(c *tape) { c.down, c.length = of("east", 24_000, 1<<30), 24_100 }), Inconclusive, "group-resumes-within"},
		"the last probe fails, 5 s after the fault":    {with(func(c *tape) { c.down, c.length = of("east", 25_100, 1<<30), 25_200 }), Valid, ""},
		"the last probe fails after 6 s without one":   {with(func(c *tape) { c.down, c.notProbed = of("east", 119_900, 1<<30), of("east", 113_900, 119_900) }), Inconclusive, "group-resumes-within"},
		"the last probe fails after 0.9 s without one": {with(func(c *tape) { c.down, c.notProbed = of("east", 119_900, 1<<30), of("east", 119_000, 119_900) }), Valid, ""},
		"a group is out from 20 s on, and to the end":  {with(func(c *tape) { c.down, c.length = of("east", 20_000, 1<<30), 49_000 }), Inconclusive, "group-resumes-within"},
		"the load is late by itself":                   {with(func(c *tape) { c.late = lateBy("east", 22_000, 4000) }), Inconclusive, "resumes-within"},
		"the load is a second late":                    {with(func(c *tape) { c.late = lateBy("east", 22_000, 1000) }), Valid, ""},
	} {
		r, err := Judge(c.history(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		j, _ := r.Claim(c.claim)
		if r.Verdict != c.want || c.claim != "" && j.Verdict != c.want {
			t.Errorf("%s: %s, %s is %s: %s\n%s", name, r.Verdict, c.claim, j.Verdict, j.Why, r.Text())
		}
	}
}

func skips(at int, n int64) func(string, int) int64 {
	return func(group string, ms int) int64 {
		if group == "east" && ms == at {
			return n
		}
		return 0
	}
}

// lateBy makes one group's sends late from a time on, until it has caught up.
func lateBy(group string, from, by int) func(string, int) int {
	return func(g string, ms int) int {
		if g != group || ms < from {
			return 0
		}
		return max(0, by-(ms-from))
	}
}

// TestAGroupMayBeExpectedOut has a drained node: its group is out until it is uncordoned, and no longer.
func TestAGroupMayBeExpectedOut(t *testing.T) {
	for name, c := range map[string]struct {
		back  int // when the group serves again
		claim Claim
		want  Verdict
	}{
		"out for 50 s":                      {70_000, claims.GroupsResumeWithin(30 * time.Second), Violated},
		"back 10 s after it was healed":     {70_000, claims.GroupsResumeWithin(30 * time.Second).CountedFromHealed("east"), Valid},
		"back 35 s after it was healed":     {95_000, claims.GroupsResumeWithin(30 * time.Second).CountedFromHealed("east"), Violated},
		"another group may be out":          {70_000, claims.GroupsResumeWithin(30 * time.Second).CountedFromHealed("west"), Violated},
		"any group may be out until healed": {70_000, claims.GroupsResumeWithin(30 * time.Second).CountedFromHealed(), Valid},
	} {
		run := tape{length: 120_000, fault: [2]int{20_000, 62_000}, healed: 60_000, down: of("east", 20_000, c.back)}
		r, err := Judge(run.history(), Options{Claims: []Claim{c.claim}})
		if err != nil || r.Verdict != c.want {
			t.Errorf("%s, by %s: %v %s", name, c.claim, err, r.Text())
		}
	}
}

// TestRecoveryCountsFromTheInjection has a fault that was decided long before it was done.
func TestRecoveryCountsFromTheInjection(t *testing.T) {
	for injected, want := range map[time.Duration]Verdict{0: Violated, 30 * time.Second: Valid} {
		h := tape{length: 120_000, fault: [2]int{20_000, 62_000}, down: of("east", 30_000, 55_000)}.history()
		span := h[len(h)-1].(*history.Span)
		span.Injected = injected
		span.Start = 29 * time.Second
		if injected == 0 {
			span.Start = 26 * time.Second
		}
		r, err := Judge(h, Options{Claims: []Claim{claims.GroupsResumeWithin(26 * time.Second)}})
		if err != nil || r.Verdict != want {
			t.Errorf("injected %s: %v %s", injected, err, r.Text())
		}
	}
}

// TestTwoAgentsAreOnOneClock has one agent that sees an outage of 40 s, and another that began a minute later.
func TestTwoAgentsAreOnOneClock(t *testing.T) {
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	first := tape{length: 120_000, fault: [2]int{20_000, 30_000}, refused: of("", 20_000, 60_000), announced: history.Run{Started: noon}}.history()
	second := tape{length: 60_000, announced: history.Run{Started: noon.Add(time.Minute)}, unrecorded: true}.history()
	for _, r := range second {
		switch r := r.(type) {
		case *history.Send:
			r.Producer += 2
			r.Topic = "u"
		case *history.Found:
			r.Producer += 2
			r.Topic = "u"
		case *history.Scan:
			r.Topic = "u"
		}
	}
	only := Options{Claims: []Claim{claims.ResumesWithin(30 * time.Second)}}
	inBothOrders(t, first, second, only, func(r Report) {
		if r.Verdict != Violated {
			t.Errorf("with an agent that began later: %s", r.Text())
		}
	})
	second[0].(*history.Run).ID = "another"
	if _, err := JudgeAll([]history.Reader{first, second}, only); err == nil {
		t.Error("histories of two runs were judged as one")
	}
}

// TestProblemsMakeARunInconclusive has a sound run in which something went wrong, and a violated one.
func TestProblemsMakeARunInconclusive(t *testing.T) {
	sound, lossy := standard.history(), standard.history()
	lossy = without(lossy, func(r history.Record) bool { f, ok := r.(*history.Found); return ok && f.Seq == 7 })
	for want, h := range map[Verdict]history.Slice{Inconclusive: sound, Violated: lossy} {
		r, err := Judge(append(h, &history.Problem{Step: "heal", Text: "timed out"}), Options{})
		if err != nil || r.Verdict != want || len(r.Problems) != 1 || r.Problems[0] != "heal: timed out" {
			t.Errorf("want %s: %v %s", want, err, r.Text())
		}
	}
}
