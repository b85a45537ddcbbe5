package availability

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// bucket is the step in which one queue's attempts and acknowledgements are counted.
const bucket = time.Second

// Series counts one queue's attempts over time, in memory that follows the seconds in which there were any.
type Series struct{ counts []count }

// count is one second of a Series.
type count struct {
	at   int64 // in buckets
	acks uint32
	ok   uint32 // attempts that began and were acknowledged
	bad  uint32 // attempts that began and were not
	over uint32 // attempts that ended without an acknowledgement
}

func bucketOf(t time.Duration) int64 {
	n := int64(t / bucket)
	if t < 0 && t%bucket != 0 {
		n--
	}
	return n
}

// Add takes one attempt.
func (s *Series) Add(r *history.Send) {
	if r.Outcome == history.OK {
		s.in(bucketOf(r.Start)).ok++
		s.in(bucketOf(r.End)).acks++
		return
	}
	s.in(bucketOf(r.Start)).bad++
	s.in(bucketOf(r.End)).over++
}

// Any tells whether there was an attempt.
func (s *Series) Any() bool { return len(s.counts) > 0 }

// in gives the count of a bucket, mostly that of the latest.
func (s *Series) in(at int64) *count {
	if n := len(s.counts); n > 0 && s.counts[n-1].at == at {
		return &s.counts[n-1]
	}
	i, there := slices.BinarySearchFunc(s.counts, at, func(c count, at int64) int { return cmp.Compare(c.at, at) })
	if !there {
		s.counts = slices.Insert(s.counts, i, count{at: at})
	}
	return &s.counts[i]
}

// Merge adds what another history knows of the queue.
func (s *Series) Merge(o *Series) {
	for _, c := range o.counts {
		d := s.in(c.at)
		d.acks, d.ok, d.bad, d.over = d.acks+c.acks, d.ok+c.ok, d.bad+c.bad, d.over+c.over
	}
}

// byGroup adds up the queues of each broker group, in the order of the queues.
func byGroup(queues []Queue) (out []Queue) {
	index := map[string]int{}
	for _, q := range queues {
		i, there := index[q.Group]
		if !there {
			i = len(out)
			index[q.Group] = i
			out = append(out, Queue{Group: q.Group, Name: groupName(q.Group), Series: &Series{}})
		}
		out[i].Series.Merge(q.Series)
	}
	return out
}

// watchQueues watches each queue by the sends to it.
func (t *Times) watchQueues(queues []Queue, o Options) iter.Seq[Watch] {
	return func(yield func(Watch) bool) {
		for _, q := range queues {
			if !yield(t.watchSeries(q, o)) {
				return
			}
		}
	}
}

// groupName names what all queues of a broker group are together.
type groupName string

func (g groupName) String() string { return "group " + string(g) }

// watchSeries finds the stretches in which a queue, or a group, was sent to and did not serve. What was sent and names no
// broker group may have been meant for it.
func (t *Times) watchSeries(q Queue, o Options) Watch {
	w := Watch{Who: q.Name.String(), Group: q.Group, Did: "sent to", Start: t.first, End: t.lastEnd, Resolution: bucket}
	gap := t.seriesGap(q.Series, o)
	s := &seriesPauser{gap: gap, idle: max(gap, o.StableFor), w: &w}
	own, other := q.Series.counts, t.nowhere.counts
	for len(own) > 0 || len(other) > 0 {
		var c, unnamed count
		if len(own) > 0 && (len(other) == 0 || own[0].at <= other[0].at) {
			c, own = own[0], own[1:]
		} else {
			c.at = other[0].at
		}
		if len(other) > 0 && other[0].at == c.at {
			unnamed, other = other[0], other[1:]
		}
		s.take(c, unnamed)
	}
	s.end(t.lastEnd)
	w.Hard = append(s.warming, w.Interruptions...)
	return w
}

// seriesGap is the longest silence that is no pause: 2 s, or at a low rate five times the mean distance of the attempts
// before the first fault, up to a cap.
func (t *Times) seriesGap(s *Series, o Options) time.Duration {
	gap, until := max(o.StableGap, 2*bucket), t.lastEnd
	if faults := t.Faults(); len(faults) > 0 {
		until = faults[0].Start
	}
	n, first, last := int64(0), int64(0), int64(0)
	for _, c := range s.counts {
		if c.at > bucketOf(until) {
			break
		}
		if n == 0 {
			first = c.at
		}
		n, last = n+int64(c.ok)+int64(c.bad), c.at
	}
	if n >= 2 {
		gap = max(gap, 5*time.Duration(last-first)*bucket/time.Duration(n-1))
	}
	return min(gap, max(longestGap, o.StableGap))
}

// seriesPauser finds pauses while it goes through the seconds of a Series.
type seriesPauser struct {
	gap, idle time.Duration
	w         *Watch
	trying    bool
	from      int64
	running   int64
	seen      int64 // the second after the latest
	began     bool
	warming   []Outage // pauses before it first served
}

// take goes on to the next second, with what was sent in it without the name of a broker group: that is an attempt as well,
// and says nothing of how often the queue serves.
func (s *seriesPauser) take(c, unnamed count) {
	if quiet := time.Duration(c.at-s.seen) * bucket; s.began && s.running <= 0 && quiet > s.idle {
		s.close(time.Duration(s.seen)*bucket, false)
		s.trying = false
		s.w.Blind = append(s.w.Blind, Outage{Start: time.Duration(s.seen) * bucket, End: time.Duration(c.at) * bucket})
	}
	served := c.acks > 0 && 2*c.ok >= c.ok+c.bad
	if served {
		s.close(time.Duration(c.at)*bucket, false)
		s.trying = false
		if !s.w.Served {
			s.w.Served, s.w.FirstServed = true, time.Duration(c.at)*bucket
		}
	}
	s.running += int64(c.ok) + int64(c.bad) + int64(unnamed.bad) - int64(c.acks) - int64(c.over) - int64(unnamed.over)
	if !s.trying && (!served && c.ok+c.bad+unnamed.bad > 0 || served && s.running > 0) {
		s.trying, s.from = true, c.at
		if served {
			s.from++
		}
	}
	s.seen, s.began = c.at+1, true
}

func (s *seriesPauser) close(at time.Duration, open bool) {
	x := Outage{Start: time.Duration(s.from) * bucket, End: at, Open: open}
	switch {
	case !s.trying || x.Length() <= s.gap:
	case s.w.Served:
		s.w.Interruptions = append(s.w.Interruptions, x)
	default:
		s.warming = append(s.warming, x)
	}
}

// end closes the series where the sends of the whole cluster end: what was not sent to until then was blind.
func (s *seriesPauser) end(last time.Duration) {
	if quiet := last - time.Duration(s.seen)*bucket; s.began && s.running <= 0 && quiet > s.idle {
		s.close(time.Duration(s.seen)*bucket, false)
		s.w.Blind = append(s.w.Blind, Outage{Start: time.Duration(s.seen) * bucket, End: last})
		return
	}
	s.close(last, true)
}
