package facts

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// instead says what the final scan found where a lost message should lie, if it looked there.
func (q *comparison) instead(at QueueID, offset int64) string {
	s := q.queues.of(at).scanOfMaster()
	switch {
	case s == nil || offset < 0:
		return ""
	case q.queues.of(at).master().own().has(offset):
		return "; another message lies there"
	case slices.Contains(s.Holes, offset):
		return "; nothing lies there: the broker passed over it"
	case offset >= s.Max:
		return fmt.Sprintf("; the queue ends at %d", s.Max)
	case offset < front(s):
		return fmt.Sprintf("; the queue begins at %d", front(s))
	}
	return "; nothing lies there"
}

// scanOfMaster is the final scan of the queue's master, nil where there is none.
func (x *queue) scanOfMaster() *scan {
	if x == nil {
		return nil
	}
	return x.master().final()
}

// delivered names the consumer groups that were given a lost message.
func delivered(groups map[string]bool) string {
	if len(groups) == 0 {
		return ""
	}
	return "; it had been delivered to " + strings.Join(sortedKeys(groups), ", ")
}

// countPlace counts a lost message whose place explains it: below its queue's lowest offset there was a deletion.
func (q *comparison) countPlace(s *history.Send) {
	scan := q.queues.of(QueueID{s.Topic, s.Broker, s.Queue}).scanOfMaster()
	switch {
	case scan == nil || s.Offset < 0:
	case s.Offset < front(scan):
		q.belowLowest++
	case slices.Contains(scan.Holes, s.Offset):
		q.passedOver++
	}
}

// during says how far into which fault a time lies.
func (q *comparison) during(at time.Duration) string {
	for _, s := range q.times.Spans() {
		if s.Phase == history.Fault && s.Start <= at && at < s.End {
			return fmt.Sprintf("; %s into %q", Seconds(at-s.Start), s.Name)
		}
	}
	return ""
}
