package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// chaosRun draws a small history of a cluster that may do anything: most of what it does is right, so that
// every wrong that it does is often the only one.
type chaosRun struct {
	*rapid.T
	wrong float64 // how likely each single wrong is
	base  int64   // of all offsets
	next  [2]uint64
	logs  map[queueID][]history.Found
	h     history.Slice
	sends []*history.Send
	now   time.Duration
}

func (c *chaosRun) chance(p float64, what string) bool {
	return rapid.Float64Range(0, 1).Draw(c.T, what) < p
}

func (c *chaosRun) upTo(n int, what string) int { return rapid.IntRange(0, n).Draw(c.T, what) }

func drawRun(t *rapid.T) history.Slice {
	c := &chaosRun{T: t, logs: map[queueID][]history.Found{}}
	c.wrong = rapid.SampledFrom([]float64{0, 0.02, 0.1}).Draw(t, "wrong")
	c.base = rapid.SampledFrom([]int64{0, 1020, 1 << 40}).Draw(t, "base")
	run := &history.Run{Version: 1, ID: "drawn", Promise: []byte(`{"copies":` + fmt.Sprint(1+c.upTo(1, "copies")) + `}`)}
	if c.chance(0.5, "ordered") {
		run.Ordered = []string{"t"}
	}
	c.h = append(c.h, run)
	for range c.upTo(14, "sends") {
		c.send()
	}
	c.deliveries()
	for _, q := range slices.SortedFunc(maps.Keys(c.logs), facts.CompareQueues) {
		slave, first := c.chance(0.4, "slave"), c.chance(0.2, "slave is scanned first")
		if slave && first {
			c.scan(q, false)
		}
		c.scan(q, true)
		if slave && !first {
			c.scan(q, false)
		}
	}
	return c.h
}

// send draws one send, where it lands, and what is answered.
func (c *chaosRun) send() {
	c.now += time.Duration(c.upTo(3, "pause")) * ms1
	n := len(c.sends)
	q := queueOf("t", []string{"a", "b"}[c.upTo(1, "broker")], int32(c.upTo(1, "queue")))
	producer := uint32(c.upTo(1, "producer"))
	s := &history.Send{Producer: producer, Seq: c.next[producer], Topic: q.Topic, Key: []string{"", "k", "l"}[c.upTo(2, "key")],
		Start: c.now, End: c.now + time.Duration(c.upTo(4, "took"))*ms1, Broker: q.Broker, Queue: q.Number, Offset: c.base + int64(len(c.logs[q]))}
	s.Intended = s.Start
	s.Outcome = []history.Outcome{history.OK, history.OK, history.OK, history.OK, history.Unknown, history.Failed}[c.upTo(5, "outcome")]
	if s.Outcome == history.OK != c.chance(c.wrong, "dropped or phantom") || s.Outcome == history.Unknown && c.chance(0.5, "lands") {
		c.logs[q] = append(c.logs[q], history.Found{Topic: q.Topic, Broker: q.Broker, Queue: q.Number, Producer: s.Producer, Seq: s.Seq, Intact: true})
	}
	if s.Outcome != history.OK {
		s.Broker, s.Queue, s.Offset = "", 0, -1
	} else if c.chance(c.wrong, "dishonest") {
		s.Offset = c.base + int64(c.upTo(8, "offset"))
	}
	c.next[producer]++
	if c.chance(c.wrong/4, "record gone") {
		return
	}
	if n > 0 && c.chance(c.wrong/4, "recorded twice") {
		s.Producer, s.Seq = c.sends[n-1].Producer, c.sends[n-1].Seq
	}
	c.sends = append(c.sends, s)
	c.h = append(c.h, s)
}

// damage draws what a replica makes of a queue's log.
func (c *chaosRun) damage(log []history.Found) []history.Found {
	log = slices.Clone(log)
	if n := len(log); n > 1 && c.chance(c.wrong, "swap") {
		i, j := c.upTo(n-1, "i"), c.upTo(n-1, "j")
		log[i], log[j] = log[j], log[i]
	}
	if n := len(log); n > 0 && c.chance(c.wrong, "double") {
		log = append(log, log[c.upTo(n-1, "which")])
	}
	if n := len(log); n > 0 && c.chance(c.wrong, "corrupt") {
		log[c.upTo(n-1, "which")].Intact = false
	}
	if c.chance(c.wrong, "phantom") {
		log = append(log, history.Found{Topic: "t", Producer: 7, Seq: 7, Intact: true})
	}
	if n := len(log); n > 0 && c.chance(2*c.wrong, "cut") {
		log = log[:c.upTo(n-1, "left")]
	}
	return log
}

// scan draws one or two scans of a queue on a replica.
func (c *chaosRun) scan(q queueID, master bool) {
	log := c.damage(c.logs[q])
	if c.chance(0.1, "first scan") {
		c.scanOnce(q, master, c.damage(log), 90*time.Second)
	}
	if !c.chance(c.wrong, "unscanned") {
		c.scanOnce(q, master, log, 100*time.Second)
	}
}

