package verify

import (
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// inBothOrders judges two histories of one run in either order.
func inBothOrders(t *testing.T, a, b history.Slice, o Options, check func(Report)) {
	t.Helper()
	for _, readers := range [][]history.Reader{{a, b}, {b, a}} {
		r, err := JudgeAll(readers, o)
		if err != nil {
			t.Fatal(err)
		}
		check(r)
	}
}

func ackAtOffset(producer uint32, offset int64, start, end time.Duration) *history.Send {
	return &history.Send{Producer: producer, Topic: "t", Broker: "b", Offset: offset, Intended: start, Start: start, End: end, Outcome: history.OK}
}

// TestTheFirstToAcknowledgeTheEndCounts has two agents to whom one offset was acknowledged, before and after the scan that did not see it.
func TestTheFirstToAcknowledgeTheEndCounts(t *testing.T) {
	a := history.Slice{ackAtOffset(0, 5, 0, time.Second), &history.Scan{Replica: "b/0", Master: true, Topic: "t", Broker: "b", Max: 5, Complete: true, End: 2 * time.Second}}
	for _, c := range []struct {
		other *history.Send
		want  int64
	}{
		{ackAtOffset(1, 5, 0, 3*time.Second), 1},
		{ackAtOffset(1, 4, 0, 500*ms1), 1},
		{ackAtOffset(1, 6, 0, 3*time.Second), 0}, // of the end it is not known when it was
	} {
		inBothOrders(t, a, history.Slice{c.other}, Options{Claims: named(OffsetMonotone)}, func(r Report) {
			if got := r.Claims[0].Counts["ends_back"]; got != c.want {
				t.Errorf("with an acknowledgement of offset %d: %d ends went back, want %d", c.other.Offset, got, c.want)
			}
		})
	}
}

// TestTwoAgentsShareAnOffset has one offset acknowledged to two agents, with nothing else that could show it.
func TestTwoAgentsShareAnOffset(t *testing.T) {
	a, b := history.Slice{ackAtOffset(0, 5, 0, 1)}, history.Slice{ackAtOffset(1, 5, 0, 1)}
	inBothOrders(t, a, b, Options{Claims: named(OffsetUnique)}, func(r Report) {
		if c := r.Claims[0]; c.Verdict != Violated || c.Counts["shared"] != 1 || c.Counts["acknowledged_offsets"] != 1 {
			t.Errorf("%s %v %s", c.Verdict, c.Counts, c.Why)
		}
	})
}

// TestOneProducerInTwoHistories is more than is promised: even then its sends are compared.
func TestOneProducerInTwoHistories(t *testing.T) {
	early, late := ackAtOffset(0, 5, 0, time.Second), ackAtOffset(0, 3, 2*time.Second, 3*time.Second)
	late.Seq = 1
	inBothOrders(t, history.Slice{early}, history.Slice{late}, Options{Claims: named(OffsetMonotone)}, func(r Report) {
		if c := r.Claims[0]; c.Verdict != Violated || c.Counts["sends_back"] != 1 {
			t.Errorf("%s %v %s", c.Verdict, c.Counts, c.Why)
		}
	})
}

// TestAgentsThatAgreeAreNotComparedAgain deals a clean run to two agents: its screen alone clears it, so that a run of any size is.
func TestAgentsThatAgreeAreNotComparedAgain(t *testing.T) {
	defer func(was int) { bounds.Rounds = was }(bounds.Rounds)
	bounds.Rounds = 0
	a, b := history.Slice{}, history.Slice{}
	for _, r := range cleanRun() {
		if s, ok := r.(*history.Send); ok && s.Producer == 1 {
			b = append(b, r)
			continue
		}
		a = append(a, r)
	}
	for _, claim := range []string{OffsetHonest, QueueOrder, OffsetMonotone} {
		inBothOrders(t, a, b, Options{Claims: named(claim)}, func(r Report) {
			if c := r.Claims[0]; c.Verdict != Valid {
				t.Errorf("%s is %s: %s", claim, c.Verdict, c.Why)
			}
		})
	}
}
