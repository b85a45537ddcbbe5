package verify

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// orderDepth is how many acknowledgements of a producer in a queue the first pass keeps.
const orderDepth = 16

// orderRun is one producer's n sends to each of some queues, found where they were acknowledged. The first begins
// before all others and ends last, so that the send order cannot tell by what it keeps; where it is wrong, it lies highest.
func orderRun(queues int32, wrong bool) (h history.Slice) {
	const n = 2 * orderDepth
	for queue := range queues {
		for i := range n {
			s := &history.Send{Seq: uint64(queue)*n + uint64(i), Topic: "t", Start: time.Duration(10 * i), End: time.Duration(10*i + 5), Outcome: history.OK, Broker: "a", Queue: queue, Offset: int64(i)}
			if i == 0 {
				continue
			}
			h = append(h, s)
		}
		slow := &history.Send{Seq: uint64(queue) * n, Topic: "t", Start: 0, End: 5000, Outcome: history.OK, Broker: "a", Queue: queue}
		if wrong {
			slow.End, slow.Offset = 1, n
		}
		h = append(h, slow)
	}
	scans := map[int32]*history.Scan{}
	for _, r := range h {
		s := r.(*history.Send)
		h = append(h, &history.Found{Replica: "a/0", Topic: "t", Broker: "a", Queue: s.Queue, Offset: s.Offset, Producer: s.Producer, Seq: s.Seq, Intact: true})
		scans[s.Queue] = &history.Scan{Replica: "a/0", Master: true, Topic: "t", Broker: "a", Queue: s.Queue, Max: n + 1, Complete: true, End: 9000}
	}
	for _, queue := range slices.Sorted(maps.Keys(scans)) {
		h = append(h, scans[queue])
	}
	return append(history.Slice{&history.Run{Version: 1, ID: "orders"}}, h...)
}

// TestSendOrdersBeyondTheBoundAreNeverValid has three send orders of 32 sends each to compare.
func TestSendOrdersBeyondTheBoundAreNeverValid(t *testing.T) {
	steps, rounds := bounds.Acks, bounds.Rounds
	defer func() { bounds.Acks, bounds.Rounds = steps, rounds }()
	for _, c := range []struct {
		steps  int64
		rounds int
		want   Verdict
	}{{1, 3, Valid}, {1, 2, Inconclusive}, {32, 2, Inconclusive}, {33, 2, Valid}, {64, 1, Inconclusive}, {65, 1, Valid}} {
		bounds.Acks, bounds.Rounds = c.steps, c.rounds
		for _, claim := range []string{OffsetMonotone, QueueOrder} {
			if got := edgeClaim(t, orderRun(3, false), Options{}, claim); got.Verdict != c.want {
				t.Errorf("%d rounds of %d: %s is %s: %s", c.rounds, c.steps, claim, got.Verdict, got.Why)
			}
		}
	}
	bounds.Acks, bounds.Rounds = 1, 3
	for claim, count := range map[string]string{OffsetMonotone: "sends_back", QueueOrder: "out_of_order"} {
		if got := edgeClaim(t, orderRun(3, true), Options{}, claim); got.Counts[count] != 3*31 {
			t.Errorf("%s: %v %s", claim, got.Counts, got.Why)
		}
	}
}
