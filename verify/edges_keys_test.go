package verify

import (
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// keyRun is an ordered topic with the records that are given, and a complete scan of its queues 0 and 1.
func keyRun(records ...history.Record) history.Slice {
	h := append(history.Slice{&history.Run{Version: 1, ID: "keys", Ordered: []string{"t"}}}, records...)
	for queue := range int32(2) {
		h = append(h, &history.Scan{Replica: "a/0", Master: true, Topic: "t", Broker: "a", Queue: queue, Max: 100, Complete: true, End: 1000})
	}
	return h
}

// sent is an acknowledged send whose message is found where it was acknowledged.
func sent(key string, seq uint64, offset int64, start, end time.Duration) []history.Record {
	return []history.Record{&history.Send{Seq: seq, Topic: "t", Key: key, Start: start, End: end, Outcome: history.OK, Broker: "a", Offset: offset}, lies(seq, offset)}
}

func lies(seq uint64, offset int64) history.Record {
	return &history.Found{Replica: "a/0", Topic: "t", Broker: "a", Offset: offset, Seq: seq, Intact: true}
}

func given(seq uint64, offset int64, at time.Duration) history.Record {
	return &history.Deliver{Group: "g", Topic: "t", Broker: "a", Offset: offset, Seq: seq, Attempt: 1, Start: at}
}

func all(lists ...any) (out []history.Record) {
	for _, l := range lists {
		switch l := l.(type) {
		case []history.Record:
			out = append(out, l...)
		case history.Record:
			out = append(out, l)
		}
	}
	return out
}

func TestOrderByKeyAtItsEdges(t *testing.T) {
	unplaced := sent("k", 0, 1, 10, 12)
	unplaced[0].(*history.Send).Broker, unplaced[0].(*history.Send).Offset = "", -1
	nowhere := sent("k", 0, 1, 10, 12)
	nowhere[0].(*history.Send).Offset = -1
	for name, c := range map[string]struct {
		records []history.Record
		wrong   int64
	}{
		"sends that took no time":                {all(sent("k", 0, 0, 10, 10), sent("k", 1, 1, 20, 20), given(1, 1, 30), given(0, 0, 31)), 1},
		"sends that touch":                       {all(sent("k", 0, 0, 10, 20), sent("k", 1, 1, 20, 30), given(1, 1, 40), given(0, 0, 41)), 0},
		"sends apart":                            {all(sent("k", 0, 0, 10, 19), sent("k", 1, 1, 20, 30), given(1, 1, 40), given(0, 0, 41)), 1},
		"given at the same time":                 {all(sent("k", 0, 0, 10, 12), sent("k", 1, 1, 20, 22), given(1, 1, 40), given(0, 0, 40)), 0},
		"recorded late, given in order":          {all(sent("k", 0, 0, 10, 12), sent("k", 1, 1, 20, 22), given(1, 1, 41), given(0, 0, 40)), 0},
		"of two keys":                            {all(sent("k", 0, 0, 10, 12), sent("l", 1, 1, 20, 22), given(1, 1, 40), given(0, 0, 41)), 0},
		"redelivery, where another key is wrong": {all(sent("k", 0, 0, 10, 12), sent("k", 1, 1, 20, 22), sent("l", 2, 2, 30, 32), sent("l", 3, 3, 40, 42), given(0, 0, 50), given(1, 1, 51), given(0, 0, 52), given(3, 3, 53), given(2, 2, 54)), 1},
		// In each of these the offsets were given in order, and the messages lie otherwise than they were acknowledged.
		"lies at a second offset, before the other": {all(sent("k", 0, 1, 10, 12), sent("k", 1, 2, 20, 22), lies(1, 0), given(1, 0, 30), given(0, 1, 31), given(1, 2, 32)), 1},
		"acknowledged with no queue":                {all(unplaced, sent("k", 1, 0, 20, 22), given(1, 0, 30), given(0, 1, 31)), 1},
		"acknowledged with no offset":               {all(nowhere, sent("k", 1, 0, 20, 22), given(1, 0, 30), given(0, 1, 31)), 1},
	} {
		got := edgeClaim(t, keyRun(c.records...), Options{}, KeyOrder)
		if got.Counts["out_of_order"] != c.wrong || (got.Verdict == Violated) != (c.wrong > 0) || got.Verdict == Inconclusive {
			t.Errorf("%s: %s %v %s", name, got.Verdict, got.Counts, got.Why)
		}
	}
}

// TestOrderByKeyNeedsNoRoomWhereOffsetsShowIt leaves no room to compare messages one by one.
func TestOrderByKeyNeedsNoRoomWhereOffsetsShowIt(t *testing.T) {
	defer func(was int) { bounds.Keyed = was }(bounds.Keyed)
	bounds.Keyed = 0
	for name, h := range map[string]history.Slice{
		"clean":                  cleanRun(),
		"given at the same time": keyRun(all(sent("k", 0, 0, 10, 12), sent("k", 1, 1, 20, 22), given(0, 0, 30), given(1, 1, 30))...),
		"given again":            keyRun(all(sent("k", 0, 0, 10, 12), sent("k", 1, 1, 20, 22), given(0, 0, 30), given(1, 1, 31), given(0, 0, 32))...),
	} {
		if c := edgeClaim(t, h, Options{}, KeyOrder); c.Verdict != Valid {
			t.Errorf("%s: %s", name, c.Why)
		}
	}
}

// TestAKeyThatMovedBetweenHistories has one producer's key in two queues, each in a history of its own.
func TestAKeyThatMovedBetweenHistories(t *testing.T) {
	first, second := keyRun(all(sent("k", 0, 0, 10, 12))...), keyRun(all(sent("k", 1, 0, 20, 22), given(1, 0, 30))...)
	for _, r := range first {
		switch r := r.(type) {
		case *history.Send:
			r.Queue = 1
		case *history.Found:
			r.Queue = 1
		}
	}
	first = append(first[:len(first)-2], first[len(first)-1], &history.Deliver{Group: "g", Topic: "t", Broker: "a", Queue: 1, Seq: 0, Attempt: 1, Start: 31})
	second = second[:len(second)-1]
	for _, readers := range [][]history.Reader{{first, second}, {second, first}} {
		r, err := JudgeAll(readers, Options{Claims: named(KeyOrder)})
		if err != nil || r.Verdict != Violated || r.Claims[0].Counts["out_of_order"] != 1 {
			t.Errorf("%v %s", err, r.Text())
		}
	}
}

// TestOfSendsAtOnceTheOneGivenFirstIsNamed has two sends that began together, given before an earlier one.
func TestOfSendsAtOnceTheOneGivenFirstIsNamed(t *testing.T) {
	h := keyRun(all(sent("k", 0, 0, 10, 12), sent("k", 1, 1, 20, 22), sent("k", 2, 2, 20, 22), given(2, 2, 30), given(1, 1, 31), given(0, 0, 32))...)
	c := edgeClaim(t, h, Options{}, KeyOrder)
	if c.Counts["out_of_order"] != 1 || !strings.Contains(c.Why, "after producer 0 seq 2, which") {
		t.Errorf("%v %s", c.Counts, c.Why)
	}
}
