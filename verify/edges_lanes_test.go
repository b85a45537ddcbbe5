package verify

import (
	"fmt"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

func TestOnlySendsThatDoNotOverlapAreInverted(t *testing.T) {
	for _, c := range []struct {
		a, b step
		want bool
	}{
		{step{offset: 5, start: 10, end: 20}, step{offset: 4, start: 21, end: 30}, true},
		{step{offset: 5, start: 10, end: 20}, step{offset: 4, start: 20, end: 30}, false}, // they touch
		{step{offset: 5, start: 10, end: 20}, step{offset: 5, start: 21, end: 30}, false}, // an offset that was given twice
		{step{offset: 5, start: 10, end: 20}, step{offset: 6, start: 21, end: 30}, false},
		{step{offset: 5, start: 10, end: 10}, step{offset: 4, start: 11, end: 11}, true},
	} {
		if inverted(c.a, c.b) != c.want || inverted(c.b, c.a) != c.want {
			t.Errorf("%+v and %+v: %t and %t, want %t", c.a, c.b, inverted(c.a, c.b), inverted(c.b, c.a), c.want)
		}
	}
}

// TestALaneSuspectsNoneThatTouches compares with sends that are no longer kept.
func TestALaneSuspectsNoneThatTouches(t *testing.T) {
	for name, c := range map[string]struct {
		s      step
		unsure bool
	}{
		"above what left, and ended as the last of it began":    {step{offset: 40, start: 0, end: 20}, false},
		"above what left, and ended before the last of it did":  {step{offset: 40, start: 0, end: 19}, true},
		"as high as what left, beside all that is kept":         {step{offset: 20, start: 5, end: 900}, false},
		"not as high as what left, beside all that is kept":     {step{offset: 19, start: 5, end: 900}, true},
		"as high as what left, and ended as the last one began": {step{offset: 20, start: 0, end: 20}, false},
	} {
		l := newLane()
		for i := range laneDepth + 3 { // all beside each other; the first three leave, with offsets up to 20
			at, offset := time.Duration(10*i), int64(10*i)
			if i >= 3 {
				offset += 100
			}
			l.add(step{offset: offset, start: at, end: at + 1000, seq: uint64(i)})
		}
		l.add(c.s)
		if l.unsure != c.unsure || l.inverse != 0 || len(l.ring) != laneDepth {
			t.Errorf("%s: unsure %t, inverted %d, %d kept", name, l.unsure, l.inverse, len(l.ring))
		}
	}
}

// TestOfEqualsTheFirstThatEndedIsNamed pairs sends that lie too low with the highest that had ended.
func TestOfEqualsTheFirstThatEndedIsNamed(t *testing.T) {
	steps := map[uint64]*step{0: {offset: 5, start: 1, end: 4, seq: 0}, 1: {offset: 5, start: 2, end: 3, seq: 1}, 2: {offset: 4, start: 2, end: 3, seq: 2},
		3: {offset: 3, start: 4, end: 5, seq: 3}, 4: {offset: 3, start: 5, end: 6, seq: 4}}
	got := ""
	for _, p := range inversions(steps) {
		got += fmt.Sprintf("%d after %d; ", p[0].seq, p[1].seq)
	}
	if want := "3 after 1; 4 after 1; "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// laneRun is one producer's n sends to each of some queues, found where they were acknowledged. The first begins
// before all others and ends last, so that the lane cannot tell by what it keeps; where it is wrong, it lies highest.
func laneRun(queues int32, wrong bool) (h history.Slice) {
	const n = 2 * laneDepth
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
		scans[s.Queue] = &history.Scan{Replica: "a/0", Topic: "t", Broker: "a", Queue: s.Queue, Max: n + 1, Complete: true, End: 9000}
	}
	for _, queue := range sortedKeys(scans) {
		h = append(h, scans[queue])
	}
	return append(history.Slice{&history.Run{Version: 1, ID: "lanes"}}, h...)
}

// TestLanesBeyondTheBoundAreNeverValid has three lanes of 32 sends each to compare.
func TestLanesBeyondTheBoundAreNeverValid(t *testing.T) {
	steps, rounds := stepsPerRound, maxRounds
	defer func() { stepsPerRound, maxRounds = steps, rounds }()
	for _, c := range []struct {
		steps  int64
		rounds int
		want   Verdict
	}{{1, 3, Valid}, {1, 2, Inconclusive}, {32, 2, Inconclusive}, {33, 2, Valid}, {64, 1, Inconclusive}, {65, 1, Valid}} {
		stepsPerRound, maxRounds = c.steps, c.rounds
		for _, claim := range []string{OffsetMonotone, QueueOrder} {
			if got := edgeClaim(t, laneRun(3, false), Options{}, claim); got.Verdict != c.want {
				t.Errorf("%d rounds of %d: %s is %s: %s", c.rounds, c.steps, claim, got.Verdict, got.Why)
			}
		}
	}
	stepsPerRound, maxRounds = 1, 3
	for claim, count := range map[string]string{OffsetMonotone: "sends_back", QueueOrder: "out_of_order"} {
		if got := edgeClaim(t, laneRun(3, true), Options{}, claim); got.Counts[count] != 3*31 {
			t.Errorf("%s: %v %s", claim, got.Counts, got.Why)
		}
	}
}
