package verify

import (
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// placed are an acknowledged message of producer 0 and where it is found, and the line that closes the scan of its queue.
func placed(seq uint64, acked, found int32) history.Slice {
	return history.Slice{
		&history.Send{Seq: seq, Topic: "t", Broker: "a", Queue: acked, Outcome: history.OK, Start: time.Duration(seq), End: time.Duration(seq) + 1},
		&history.Found{Replica: "a/0", Topic: "t", Broker: "a", Queue: found, Seq: seq, Intact: true},
	}
}

func scanned(queue int32, high int64) history.Record {
	return &history.Scan{Replica: "a/0", Master: true, Topic: "t", Broker: "a", Queue: queue, Max: high, Complete: true, End: time.Hour}
}

// TestAMessageElsewhereIsSeenWhereCountsAgree has one that lies in another queue than it was acknowledged in, and beside it as many
// missing as could explain that: of a queue that was not scanned, and of acknowledgements without offset.
func TestAMessageElsewhereIsSeenWhereCountsAgree(t *testing.T) {
	elsewhere := func() history.Slice { return append(placed(0, 0, 1), scanned(0, 0), scanned(1, 1)) }
	missing := &history.Send{Seq: 1, Topic: "t", Broker: "a", Queue: 2, Outcome: history.OK, Start: 1, End: 2}
	nowhere := &history.Send{Seq: 1, Topic: "t", Outcome: history.OK, Offset: -1, Start: 1, End: 2}
	later := &history.Send{Seq: 2, Topic: "u", Broker: "a", Type: history.Delay, Due: 3, Outcome: history.OK, Offset: -1, Start: 1, End: 2}
	came := &history.Found{Replica: "a/0", Topic: "u", Broker: "a", Seq: 2, Intact: true}
	of := &history.Scan{Replica: "a/0", Master: true, Topic: "u", Broker: "a", Max: 1, Complete: true, End: time.Hour}
	for name, h := range map[string]history.Slice{
		"beside nothing":                             elsewhere(),
		"beside a queue that was not scanned":        append(elsewhere(), missing),
		"beside one of no offset, and a delayed one": append(elsewhere(), nowhere, later, came, of),
	} {
		if c := edgeClaim(t, h, Options{}, OffsetHonest); c.Verdict != Violated || c.Counts["dishonest"] != 1 {
			t.Errorf("%s: %s: %s %v", name, c.Verdict, c.Why, c.Counts)
		}
	}
}

// TestAnAcknowledgementOfNoQueueAsksForNoScan names a broker group, and no queue and no offset. What a queue below 0 acknowledged with
// an offset is judged as any other.
func TestAnAcknowledgementOfNoQueueAsksForNoScan(t *testing.T) {
	given := func(queue int32) history.Record {
		return &history.Deliver{Group: "g", Topic: "t", Broker: "a", Queue: queue, Attempt: 1, Start: 5}
	}
	h := append(placed(0, 0, 0), given(0), scanned(0, 1),
		&history.Send{Seq: 1, Topic: "t", Broker: "a", Queue: -1, Outcome: history.OK, Offset: -1, Start: 1, End: 2},
		&history.Send{Seq: 2, Topic: "t", Broker: "a", Queue: -1, Outcome: history.Unknown, Offset: 4, Start: 1, End: 2})
	if c := edgeClaim(t, h, Options{}, ConsumersCatchUp); c.Verdict != Valid {
		t.Errorf("%s: %s", c.Verdict, c.Why)
	}
	h = append(placed(0, -1, -1), given(-1), scanned(-1, 1))
	for _, claim := range []string{NoAckedLoss, OffsetHonest, QueueOrder, ConsumersCatchUp, DeliveredAtLeastOnce} {
		if c := edgeClaim(t, h, Options{}, claim); c.Verdict != Valid {
			t.Errorf("%s: %s: %s", claim, c.Verdict, c.Why)
		}
	}
}

// TestAnAnswerFromNowhereMayHaveBeenStored has an attempt that names no queue and got no answer: what was delivered before the next
// one began may be that one. A refused one is none.
func TestAnAnswerFromNowhereMayHaveBeenStored(t *testing.T) {
	for outcome, want := range map[history.Outcome]Verdict{history.Unknown: Valid, history.Failed: Inconclusive} {
		h := history.Slice{
			&history.Send{Topic: "t", Outcome: outcome, Offset: -1, End: 4 * time.Second},
			&history.Send{Seq: 1, Topic: "t", Broker: "a", Outcome: history.OK, Start: 4 * time.Second, End: 5 * time.Second},
			&history.Deliver{Group: "g", Topic: "t", Broker: "a", Seq: 1, Attempt: 1, Start: time.Second},
			&history.Found{Replica: "a/0", Topic: "t", Broker: "a", Seq: 1, Intact: true}, scanned(0, 1),
		}
		if c := edgeClaim(t, h, Options{}, ConsumersCatchUp); c.Verdict != want {
			t.Errorf("%s: %s: %s", outcome, c.Verdict, c.Why)
		}
	}
}

// TestAQueueThatKeepsMessagesApartIsScanned acknowledged one delayed message and nothing else, and no scan read it.
func TestAQueueThatKeepsMessagesApartIsScanned(t *testing.T) {
	later := &history.Send{Seq: 1, Topic: "t", Broker: "a", Queue: 7, Type: history.Delay, Due: 3, Outcome: history.OK, Offset: -1, Start: 1, End: 2}
	h := append(placed(0, 0, 0), scanned(0, 1), later)
	if c := edgeClaim(t, h, Options{}, NoLogDuplicate); c.Verdict != Inconclusive {
		t.Errorf("%s: %s", c.Verdict, c.Why)
	}
}

// TestATopicThatIsOrderedTooLate is named so after its first send: the order of its keys is not known. One that is named again is.
func TestATopicThatIsOrderedTooLate(t *testing.T) {
	for first, want := range map[string]Verdict{"": Inconclusive, "t": Valid} {
		h := history.Slice{&history.Run{ID: "r"}}
		if first != "" {
			h = history.Slice{&history.Run{ID: "r", Ordered: []string{first}}}
		}
		send := placed(0, 0, 0)
		send[0].(*history.Send).Key = "k"
		h = append(h, send[0], &history.Run{ID: "r", Ordered: []string{"t"}}, send[1],
			&history.Send{Seq: 1, Topic: "t", Broker: "a", Key: "k", Outcome: history.OK, Offset: 1, Start: 2, End: 3},
			&history.Found{Replica: "a/0", Topic: "t", Broker: "a", Offset: 1, Seq: 1, Intact: true},
			&history.Deliver{Group: "g", Topic: "t", Broker: "a", Attempt: 1, Start: 5},
			&history.Deliver{Group: "g", Topic: "t", Broker: "a", Offset: 1, Seq: 1, Attempt: 1, Start: 6}, scanned(0, 2))
		if c := edgeClaim(t, h, Options{}, KeyOrder); c.Verdict != want {
			t.Errorf("ordered %q at first: %s: %s", first, c.Verdict, c.Why)
		}
	}
}

// TestWhatAPlaceHoldsIsNamedInOrder has one place that was read twice, as two messages, the higher of which was read first.
func TestWhatAPlaceHoldsIsNamedInOrder(t *testing.T) {
	h := history.Slice{&history.Send{Topic: "t", Broker: "a", Outcome: history.OK, End: 1}}
	for _, seq := range []uint64{7, 0, 5} {
		h = append(h, &history.Found{Replica: "a/0", Topic: "t", Broker: "a", Queue: int32(1 - min(1, seq)), Seq: seq, Intact: true})
	}
	c := edgeClaim(t, append(h, scanned(0, 1), scanned(1, 1)), Options{}, OffsetHonest)
	want := "producer 0 seq 0 was acknowledged at topic t a queue 0 offset 0, which holds producer 0 seq 5 and producer 0 seq 7"
	if c.Verdict != Violated || c.Evidence[0].Summary != want {
		t.Errorf("%s: %s", c.Verdict, c.Why)
	}
}

// TestAQueueThatAcknowledgedWithoutOffsetIsScanned has one that no scan read, beside one that was read.
func TestAQueueThatAcknowledgedWithoutOffsetIsScanned(t *testing.T) {
	h := append(placed(0, 0, 0), scanned(0, 1), &history.Send{Seq: 1, Topic: "t", Broker: "a", Queue: 7, Outcome: history.OK, Offset: -1, Start: 1, End: 2})
	if c := edgeClaim(t, h, Options{}, NoUnexpected); c.Verdict != Inconclusive {
		t.Errorf("%s: %s", c.Verdict, c.Why)
	}
}
