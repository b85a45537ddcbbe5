package verify

import (
	"fmt"
	"testing"

	"github.com/rmqproof/rmqproof/history"
)

// copiesRun is a queue of ten acknowledged messages with three replicas, of which slaves hold the given numbers.
func copiesRun(copies int, slaves ...int64) history.Slice {
	h := history.Slice{&history.Run{Version: 1, ID: "copies", Promise: fmt.Appendf(nil, `{"copies":%d}`, copies)}}
	for n := range int64(10) {
		h = append(h, &history.Send{Seq: uint64(n), Topic: "t", Start: 1, End: 2, Outcome: history.OK, Broker: "a", Offset: n})
	}
	for i, end := range append([]int64{10}, slaves...) {
		name := fmt.Sprintf("a/%d", i)
		for n := range end {
			h = append(h, &history.Found{Replica: name, Topic: "t", Broker: "a", Offset: n, Seq: uint64(n), Intact: true})
		}
		h = append(h, &history.Scan{Replica: name, Master: i == 0, Topic: "t", Broker: "a", Max: end, Complete: true, End: 10})
	}
	return h
}

func TestCopiesThatWerePromised(t *testing.T) {
	for _, c := range []struct {
		copies int
		slaves []int64
		short  int64
	}{
		{1, []int64{4, 7}, 0}, {2, []int64{10, 10}, 0}, {2, []int64{4, 7}, 3}, {2, []int64{10, 0}, 0}, {3, []int64{10, 7}, 3},
		{3, []int64{4, 7}, 6}, {5, []int64{9, 10}, 1}, {2, []int64{0}, 10},
	} {
		r, err := Judge(copiesRun(c.copies, c.slaves...), Options{})
		if err != nil {
			t.Fatal(err)
		}
		claim, _ := r.Claim(ReplicasAgree)
		if claim.Counts["too_few_copies"] != c.short || claim.Counts["promised_copies"] != int64(c.copies) || (claim.Verdict == Violated) != (c.short > 0) {
			t.Errorf("%d promised, slaves with %v: %s %v", c.copies, c.slaves, claim.Verdict, claim.Counts)
		}
	}
}

func TestALostMessageIsNotAlsoShortOfCopies(t *testing.T) {
	h := copiesRun(2, 10, 10)
	kept := history.Slice{}
	for _, r := range h {
		if f, ok := r.(*history.Found); !ok || f.Seq != 5 {
			kept = append(kept, r)
		}
	}
	r, err := Judge(kept, Options{})
	if c, _ := r.Claim(ReplicasAgree); err != nil || c.Verdict != Valid {
		t.Errorf("%v %s", err, c.Why)
	}
}

func TestSlavesBeyondTheirMasterAreCounted(t *testing.T) {
	h := copiesRun(1, 10, 10)
	for _, r := range h {
		if s, ok := r.(*history.Scan); ok && s.Replica != "a/0" {
			s.Max = 12
		}
	}
	r, err := Judge(h, Options{})
	if c, _ := r.Claim(ReplicasAgree); err != nil || c.Counts["slave_beyond"] != 2 || c.Counts["differ"] != 0 || c.Verdict != Violated {
		t.Errorf("%v %v %s", err, c.Counts, c.Why)
	}
}

func TestAnIncompleteSlaveCanStillContradict(t *testing.T) {
	for seq, want := range map[uint64]Verdict{3: Inconclusive, 99: Violated} {
		h := copiesRun(1, 10)
		for _, r := range h {
			switch r := r.(type) {
			case *history.Scan:
				r.Complete = r.Replica == "a/0"
			case *history.Found:
				if r.Replica == "a/1" && r.Offset == 3 {
					r.Seq = seq
				}
			}
		}
		r, err := Judge(h, Options{Claims: named(ReplicasAgree)})
		if err != nil || r.Verdict != want {
			t.Errorf("%d at offset 3: %v %s", seq, err, r.Text())
		}
	}
}
