package verify

import (
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// facts are what the histories say of one message that is not simply where it should be.
type facts struct {
	send  *history.Send // where it was acknowledged
	lies  []spot        // on masters, each once
	given map[string]bool
}

// spot is a place in a log.
type spot struct {
	place
	offset int64
}

// compareIDs reads the histories again for the messages that are missing, moved, damaged or found twice.
func (q *inquiry) compareIDs() error {
	missing, doubles := q.suspectIDs()
	about := map[id]*facts{}
	for _, l := range [][]id{missing, doubles, sortedIDs(q.moved)} {
		for _, m := range l {
			about[m] = &facts{given: map[string]bool{}}
		}
	}
	beyond := q.totals.lost > int64(len(missing))
	if len(about) == 0 && !beyond {
		return nil
	}
	err := q.each(func(r history.Record) {
		learn(about, r)
		if s, ok := r.(*history.Send); ok && beyond {
			q.countMissing(about, s)
		}
	})
	if err != nil {
		return err
	}
	for _, m := range doubles {
		q.judgeDouble(m, about[m])
	}
	for _, m := range missing {
		q.judgeMissing(m, about[m])
		q.judgeGiven(m, about[m])
	}
	for _, m := range sortedIDs(q.moved) {
		if _, known := slices.BinarySearchFunc(missing, m, compareIDs); !known {
			q.judgeGiven(m, about[m])
		}
	}
	return nil
}

func sortedIDs[V any](m map[id]V) []id {
	ids := make([]id, 0, len(m))
	for i := range m {
		ids = append(ids, i)
	}
	slices.SortFunc(ids, compareIDs)
	return ids
}

// suspectIDs lists the acknowledged messages that are on no master, and those that are on masters more than once.
func (q *inquiry) suspectIDs() (missing, doubles []id) {
	for first, page := range q.ids.all() {
		for bit := range ones(page.lost()) {
			if len(missing) < idsPerRound {
				missing = append(missing, id{first.producer, first.seq + uint64(bit)})
			}
		}
		for bit := range ones(page.double.dense()) {
			if len(doubles) < idsPerRound {
				doubles = append(doubles, id{first.producer, first.seq + uint64(bit)})
			}
		}
	}
	q.open = q.open || q.totals.double > int64(len(doubles))
	return missing, doubles
}

// countMissing counts a missing message of those that are too many to be looked at one by one.
func (q *inquiry) countMissing(about map[id]*facts, s *history.Send) {
	m := id{s.Producer, s.Seq}
	if s.Outcome != history.OK || about[m] != nil || q.ids.at(m).master.has(uint16(m.seq&pageMask)) || q.harmed[m] {
		return
	}
	if q.undecidable(s) {
		q.undecided++
		return
	}
	q.lost.count++
}

func learn(about map[id]*facts, r history.Record) {
	switch r := r.(type) {
	case *history.Send:
		if f := about[id{r.Producer, r.Seq}]; f != nil && r.Outcome == history.OK && f.send == nil {
			c := *r
			c.Extra = nil
			f.send = &c
		}
	case *history.Found:
		if f := about[id{r.Producer, r.Seq}]; f != nil && r.Intact && r.Replica == r.Broker+"/0" {
			f.lie(spot{place{r.Topic, r.Broker, r.Queue}, r.Offset})
		}
	case *history.Deliver:
		if f := about[deliveredID(r)]; f != nil {
			f.given[r.Group] = true
		}
	}
}

// maxSpots bounds the places that are kept of one message.
const maxSpots = 16

func (f *facts) lie(s spot) {
	if len(f.lies) < maxSpots && !slices.Contains(f.lies, s) {
		f.lies = append(f.lies, s)
	}
}

func (q *inquiry) judgeDouble(m id, f *facts) {
	if len(f.lies) < 2 {
		return
	}
	slices.SortFunc(f.lies, func(a, b spot) int {
		if c := comparePlaces(a.place, b.place); c != 0 {
			return c
		}
		return int(min(max(a.offset-b.offset, -1), 1))
	})
	q.doubles.name(m)
	if f.send != nil {
		if at := (place{f.send.Topic, f.send.Broker, f.send.Queue}); q.queues.all[at] != nil {
			q.doubled = append(q.doubled, laneAt{at, m.producer})
		}
	}
	q.add(&q.doubles, func() exhibit {
		s := fmt.Sprintf("%s lies at %d offsets:", m, len(f.lies))
		for _, l := range f.lies {
			s += fmt.Sprintf(" %s offset %d;", l.place, l.offset)
		}
		return exhibit{summary: s[:len(s)-1], message: &m, place: &f.lies[0].place, offset: f.lies[0].offset}
	})
}

// judgeMissing tells a lost message from one that lies where no scan looked.
func (q *inquiry) judgeMissing(m id, f *facts) {
	if q.harmed[m] {
		return
	}
	if f.send == nil || q.undecidable(f.send) {
		q.undecided++
		return
	}
	q.lost.name(m)
	q.add(&q.lost, func() exhibit {
		at := place{f.send.Topic, f.send.Broker, f.send.Queue}
		return exhibit{summary: fmt.Sprintf("%s, sent %s to %s and acknowledged as offset %d, is not found by the final scan%s",
			m, seconds(f.send.Start), at, f.send.Offset, q.during(f.send.Start)), message: &m, place: &at, offset: f.send.Offset}
	})
}

// undecidable reports whether a missing message may lie where no scan looked, or where something was found that
// could not be compared: it may be damaged there.
func (q *inquiry) undecidable(s *history.Send) bool {
	at := place{s.Topic, s.Broker, s.Queue}
	if x := q.queues.all[at]; x != nil && x.master() != nil && x.master().found.has(s.Offset) && !q.compared[pageAt{at, uint64(s.Offset) >> pageShift}] {
		return true
	}
	return !q.scannedAfter(s)
}

// scannedAfter reports whether a complete scan of its queue's master ended after the send was acknowledged.
func (q *inquiry) scannedAfter(s *history.Send) bool {
	if s.Broker == "" || s.Offset < 0 { // it may lie in any queue
		return !slices.ContainsFunc(q.sorted, func(x *queue) bool { return x.topic == s.Topic && !x.readAfter(s.End) })
	}
	x := q.queues.all[place{s.Topic, s.Broker, s.Queue}]
	return x != nil && x.readAfter(s.End)
}

func (x *queue) readAfter(t time.Duration) bool {
	return x.master().complete() && x.master().final().End >= t
}

// judgeGiven looks whether a message that is not where it was acknowledged was delivered nevertheless.
func (q *inquiry) judgeGiven(m id, f *facts) {
	if f.send == nil {
		return
	}
	if x := q.queues.all[place{f.send.Topic, f.send.Broker, f.send.Queue}]; x != nil && x.master().final() == nil {
		return // there is no scan of its queue to judge by
	}
	for _, name := range sortedKeys(q.groups) {
		g := q.groups[name]
		if !g.topics[f.send.Topic] || f.given[name] {
			continue
		}
		q.add(&g.undelivered, func() exhibit {
			return exhibit{summary: fmt.Sprintf("%s was acknowledged and never delivered to group %s", m, name),
				message: &m, place: &place{f.send.Topic, f.send.Broker, f.send.Queue}, offset: f.send.Offset}
		})
	}
}

// seconds writes a time since the run's start.
func seconds(t time.Duration) string { return fmt.Sprintf("%.3fs", t.Seconds()) }

// during says how far into which fault a time lies.
func (q *inquiry) during(at time.Duration) string {
	for _, s := range q.times.spans {
		if s.Phase == history.Fault && s.Start <= at && at < s.End {
			return fmt.Sprintf("; %s into %q", seconds(at-s.Start), s.Name)
		}
	}
	return ""
}