func (c *chaosRun) scanOnce(q queueID, master bool, log []history.Found, end time.Duration) {
	replica := q.Broker + "/slave"
	if master {
		replica = q.Broker + "/master"
	}
	for i, f := range log {
		f.Replica, f.Broker, f.Queue, f.Offset = replica, q.Broker, q.Number, c.base+int64(i)
		if c.chance(c.wrong, "hole") {
			continue
		}
		c.h = append(c.h, &f)
		if c.chance(c.wrong/2, "read again") {
			c.h = append(c.h, &f)
		}
		if c.chance(c.wrong/2, "read as another") {
			g := f
			g.Seq++
			c.h = append(c.h, &g)
		}
		if c.chance(c.wrong/2, "read as one that lies elsewhere") {
			g, o := f, log[c.upTo(len(log)-1, "which")]
			g.Producer, g.Seq, g.Intact = o.Producer, o.Seq, o.Intact
			c.h = append(c.h, &g)
		}
	}
	if c.chance(c.wrong/2, "not ended") {
		return
	}
	if c.chance(c.wrong/2, "ended early") {
		end = 5 * ms1
	}
	c.h = append(c.h, &history.Scan{Replica: replica, Master: master, Topic: q.Topic, Broker: q.Broker, Queue: q.Number, Min: c.base,
		Max: c.base + int64(len(log)), Complete: !c.chance(c.wrong, "incomplete"), End: end})
}

// deliveries draws what consumer groups were given.
func (c *chaosRun) deliveries() {
	for _, g := range []string{"g", "h"}[:c.upTo(2, "groups")] {
		at := c.now
		for _, q := range slices.SortedFunc(maps.Keys(c.logs), facts.CompareQueues) {
			for i, f := range c.logs[q] {
				at += ms1
				d := &history.Deliver{Group: g, Topic: q.Topic, Broker: q.Broker, Queue: q.Number, Offset: c.base + int64(i), Producer: f.Producer, Seq: f.Seq, Attempt: 1, Start: at}
				if c.chance(c.wrong, "late") {
					d.Start -= time.Duration(c.upTo(10, "by")) * ms1
				}
				if c.chance(c.wrong, "another") {
					d.Seq += uint64(c.upTo(2, "further"))
				}
				if c.chance(c.wrong, "skipped") {
					continue
				}
				c.h = append(c.h, d)
				if c.chance(0.1, "redelivered") {
					c.h = append(c.h, d)
				}
			}
		}
	}
}

// verdicts judges by the claims that the oracle knows.
func verdicts(t *rapid.T, readers []history.Reader) (map[string]Verdict, Report) {
	o := newOracle(nil).judge()
	r, err := JudgeAll(readers, Options{Claims: named(sortedKeys(o)...)})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Verdict{}
	for _, c := range r.Claims {
		got[c.ID] = c.Verdict
	}
	return got, r
}

func write(h history.Slice) string {
	var b strings.Builder
	if err := history.WriteLines(&b, h); err != nil {
		return err.Error()
	}
	return b.String()
}

func TestJudgeAgreesWithTheOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawRun(t)
		got, r := verdicts(t, []history.Reader{h})
		o := newOracle(h)
		if d := cmp.Diff(o.judge(), got); d != "" {
			t.Fatalf("oracle (-) and judge (+) disagree:\n%s\n%s\n%s", d, r.Text(), write(h))
		}
		lost, _ := o.missing()
		c, _ := r.Claim(NoAckedLoss)
		if !o.twice() && c.Counts["lost"] != int64(len(lost)) {
			t.Fatalf("%d are lost, the judge counts %d\n%s", len(lost), c.Counts["lost"], write(h))
		}
	})
}

// TestAnyPartitionInAnyOrder splits a history among agents and judges the parts in any order.
func TestAnyPartitionInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawRun(t)
		want, whole := verdicts(t, []history.Reader{h})
		got, merged := verdicts(t, split(t, h))
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("whole (-) and merged (+) disagree:\n%s\n%s\n%s\n%s", d, whole.Text(), merged.Text(), write(h))
		}
		for i, c := range whole.Claims {
			if d := cmp.Diff(c.Counts, merged.Claims[i].Counts); d != "" {
				t.Fatalf("counts of %s disagree: %s\n%s", c.ID, d, write(h))
			}
		}
	})
}

// TestHistoriesMergeInAnyOrder judges three parts in every order.
func TestHistoriesMergeInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := split(t, drawRun(t))
		text := func(a, b, c int) string {
			r, err := JudgeAll([]history.Reader{l[a], l[b], l[c]}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			said := string(r.Verdict)
			for _, c := range r.Claims {
				said += fmt.Sprintln(c.ID, c.Verdict, c.Why, c.Counts, c.Named)
			}
			return said
		}
		want := text(0, 1, 2)
		for _, p := range [][3]int{{0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
			if got := text(p[0], p[1], p[2]); got != want {
				t.Fatalf("in the order %v: %s", p, cmp.Diff(want, got))
			}
		}
	})
}

// split deals a history to three agents: a producer's sends to one, a queue's scans on a replica to one, a
// group's deliveries of a queue to any.
func split(t *rapid.T, h history.Slice) []history.Reader {
	agents := make([]history.Slice, 3)
	owner := map[string]int{}
	for _, r := range h {
		key := fmt.Sprintf("%p", r)
		switch r := r.(type) {
		case *history.Send:
			key = fmt.Sprint("send", r.Producer)
		case *history.Found:
			key = fmt.Sprint("scan", r.Replica, r.Queue)
		case *history.Scan:
			key = fmt.Sprint("scan", r.Replica, r.Queue)
		case *history.Run:
			key = "run"
		}
		if _, ok := owner[key]; !ok {
			owner[key] = rapid.IntRange(0, 2).Draw(t, "agent")
		}
		agents[owner[key]] = append(agents[owner[key]], r)
	}
	readers := []history.Reader{}
	for _, i := range rapid.Permutation([]int{0, 1, 2}).Draw(t, "order") {
		readers = append(readers, agents[i])
	}
	return readers
}
