package verify

import (
	"cmp"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/rmqproof/rmqproof/history"
)

// trouble is something that goes wrong with one group, one queue, or all, for a while.
type trouble struct {
	what     string
	group    string // empty: all
	queue    int32  // below 0: all of the group
	from, to time.Duration
}

// serviceRun draws a run of producers that send one message at a time, and of probes, while troubles come and go.
type serviceRun struct {
	*rapid.T
	length   time.Duration
	troubles []trouble
	h        history.Slice
}

func (c *serviceRun) ms(from, to int, what string) time.Duration {
	return time.Duration(rapid.IntRange(from, to).Draw(c.T, what)) * ms1
}

func (c *serviceRun) chance(p float64, what string) bool {
	return rapid.Float64Range(0, 1).Draw(c.T, what) < p
}

func drawService(t *rapid.T) (history.Slice, asked) {
	c := &serviceRun{T: t}
	c.length = c.ms(20_000, 110_000, "length")
	groups := []string{"east", "west"}[:rapid.IntRange(1, 2).Draw(t, "groups")]
	for range rapid.IntRange(0, 4).Draw(t, "troubles") {
		c.troubles = append(c.troubles, c.trouble(groups))
	}
	run := &history.Run{Version: 1, ID: "drawn"}
	if c.chance(0.1, "announced") {
		run.Brokers = []string{"east", "west"}
	}
	c.h = history.Slice{run}
	c.spans()
	for g, group := range groups {
		for q := range int32(rapid.IntRange(1, 2).Draw(t, "queues")) {
			c.produce(uint32(g)*2+uint32(q), group, q)
		}
		if c.chance(0.95, "probed") {
			c.probe(group)
		}
	}
	c.failOnPurpose()
	slices.SortStableFunc(c.h[1:], func(a, b history.Record) int { return cmp.Compare(endOf(a), endOf(b)) })
	a := asked{cluster: c.ms(4000, 40_000, "cluster"), group: c.ms(4000, 40_000, "group"), queue: c.ms(4000, 40_000, "queue"),
		longest: c.ms(4000, 40_000, "longest"), share: rapid.Float64Range(0.5, 1).Draw(t, "share")}
	a.sum = a.longest + c.ms(0, 30_000, "sum")
	if c.chance(0.2, "healed") {
		a.healed = groups[0]
	}
	return c.h, a
}

func endOf(r history.Record) time.Duration {
	switch r := r.(type) {
	case *history.Send:
		return r.End
	case *history.Probe:
		return r.End
	}
	return 0
}

func (c *serviceRun) trouble(groups []string) trouble {
	t := trouble{what: rapid.SampledFrom([]string{"refused", "refused", "held", "nowhere", "some", "half", "idle", "late", "unprobed", "skipped", "down", "down"}).Draw(c.T, "what"), queue: -1}
	t.group = rapid.SampledFrom(append([]string{""}, groups...)).Draw(c.T, "whose")
	if t.group != "" && c.chance(0.3, "one queue") {
		t.queue = 0
	}
	t.from = c.ms(0, int(c.length/ms1), "from")
	t.to = t.from + rapid.SampledFrom([]time.Duration{c.ms(100, 7000, "short"), c.ms(7000, 60_000, "long")}).Draw(c.T, "for")
	return t
}

func (c *serviceRun) spans() {
	at := c.ms(3000, int(c.length/ms1), "fault")
	if c.chance(0.3, "baseline") {
		c.h = append(c.h, &history.Span{Name: "before", Phase: history.Before, Start: c.ms(0, int(at/ms1), "before"), End: at, Confirmed: true})
	}
	for range rapid.IntRange(1, 2).Draw(c.T, "faults") {
		s := &history.Span{Name: "fault", Phase: history.Fault, Target: at.String(), Start: at, End: at + c.ms(1000, 30_000, "lasts"), Confirmed: c.chance(0.97, "confirmed")}
		if c.chance(0.3, "times") {
			s.Injected, s.Healed = s.Start+c.ms(1, 900, "injected"), s.End-c.ms(1, 90, "healed")
		}
		if c.chance(0.5, "aimed") { // most troubles are a fault's
			for i := range c.troubles[:len(c.troubles)/2] {
				t := &c.troubles[i]
				t.from, t.to = at+c.ms(0, 6000, "bites"), at+c.ms(0, 6000, "bites")+t.to-t.from
			}
		}
		c.h = append(c.h, s)
		at = s.End + c.ms(0, 20_000, "next")
	}
}

