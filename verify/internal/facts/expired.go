package facts

import (
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// A broker deletes whole files of its log, the oldest first. What it acknowledged and deleted so is expired, and not lost.
// Three things must fit: the broker's log no longer begins at 0, the message's offset lies below the lowest one of its queue,
// and the group holds nothing older. A replica that never had the front of the log looks the same, and then another one
// may hold the message: nothing is concluded of it.

// ageSlack is by how much two producers' clocks may differ.
const ageSlack = time.Second

// front is the offset below which a scan says that everything was deleted.
func front(s *scan) int64 { return max(s.Min, s.Expired) }

// belowFront reports whether a message's place is where its master's scan says that the log was deleted.
func (q *comparison) belowFront(s *history.Send) bool {
	at := q.placeOf(s)
	scan := q.queues.of(at.QueueID).scanOfMaster()
	return scan != nil && at.Offset >= 0 && at.Offset < scan.Expired
}

// placeOf is where a message was acknowledged, or, where it was kept apart first, where a consumer was given it.
func (q *comparison) placeOf(s *history.Send) Location {
	if f := q.fates[ID{s.Producer, s.Seq}]; f != nil && f.given {
		return f.at
	}
	return Location{QueueID{s.Topic, s.Broker, s.Queue}, s.Offset}
}

// learnAge notes the oldest acknowledged message that each group's master holds. One that was kept apart first is younger in its
// topic than its acknowledgement.
func (q *comparison) learnAge(s *history.Send) {
	if s.Outcome != history.OK || s.KeptApart() || !q.ids.at(ID{s.Producer, s.Seq}).master.Has(uint16(s.Seq&sets.PageMask)) {
		return
	}
	if was, known := q.oldest[s.Broker]; !known || s.End < was {
		q.oldest[s.Broker] = s.End
	}
}

// deleted reports whether a missing message went with the front of the log: one that is older would have gone with it.
func (q *comparison) deleted(s *history.Send) bool {
	oldest, any := q.oldest[s.Broker]
	return q.belowFront(s) && (!any || oldest+ageSlack >= max(s.Start, s.Due))
}

func (q *comparison) judgeDeleted(f *sighting) {
	if f.copy != "" {
		q.undecided++
		return
	}
	q.expired++
}

// Expired counts the acknowledged messages that were deleted with the front of the log.
func (f *Facts) Expired() int64 { return f.c.expired }
