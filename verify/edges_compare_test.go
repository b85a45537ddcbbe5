package verify

import (
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/history"
)

// TestEachReplicaLacksAnother has two messages that lie on one replica each.
func TestEachReplicaLacksAnother(t *testing.T) {
	h := without(copiesRun(2, 10), func(r history.Record) bool {
		f, ok := r.(*history.Found)
		return ok && (f.Replica == "a/0" && f.Offset == 5 || f.Replica == "a/1" && f.Offset == 7)
	})
	c := edgeClaim(t, h, Options{}, ReplicasAgree)
	if c.Counts["too_few_copies"] != 2 || c.Counts["differ"] != 2 {
		t.Errorf("%v %s", c.Counts, c.Why)
	}
}

func TestTooFewCopiesAreShownWhereTheyLie(t *testing.T) {
	c := edgeClaim(t, copiesRun(3, 4, 7), Options{}, ReplicasAgree)
	want := "topic t a queue 0 offset 4 was acknowledged with 3 copies promised and lies on 2 of 3 replicas"
	if c.Verdict != Violated || c.Evidence[0].Summary != want {
		t.Errorf("%s", c.Why)
	}
}

// TestTheSendOfADivergingMessageIsShown has a message on either side of a divergence whose send names no offset,
// so that only its id leads to it.
func TestTheSendOfADivergingMessageIsShown(t *testing.T) {
	for name, damagedOn := range map[string]string{"damaged on the slave": "a/1", "damaged on the master": "a/0", "another on the slave": ""} {
		h := copiesRun(1, 10)
		for _, r := range h {
			switch r := r.(type) {
			case *history.Send:
				if r.Seq == 5 {
					r.Outcome, r.Broker, r.Offset = history.Unknown, "", -1
				}
			case *history.Found:
				if r.Seq == 5 && damagedOn != "" {
					r.Intact = r.Replica != damagedOn
				} else if r.Seq == 5 && r.Replica == "a/1" {
					r.Seq = 6
				}
			}
		}
		c := edgeClaim(t, h, Options{}, ReplicasAgree)
		if c.Verdict != Violated || c.Counts["differ"] != 1 || !strings.Contains(string(c.Evidence[0].Operation), `"kind":"send"`) {
			t.Errorf("%s: %s, about %s", name, c.Why, c.Evidence[0].Operation)
		}
	}
}

// TestAClashIsShownWithItsOffset has an offset that is named for another message by its delivery alone.
func TestAClashIsShownWithItsOffset(t *testing.T) {
	h := append(copiesRun(1), &history.Deliver{Group: "g", Topic: "t", Broker: "a", Offset: 5, Producer: 3, Seq: 77, Attempt: 1, Start: 3})
	c := edgeClaim(t, h, Options{}, OffsetUnique)
	if c.Verdict != Violated || !strings.Contains(strings.Join(c.Evidence[0].Timeline, "\n"), "deliver  producer 3 seq 77 from t a queue 0 offset 5") {
		t.Errorf("%s %v", c.Why, c.Evidence)
	}
}

// TestAnUnfinishedScanAccusesOfWhatItRead acknowledges a message at an offset of which the scan says nothing or
// names another message. The message itself lies in another queue.
func TestAnUnfinishedScanAccusesOfWhatItRead(t *testing.T) {
	for _, c := range []struct {
		complete, another bool
		want              Verdict
	}{{true, false, Violated}, {true, true, Violated}, {false, false, Inconclusive}, {false, true, Violated}} {
		h := copiesRun(1)
		h = without(h, func(r history.Record) bool {
			switch r := r.(type) {
			case *history.Scan:
				r.Complete = c.complete
			case *history.Found:
				if r.Offset == 5 {
					r.Seq = 77
					return !c.another
				}
			}
			return false
		})
		h = append(h, &history.Found{Replica: "b/0", Topic: "t", Broker: "b", Offset: 0, Seq: 5, Intact: true},
			&history.Scan{Replica: "b/0", Master: true, Topic: "t", Broker: "b", Max: 1, Complete: true, End: 10})
		got := edgeClaim(t, h, Options{}, OffsetHonest)
		if got.Verdict != c.want || (got.Counts["dishonest"] == 1) != (c.want == Violated) {
			t.Errorf("%+v: %s %v %s", c, got.Verdict, got.Counts, got.Why)
		}
	}
}

// TestAPageThatMovedWhole acknowledges a page of messages in one queue, all of which lie in another.
func TestAPageThatMovedWhole(t *testing.T) {
	h := longRun(10)
	for _, r := range h {
		switch r := r.(type) {
		case *history.Found:
			r.Queue = 1
		case *history.Scan:
			r.Queue = 1
		}
	}
	h = append(h, &history.Scan{Replica: "a/0", Master: true, Topic: "t", Broker: "a", Complete: true, End: 10})
	got := edgeClaim(t, h, Options{}, OffsetHonest)
	if got.Counts["dishonest"] != 10 || got.Verdict != Violated || !strings.Contains(got.Why, "holds nothing; the message lies elsewhere") {
		t.Errorf("%v %s", got.Counts, got.Why)
	}
}
