package facts

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// complete reports whether every queue in want has a complete final scan on its master; if not, which lacks one.
func (q *comparison) complete(want func(*queue) bool) (string, bool) {
	for _, x := range q.sorted {
		if why := x.lack(); want(x) && why != "" {
			return x.String() + ": " + why, false
		}
	}
	return "", true
}

// lack says what a queue's scan lacks.
func (x *queue) lack() string {
	switch m := x.master(); {
	case m == nil && slices.ContainsFunc(x.replicas, func(r *replica) bool { return !r.told && r.touched() }):
		return "the scan of its master did not end"
	case m == nil || !m.touched():
		return "its master was not scanned"
	case m.mixed:
		return "its master was scanned in more than one history"
	case m.unfinished || len(m.scans) == 0:
		return "the scan of its master did not end"
	case !m.final().Complete:
		return "the scan of its master is not complete" + because(m.final().Why)
	case !m.inBounds():
		return fmt.Sprintf("the scan of its master contradicts itself: it found offsets from %d to %d and says that it read [%d, %d)",
			m.low, m.found.high, m.final().Min, m.final().Max)
	}
	if g := x.contradicted; g != nil {
		return fmt.Sprintf("the scan of its master ends at %d, and offset %d had been delivered to group %s before", x.end(x.master()), g.last.offset, g.group)
	}
	return ""
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ": " + why
}

// inBounds reports whether all that the final scan found lies where it says that it read.
func (r *replica) inBounds() bool {
	s := r.final()
	return r.found.count == 0 || r.low >= s.Min && r.found.high < s.Max
}

// end is where a queue ends by the offsets that its messages name themselves.
func (x *queue) end(m *replica) int64 {
	if m.said == nil {
		return m.final().Max
	}
	return max(m.final().Max, m.said.high+1)
}

// beyondEnd gives a group that was given an offset beyond the end that a later scan of the master found: one of the two
// is wrong. Of several it is the first by name, whichever history was read first.
func (x *queue) beyondEnd() *given {
	m := x.master()
	if !m.complete() {
		return nil
	}
	var found *given
	for _, g := range x.groups {
		if g.last.offset >= x.end(m) && g.last.end <= m.final().End && (found == nil || g.group < found.group) {
			found = g
		}
	}
	return found
}

// findContradictions finds the queues whose final scan ends below an offset that had been delivered. Where a fault came
// after the delivery it may have cut the log; else the scan cannot be believed, and what it does not find is not lost.
func (q *comparison) findContradictions() {
	last := time.Duration(math.MinInt64)
	for _, s := range q.times.Faults() {
		last = max(last, s.End)
	}
	for _, x := range q.sorted {
		if g := x.beyondEnd(); g != nil && g.last.end >= last {
			x.contradicted = g
		}
	}
}

// acknowledged reports whether a queue acknowledged anything.
func acknowledged(x *queue) bool { return x.acks.count > 0 || x.apart }

// onMaster reports whether a message was found on its queue's master.
func (q *comparison) onMaster(r *history.Found) bool {
	x := q.queues.of(QueueID{r.Topic, r.Broker, r.Queue})
	if x == nil {
		return false
	}
	m := x.master()
	return m != nil && m.name == r.Replica
}

// compareEnds compares the ends of every queue that its replicas showed, and on the master those of
// acknowledgements.
func (q *comparison) compareEnds() error {
	for _, x := range q.sorted {
		replicas := slices.Clone(x.replicas)
		slices.SortFunc(replicas, func(a, b *replica) int { return cmp.Compare(a.name, b.name) })
		for _, r := range replicas {
			for _, v := range x.endWentBack(r) {
				q.add(&q.endsBack, func() Violation { return v })
			}
			q.booksDamage(x, r)
		}
	}
	return nil
}

// endWentBack says of each time that the end went back what shows it, at the offset concerned.
func (x *queue) endWentBack(r *replica) (out []Violation) {
	back := func(offset int64, format string, a ...any) {
		out = append(out, Violation{Summary: fmt.Sprintf(format, a...), Queue: &x.QueueID, Offset: offset})
	}
	scans := slices.Concat(r.earlier, r.scans)
	slices.SortStableFunc(scans, func(a, b scan) int { return cmp.Compare(a.End, b.End) })
	var top scan
	for _, s := range scans {
		if s.Max < top.Max {
			back(x.highest.offset, "the end of %s on %s went back from %d at %s to %d at %s", x.QueueID, r.name, top.Max, Seconds(top.End), s.Max, Seconds(s.End))
		} else {
			top = s
		}
		end := s.Max
		if r.said != nil {
			end = max(end, r.said.high+1)
		}
		if h := x.highest; r.master && s.Complete && h.end <= s.End && h.offset >= end {
			back(h.offset, "offset %d of %s was acknowledged at %s, and the scan that ended %s found the queue's end at %d",
				h.offset, x.QueueID, Seconds(h.end), Seconds(s.End), s.Max)
		}
	}
	if g := x.beyondEnd(); r == x.master() && g != nil {
		back(g.last.offset, "offset %d of %s was delivered to group %s at %s, and the scan that ended %s found the queue's end at %d",
			g.last.offset, x.QueueID, g.group, Seconds(g.last.end), Seconds(r.final().End), x.end(r))
	}
	return out
}

// booksDamage counts the damaged messages that a replica holds.
func (q *comparison) booksDamage(x *queue, r *replica) {
	shown := q.damage.Count
	for _, offset := range sortedKeys(r.bad) {
		q.add(&q.damage, func() Violation {
			return Violation{Summary: fmt.Sprintf("%s offset %d on %s holds a damaged message", x, offset, r.name), Queue: &x.QueueID, Offset: offset}
		})
	}
	q.damage.Count = shown + r.broken
}

// Seconds writes a time since the run's start.
func Seconds(t time.Duration) string { return fmt.Sprintf("%.3fs", t.Seconds()) }

// compareUnexpected counts what was seen and never sent, and what was seen although it was refused.
func (q *comparison) compareUnexpected() error {
	for base, page := range q.ids.all() {
		q.unexpected(&q.neverSent, base, page.phantom(), "was found or delivered and never sent")
		q.unexpected(&q.refused, base, page.refused(), "was refused before the append and is found or delivered")
	}
	return nil
}

func (q *comparison) unexpected(t *Tally, base ID, bits sets.Words, how string) {
	for bit := range sets.Ones(bits) {
		m := ID{base.Producer, base.Seq + uint64(bit)}
		t.Name(m)
		q.add(t, func() Violation { return Violation{Summary: m.String() + " " + how, Message: &m} })
	}
}
