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
func front(s *history.Scan) int64 { return max(s.Min, s.Expired) }

// belowFront reports whether a send's offset lies where its master's scan says that the log was deleted.
func (q *comparison) belowFront(s *history.Send) bool {
	scan := q.queues.all[QueueID{s.Topic, s.Broker, s.Queue}].scanOfMaster()
	return scan != nil && s.Offset >= 0 && s.Offset < scan.Expired
}

// learnAge notes the oldest acknowledged message that each group's master holds.
func (q *comparison) learnAge(s *history.Send) {
	if s.Outcome != history.OK || !q.ids.at(ID{s.Producer, s.Seq}).master.Has(uint16(s.Seq&sets.PageMask)) {
		return
	}
	if was, known := q.oldest[s.Broker]; !known || s.End < was {
		q.oldest[s.Broker] = s.End
	}
}

// deleted reports whether a missing message went with the front of the log: one that is older would have gone with it.
func (q *comparison) deleted(s *history.Send) bool {
	oldest, any := q.oldest[s.Broker]
	return q.belowFront(s) && (!any || oldest+ageSlack >= s.Start)
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
