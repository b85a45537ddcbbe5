package verify

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/rmqproof/rmqproof/history"
)

// tickLength is the step in which sends are counted over time.
const tickLength = 10 * time.Millisecond

// maxTickPages bounds the counts over time to two days of traffic; times that spread further are no clock's. It
// is a variable for the tests' sake.
var maxTickPages = 1 << 14

// tick counts what happened in one step of time.
type tick struct {
	acks uint32 // acknowledgements that arrived
	ok   uint32 // sends that began and were acknowledged
	bad  uint32 // sends that began and were not
	over uint32 // sends that ended without one
}

type tickPage [pageBits]tick

// times is what is known of the course of the run. It holds counts per step, and each probe and span.
type times struct {
	ticks    pages[tickPage]
	pageN    int
	wide     bool  // times spread further than can be counted
	backward int64 // operations that ended before they began
	intended *hdrhistogram.Histogram
	actual   *hdrhistogram.Histogram
	probes   map[string][]probe
	spans    []history.Span
	lastEnd  time.Duration // the latest end of a send
}

// probe is one probe, packed: a run may hold many.
type probe struct {
	start, end time.Duration
	ok         bool
}

func newTimes() *times {
	const hour = int64(time.Hour)
	return &times{
		intended: hdrhistogram.New(1, hour, 3), actual: hdrhistogram.New(1, hour, 3),
		probes: map[string][]probe{},
	}
}

// step gives the number of a time's tick. Times before the run's start keep their order.
func step10(t time.Duration) uint64 {
	n := int64(t / tickLength)
	if t < 0 && t%tickLength != 0 {
		n--
	}
	return uint64(n) + 1<<63
}

func (t *times) tick(at time.Duration) *tick {
	n := step10(at)
	p := t.ticks.find(n)
	if p == nil {
		if t.pageN++; t.pageN > maxTickPages {
			t.wide = true
			return &tick{}
		}
		p = t.ticks.at(n)
	}
	return &p[n&pageMask]
}

func (t *times) send(r *history.Send) {
	if r.End < r.Start {
		t.backward++
		return
	}
	t.lastEnd = max(t.lastEnd, r.End)
	if r.Outcome != history.OK {
		t.tick(r.Start).bad++
		t.tick(r.End).over++
		return
	}
	t.tick(r.Start).ok++
	t.tick(r.End).acks++
	record(t.intended, r.End-r.Intended)
	record(t.actual, r.End-r.Start)
}

// record books a latency. What is beyond the histogram's ends is booked at its end.
func record(h *hdrhistogram.Histogram, d time.Duration) {
	v := min(max(int64(d), 1), h.HighestTrackableValue())
	_ = h.RecordValue(v) // cannot fail: v is within the bounds
}

func (t *times) probe(r *history.Probe) {
	if r.End < r.Start {
		t.backward++
		return
	}
	t.probes[r.Broker] = append(t.probes[r.Broker], probe{r.Start, r.End, r.Outcome == history.OK})
}

func (t *times) span(r *history.Span) {
	if r.End < r.Start {
		t.backward++
	}
	t.spans = append(t.spans, *r)
}

// merge adds what o knows.
func (t *times) merge(o *times) {
	for no, p := range o.ticks.all() {
		for i := range p {
			if p[i] == (tick{}) {
				continue
			}
			d := t.tick(timeOf(no<<pageShift + uint64(i)))
			d.acks, d.ok, d.bad, d.over = d.acks+p[i].acks, d.ok+p[i].ok, d.bad+p[i].bad, d.over+p[i].over
		}
	}
	t.intended.Merge(o.intended)
	t.actual.Merge(o.actual)
	for g, l := range o.probes {
		t.probes[g] = append(t.probes[g], l...)
	}
	t.spans = append(t.spans, o.spans...)
	t.wide = t.wide || o.wide
	t.backward += o.backward
	t.lastEnd = max(t.lastEnd, o.lastEnd)
}
