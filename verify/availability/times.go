package availability

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// tickLength is the step in which sends are counted over time.
const tickLength = 10 * time.Millisecond

// TickPages bounds the counts over time to two days of traffic: times that spread further are no clock's.
const TickPages = 1 << 14

// tick counts what happened in one step of time.
type tick struct {
	acks uint32 // acknowledgements that arrived
	ok   uint32 // sends that began and were acknowledged
	bad  uint32 // sends that began and were not
	over uint32 // sends that ended without one
}

type tickPage [sets.PageBits]tick

// Times is what is known of the course of the run. It holds counts per step, and each probe and span.
type Times struct {
	ticks    sets.Paged[tickPage]
	pageN    int
	limit    int
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

// NewTimes begins with nothing known. It counts over at most limit stretches of 10.24 s that hold traffic.
func NewTimes(limit int) *Times {
	const hour = int64(time.Hour)
	return &Times{
		limit:    limit,
		intended: hdrhistogram.New(1, hour, 3), actual: hdrhistogram.New(1, hour, 3),
		probes: map[string][]probe{},
	}
}

// step gives the number of a time's tick. Times before the run's start keep their order.
func stepOf(t time.Duration) uint64 {
	n := int64(t / tickLength)
	if t < 0 && t%tickLength != 0 {
		n--
	}
	return uint64(n) + 1<<63
}

func (t *Times) tick(at time.Duration) *tick {
	n := stepOf(at)
	p := t.ticks.Find(n)
	if p == nil {
		if t.pageN++; t.pageN > t.limit {
			t.wide = true
			return &tick{}
		}
		p = t.ticks.At(n)
	}
	return &p[n&sets.PageMask]
}

// Send takes one send.
func (t *Times) Send(r *history.Send) {
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

// Probe takes one probe.
func (t *Times) Probe(r *history.Probe) {
	if r.End < r.Start {
		t.backward++
		return
	}
	t.probes[r.Broker] = append(t.probes[r.Broker], probe{r.Start, r.End, r.Outcome == history.OK})
}

// Span takes one span.
func (t *Times) Span(r *history.Span) {
	if r.End < r.Start {
		t.backward++
	}
	t.spans = append(t.spans, *r)
}

// Merge adds what o knows.
func (t *Times) Merge(o *Times) {
	for no, p := range o.ticks.All() {
		for i := range p {
			if p[i] == (tick{}) {
				continue
			}
			d := t.tick(timeOf(no<<sets.PageShift + uint64(i)))
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

// Backward is how many operations ended before they began.
func (t *Times) Backward() int64 { return t.backward }

// Wide reports whether the times spread further than can be counted.
func (t *Times) Wide() bool { return t.wide }

// LastEnd is the latest end of a send.
func (t *Times) LastEnd() time.Duration { return t.lastEnd }
