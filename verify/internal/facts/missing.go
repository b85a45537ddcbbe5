package facts

import (
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// sighting is what the histories say of one message that is not simply where it should be.
type sighting struct {
	send  *history.Send // where it was acknowledged
	lies  []Location    // on masters, each once
	copy  string        // a replica other than the master that holds it
	given map[string]bool
}

// compareMissing reads the histories again for the messages that are missing, misplaced, damaged or found twice.
func (q *comparison) compareMissing() error {
	missing, doubles, about := q.wanted.missing, q.wanted.doubles, q.wanted.about
	q.wanted.want(sortedIDs(q.misplaced)...)
	beyond := q.totals.Lost > int64(len(missing))
	if !q.wanted.open && !beyond {
		return q.judgeWanted(missing, doubles)
	}
	err := q.eachWanted(func(r history.Record) {
		if s, ok := r.(*history.Send); ok && beyond {
			q.countMissing(about, s)
		}
	})
	if err != nil {
		return err
	}
	return q.judgeWanted(missing, doubles)
}

func (q *comparison) judgeWanted(missing, doubles []ID) error {
	about := q.wanted.about
	for _, m := range doubles {
		q.judgeDouble(m, about[m])
	}
	for _, m := range missing {
		q.judgeMissing(m, about[m])
		q.judgeGiven(m, about[m])
	}
	for _, m := range sortedIDs(q.misplaced) {
		if _, known := slices.BinarySearchFunc(missing, m, CompareIDs); !known {
			q.judgeGiven(m, about[m])
		}
	}
	return nil
}

func sortedIDs[V any](m map[ID]V) []ID {
	ids := make([]ID, 0, len(m))
	for i := range m {
		ids = append(ids, i)
	}
	slices.SortFunc(ids, CompareIDs)
	return ids
}

// suspectIDs lists the acknowledged messages that are on no master, and those that are on masters more than once.
func (q *comparison) suspectIDs() (missing, doubles []ID) {
	for first, page := range q.ids.all() {
		for bit := range sets.Ones(page.lost()) {
			if len(missing) < q.options.Bounds.IDs {
				missing = append(missing, ID{first.Producer, first.Seq + uint64(bit)})
			}
		}
		for bit := range sets.Ones(page.double.Words()) {
			if len(doubles) < q.options.Bounds.IDs {
				doubles = append(doubles, ID{first.Producer, first.Seq + uint64(bit)})
			}
		}
	}
	q.truncated = q.truncated || q.totals.Double > int64(len(doubles))
	return missing, doubles
}

// countMissing counts a missing message of those that are too many to be looked at one by one.
func (q *comparison) countMissing(about map[ID]*sighting, s *history.Send) {
	m := ID{s.Producer, s.Seq}
	if s.Outcome != history.OK || about[m] != nil || q.ids.at(m).master.Has(uint16(m.Seq&sets.PageMask)) || q.corrupt[m] {
		return
	}
	if q.undecidable(s) || q.belowFront(s) {
		q.undecided++
		return
	}
	q.lost.Count++
}

// maxLocations bounds the locations that are kept of one message.
const maxLocations = 16

func (f *sighting) seen(r *history.Found, master bool) {
	if !master {
		f.copy = r.Replica
		return
	}
	f.lie(Location{QueueID{r.Topic, r.Broker, r.Queue}, r.Offset})
}

func (f *sighting) lie(s Location) {
	if len(f.lies) < maxLocations && !slices.Contains(f.lies, s) {
		f.lies = append(f.lies, s)
	}
}

func (q *comparison) judgeDouble(m ID, f *sighting) {
	if len(f.lies) < 2 {
		return
	}
	slices.SortFunc(f.lies, func(a, b Location) int {
		if c := CompareQueues(a.QueueID, b.QueueID); c != 0 {
			return c
		}
		return int(min(max(a.Offset-b.Offset, -1), 1))
	})
	if f.lies = slices.DeleteFunc(f.lies, func(l Location) bool { return isInternal(l.Topic) }); len(f.lies) < 2 {
		return
	}
	q.duplicated.Name(m)
	if f.send != nil {
		if at := (QueueID{f.send.Topic, f.send.Broker, f.send.Queue}); q.queues.of(at) != nil {
			q.duplicatedOrders = append(q.duplicatedOrders, orderAt{at, m.Producer})
		}
	}
	q.add(&q.duplicated, func() Violation {
		s := fmt.Sprintf("%s lies at %d offsets:", m, len(f.lies))
		for _, l := range f.lies {
			s += fmt.Sprintf(" %s offset %d;", l.QueueID, l.Offset)
		}
		return Violation{Summary: s[:len(s)-1], Message: &m, Queue: &f.lies[0].QueueID, Offset: f.lies[0].Offset}
	})
}

// judgeMissing tells a lost message from one that lies where no scan looked.
func (q *comparison) judgeMissing(m ID, f *sighting) {
	if q.corrupt[m] {
		return
	}
	if f.send == nil || q.undecidable(f.send) {
		q.undecided++
		return
	}
	if q.deleted(f.send) {
		q.judgeDeleted(f)
		return
	}
	if len(f.given) > 0 {
		if x := q.queues.of(QueueID{f.send.Topic, f.send.Broker, f.send.Queue}); x != nil && x.contradicted != nil {
			q.undecided++ // the scan missed what a consumer was given: it proves no loss
			return
		}
		q.lostDelivered++
	}
	q.countPlace(f.send)
	q.lost.Name(m)
	q.add(&q.lost, func() Violation {
		at := QueueID{f.send.Topic, f.send.Broker, f.send.Queue}
		return Violation{Summary: fmt.Sprintf("%s, sent %s to %s and acknowledged%s, is not found by the final scan%s%s%s",
			m, Seconds(f.send.Start), at, when(f.send.Offset >= 0, fmt.Sprintf(" as offset %d", f.send.Offset)), q.instead(at, f.send.Offset), delivered(f.given), q.during(f.send.Start)),
			Message: &m, Queue: &at, Offset: f.send.Offset, At: &f.send.Start}
	})
}

// undecidable reports whether a missing message may lie where no scan looked, or where something was found that
// could not be compared: it may be damaged there.
func (q *comparison) undecidable(s *history.Send) bool {
	at := QueueID{s.Topic, s.Broker, s.Queue}
	if x := q.queues.of(at); x != nil && x.master() != nil && x.master().found.has(s.Offset) && !q.compared[pageAt{at, uint64(s.Offset) >> sets.PageShift}] {
		return true
	}
	return !q.scannedAfter(s) || q.mayCome(s)
}

// scannedAfter reports whether a complete scan of its queue's master ended after the send was acknowledged, and the message
// was due.
func (q *comparison) scannedAfter(s *history.Send) bool {
	if s.Broker == "" || s.Offset < 0 && !s.KeptApart() { // it may lie in any queue
		return !slices.ContainsFunc(q.sorted, func(x *queue) bool { return x.Topic == s.Topic && !x.readAfter(max(s.End, s.Due)) })
	}
	x := q.queues.of(QueueID{s.Topic, s.Broker, s.Queue})
	return x != nil && x.readAfter(max(s.End, s.Due))
}

func (x *queue) readAfter(t time.Duration) bool {
	return x.master().complete() && x.master().final().End >= t
}

// judgeGiven looks whether a message that is not where it was acknowledged was delivered nevertheless.
func (q *comparison) judgeGiven(m ID, f *sighting) {
	if f.send == nil {
		return
	}
	if x := q.queues.of(QueueID{f.send.Topic, f.send.Broker, f.send.Queue}); x != nil && x.master().final() == nil {
		return // there is no scan of its queue to judge by
	}
	at := QueueID{f.send.Topic, f.send.Broker, f.send.Queue}
	for _, name := range sortedKeys(q.groups) {
		g := q.groups[name]
		if !g.topics[f.send.Topic] || f.given[name] {
			continue
		}
		if x := q.queues.of(at); x != nil && len(f.lies) == 0 && (f.send.KeptApart() || f.send.Offset > x.given(name).high) && q.undecidable(f.send) {
			g.pending++ // it may lie there, and the group has not come to it
			continue
		}
		q.add(&g.undelivered, func() Violation {
			return Violation{Summary: fmt.Sprintf("%s was acknowledged and never delivered to group %s", m, name),
				Message: &m, Queue: &QueueID{f.send.Topic, f.send.Broker, f.send.Queue}, Offset: f.send.Offset, At: &f.send.Start}
		})
	}
}
