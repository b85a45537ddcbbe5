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
	acks  uint32 // acknowledgements that arrived
	ok    uint32 // sends that began and were acknowledged
	bad   uint32 // sends that began and were not
	over  uint32 // sends that ended without one
	asked uint32 // sends that were due, without retries
}

type tickPage [sets.PageBits]tick

// Times is what is known of the course of the run. It holds counts per step, and each probe and span.
type Times struct {
	ticks          sets.Paged[tickPage]
	pageN          int
	limit          int
	wide           bool  // times spread further than can be counted
	backward       int64 // operations that ended before they began
	intended       *hdrhistogram.Histogram
	actual         *hdrhistogram.Histogram
	probes         map[string][]probe
	spans          []history.Span
	first, lastEnd time.Duration // the earliest start and the latest end of a send
	sent           bool
	nowhere        Series     // attempts that were not acknowledged and name no broker group
	free           byProducer // when the latest of a producer's sends ended
	late           []Outage   // stretches in which a producer was due and had nothing under way
}

// probe is one probe, packed: a run may hold many.
type probe struct {
	start, end time.Duration
	ok         bool
	skipped    int32
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

// Send takes one send, and reports whether its times can be used. One that was meant to fail is no attempt.
func (t *Times) Send(r *history.Send) bool {
	if !t.usable(r.Start, r.End) || r.ToFail() && r.Outcome != history.OK {
		return false
	}
	if !t.sent || r.Start < t.first {
		t.first, t.sent = r.Start, true
	}
	t.lastEnd = max(t.lastEnd, r.End)
	t.due(r)
	if r.Outcome != history.OK {
		t.tick(r.Start).bad++
		t.tick(r.End).over++
		if r.Broker == "" {
			t.nowhere.Add(r)
		}
		return true
	}
	t.tick(r.Start).ok++
	t.tick(r.End).acks++
	record(t.intended, r.End-r.Intended)
	record(t.actual, r.End-r.Start)
	return true
}

// farthest is how far from the run's start a time may lie: what is beyond is no clock's.
const farthest = 100 * 24 * time.Hour

// usable reports whether the times of an operation can be.
func (t *Times) usable(start, end time.Duration) bool {
	switch {
	case end < start:
		t.backward++
	case start < -farthest || end > farthest:
		t.wide = true
	default:
		return true
	}
	return false
}

// Moment takes a time at which something else happened. One beyond all bounds is no clock's.
func (t *Times) Moment(at time.Duration) { t.wide = t.wide || at < -farthest || at > farthest }

// LagBound is how late a producer with nothing under way may send.
const LagBound = 2 * time.Second

// maxLate bounds the stretches that are remembered.
const maxLate = 1 << 12

// due books when the schedule wanted a send, and whether its producer was late by itself: with nothing under way that
// could have held it.
func (t *Times) due(r *history.Send) {
	if !r.Retry {
		at := r.Start
		if r.Intended > 0 && r.Intended < r.Start {
			at = r.Intended
			t.lag(r)
		}
		t.tick(at).asked++
	}
	free := t.free.at(r.Producer)
	*free = max(*free, r.End)
}

func (t *Times) lag(r *history.Send) {
	if r.Start-r.Intended <= LagBound || len(t.late) == maxLate {
		return
	}
	if from := max(r.Intended, *t.free.at(r.Producer)); r.Start-from > LagBound {
		t.late = append(t.late, Outage{Start: from, End: r.Start})
	}
}

// byProducer keeps a time for each producer: in a slice while numbers are small and dense, as they mostly are.
type byProducer struct {
	low  []time.Duration
	rest map[uint32]*time.Duration
}

// denseProducers bounds the slice.
const denseProducers = 1 << 12

func (b *byProducer) at(producer uint32) *time.Duration {
	if producer < uint32(len(b.low)) {
		return &b.low[producer]
	}
	if producer < denseProducers {
		b.low = append(b.low, make([]time.Duration, int(producer)+1-len(b.low))...)
		return &b.low[producer]
	}
	if b.rest == nil {
		b.rest = map[uint32]*time.Duration{}
	}
	d := b.rest[producer]
	if d == nil {
		d = new(time.Duration)
		b.rest[producer] = d
	}
	return d
}

// record books a latency. What is beyond the histogram's ends is booked at its end.
func record(h *hdrhistogram.Histogram, d time.Duration) {
	v := min(max(int64(d), 1), h.HighestTrackableValue())
	_ = h.RecordValue(v) // cannot fail: v is within the bounds
}

// Probe takes one probe.
func (t *Times) Probe(r *history.Probe) {
	if t.usable(r.Start, r.End) {
		skipped := int32(min(max(r.Skipped, 0), 1<<30))
		t.probes[r.Broker] = append(t.probes[r.Broker], probe{r.Start, r.End, r.Outcome == history.OK, skipped})
	}
}

// Span takes one span.
func (t *Times) Span(r *history.Span) {
	if !t.usable(r.Start, r.End) && t.wide {
		return
	}
	s := *r
	s.Extra = nil
	t.spans = append(t.spans, s)
}

// Merge adds what o knows.
func (t *Times) Merge(o *Times) {
	for no, p := range o.ticks.All() {
		for i := range p {
			if p[i] == (tick{}) {
				continue
			}
			d := t.tick(timeOf(no<<sets.PageShift + uint64(i)))
			d.acks, d.ok, d.bad, d.over, d.asked = d.acks+p[i].acks, d.ok+p[i].ok, d.bad+p[i].bad, d.over+p[i].over, d.asked+p[i].asked
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
	if o.sent && (!t.sent || o.first < t.first) {
		t.first, t.sent = o.first, true
	}
	t.lastEnd = max(t.lastEnd, o.lastEnd)
	t.nowhere.Merge(&o.nowhere)
	t.late = append(t.late, o.late...)
}

// Backward is how many operations ended before they began.
func (t *Times) Backward() int64 { return t.backward }

// Wide reports whether the times spread further than can be counted.
func (t *Times) Wide() bool { return t.wide }

// Sound is the start of the first span before a fault, or nil where there is none.
func (t *Times) Sound() *time.Duration {
	for _, s := range t.Spans() {
		if s.Phase == history.Before {
			return &s.Start
		}
	}
	return nil
}