// hit gives the troubles of a kind that a queue has, or where it is below 0 a group.
func (c *serviceRun) hit(what, group string, queue int32, at time.Duration) *trouble {
	for i, t := range c.troubles {
		if t.what == what && (t.group == "" || t.group == group) && (t.queue < 0 || t.queue == queue) && at >= t.from && at < t.to {
			return &c.troubles[i]
		}
	}
	return nil
}

// produce makes the load of one queue: an open loop whose producer sends one after the other.
func (c *serviceRun) produce(producer uint32, group string, queue int32) {
	interval := c.ms(100, 1500, "interval")
	seq, free := uint64(0), time.Duration(0)
	for n := 1; ; n++ {
		intended := time.Duration(n) * interval
		if intended > c.length {
			return
		}
		if c.hit("idle", group, queue, intended) != nil {
			continue
		}
		start := max(intended, free)
		if t := c.hit("late", group, queue, intended); t != nil {
			start = max(start, t.to)
		}
		for try := range 2 {
			s := c.send(group, queue, start)
			s.Producer, s.Seq, s.Intended, s.Retry = producer, seq, intended, try > 0
			c.h = append(c.h, s)
			seq, free = seq+1, s.End
			if s.Outcome == history.OK || n%3 != 0 {
				break
			}
			start = free + 50*ms1
		}
	}
}

func (c *serviceRun) send(group string, queue int32, start time.Duration) *history.Send {
	s := &history.Send{Topic: "t", Broker: group, Queue: queue, Start: start, End: start + 2*ms1, Outcome: history.OK, Offset: int64(start / ms1)}
	refuse := func(o history.Outcome) { s.Outcome, s.Offset = o, -1 }
	part := int(start/ms1) % 10
	switch {
	case c.hit("refused", group, queue, start) != nil:
		refuse(history.Failed)
	case c.hit("nowhere", group, queue, start) != nil:
		refuse(history.Unknown)
		s.Broker, s.Queue = "", 0
	case c.hit("some", group, queue, start) != nil && part >= 2, c.hit("half", group, queue, start) != nil && part >= 5:
		refuse(history.Unknown)
	}
	if t := c.hit("held", group, queue, start); t != nil {
		if s.End = min(t.to, start+3000*ms1); s.End < t.to {
			refuse(history.Unknown)
		}
	}
	return s
}

// failOnPurpose draws attempts that are never meant to become messages, at queues of their own or of a group of their own.
func (c *serviceRun) failOnPurpose() {
	at := time.Duration(0)
	for seq := range uint64(rapid.IntRange(0, 2).Draw(c.T, "attempts that must fail")) {
		at += c.ms(0, 9000, "between them")
		c.h = append(c.h, &history.Send{Producer: 9, Seq: seq, Topic: "t", Broker: rapid.SampledFrom([]string{"east", "north"}).Draw(c.T, "at"),
			Queue: int32(seq), Intended: at, Start: at, End: at + 2*ms1, Outcome: history.Failed, Offset: -1,
			Type: rapid.SampledFrom([]string{history.Refused, history.Rollback}).Draw(c.T, "type")})
	}
}

func (c *serviceRun) probe(group string) {
	interval := c.ms(50, 500, "tick")
	missed := int64(0)
	for at := time.Duration(0); at < c.length; at += interval {
		if c.hit("unprobed", group, -1, at) != nil {
			continue
		}
		if c.hit("skipped", group, -1, at) != nil {
			missed++
			continue
		}
		p := &history.Probe{Broker: group, Start: at, End: at + ms1, Outcome: history.OK, Skipped: missed}
		missed = 0
		if c.hit("down", group, -1, at) != nil {
			p.Outcome, p.End = history.Unknown, at+3*interval/2
		}
		c.h = append(c.h, p)
	}
}
