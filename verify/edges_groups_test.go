package verify

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// longRun is one queue of n acknowledged messages, all found on its master, with what group "g" was given: the
// offsets from each range's first up to its second.
func longRun(n int64, given ...[2]int64) history.Slice {
	h := history.Slice{&history.Run{Version: 1, ID: "long"}}
	for i := range n {
		h = append(h, &history.Send{Seq: uint64(i), Topic: "t", Start: 1, End: 2, Outcome: history.OK, Broker: "a", Offset: i},
			&history.Found{Replica: "a/0", Topic: "t", Broker: "a", Offset: i, Seq: uint64(i), Intact: true})
	}
	for _, r := range given {
		for i := r[0]; i < r[1]; i++ {
			h = append(h, &history.Deliver{Group: "g", Topic: "t", Broker: "a", Offset: i, Seq: uint64(i), Attempt: 1, Start: 5})
		}
	}
	return append(h, &history.Scan{Replica: "a/0", Master: true, Topic: "t", Broker: "a", Max: n, Complete: true, End: 10})
}

// groupCounts are the counts of the claims on consumers, without those of what was delivered.
func groupCounts(t *testing.T, h history.Slice) (map[string]int64, map[string]Judgement) {
	t.Helper()
	counts, claims := map[string]int64{}, map[string]Judgement{}
	for _, claim := range []string{ConsumersCatchUp, NoDeliverySkip, DeliveredAtLeastOnce} {
		claims[claim] = edgeClaim(t, h, Options{}, claim)
		maps.Copy(counts, claims[claim].Counts)
	}
	for _, c := range []string{"groups", "delivered", "redelivered"} {
		delete(counts, c)
	}
	return counts, claims
}

func TestWhatAGroupWasNotGivenIsSkippedOrBacklog(t *testing.T) {
	for name, c := range map[string]struct {
		given                               [][2]int64
		skipped, undelivered, left, pending int64
	}{
		"everything":               {[][2]int64{{0, 2000}}, 0, 0, 0, 0},
		"all but the last":         {[][2]int64{{0, 1999}}, 0, 0, 1, 1},
		"all but the first":        {[][2]int64{{1, 2000}}, 1, 1, 0, 0},
		"the first page":           {[][2]int64{{0, sets.PageBits}}, 0, 0, 976, 976},
		"one more than a page":     {[][2]int64{{0, sets.PageBits + 1}}, 0, 0, 975, 975},
		"the last page":            {[][2]int64{{sets.PageBits, 2000}}, sets.PageBits, sets.PageBits, 0, 0},
		"with a hole and an end":   {[][2]int64{{0, 1000}, {1100, 1500}}, 100, 100, 500, 500},
		"with a hole over a page":  {[][2]int64{{0, 1}, {1999, 2000}}, 1998, 1998, 0, 0},
		"more than what was found": {[][2]int64{{0, 2001}}, 0, 0, 0, 0},
	} {
		counts, claims := groupCounts(t, longRun(2000, c.given...))
		behind := min(c.left, 1)
		want := map[string]int64{"queues_behind": behind, "backlog": c.left, "skipped": c.skipped, "undelivered": c.undelivered, "pending": c.pending}
		if !maps.Equal(counts, want) {
			t.Errorf("%s: %v, want %v", name, counts, want)
		}
		atLeastOnce := Valid
		switch {
		case c.undelivered > 0:
			atLeastOnce = Violated
		case c.pending > 0 || name == "more than what was found":
			atLeastOnce = Inconclusive
		}
		if v := claims[DeliveredAtLeastOnce].Verdict; v != atLeastOnce {
			t.Errorf("%s: delivery is %s, want %s", name, v, atLeastOnce)
		}
	}
}

// TestUndeliveredMessagesAreShownInOrder misses a page of which the group was given nothing.
func TestUndeliveredMessagesAreShownInOrder(t *testing.T) {
	c := edgeClaim(t, longRun(2000, [2]int64{sets.PageBits, 2000}), Options{Evidence: 3}, DeliveredAtLeastOnce)
	for i, want := range []string{"offset 0 was", "offset 1 was", "offset 2 was"} {
		if !strings.Contains(c.Evidence[i].Summary, want+" never delivered to group g") {
			t.Errorf("%d: %s", i, c.Evidence[i].Summary)
		}
	}
}

// TestTheLastMessageGivenAsAnother has a group that reached the queue's end, where it was given another message.
func TestTheLastMessageGivenAsAnother(t *testing.T) {
	h := append(longRun(10, [2]int64{0, 9}), &history.Deliver{Group: "g", Topic: "t", Broker: "a", Offset: 9, Seq: 77, Attempt: 1, Start: 6})
	c := edgeClaim(t, h, Options{}, DeliveredAtLeastOnce)
	if c.Verdict != Violated || c.Counts["undelivered"] != 1 || c.Counts["pending"] != 0 {
		t.Errorf("%s %v", c.Why, c.Counts)
	}
}

// TestAMessageFoundElsewhereIsNotStillToCome has a scan that broke off, and a message that it found where it was not acknowledged: the
// group was given another one there. Where it was not found at all it may lie beyond.
func TestAMessageFoundElsewhereIsNotStillToCome(t *testing.T) {
	h := history.Slice{
		&history.Send{Topic: "t", Broker: "a", Outcome: history.OK, Offset: 1, End: 2},
		&history.Deliver{Group: "g", Topic: "t", Broker: "a", Seq: 77, Attempt: 1, Start: 6},
		&history.Scan{Replica: "a/0", Master: true, Topic: "t", Broker: "a", Max: 1, End: 90},
	}
	there := append(slices.Clone(h), &history.Found{Replica: "a/0", Topic: "t", Broker: "a", Intact: true})
	for want, h := range map[string]history.Slice{"undelivered": there, "pending": h} {
		c := edgeClaim(t, h, Options{}, DeliveredAtLeastOnce)
		if c.Counts["undelivered"]+c.Counts["pending"] != 1 || c.Counts[want] != 1 {
			t.Errorf("%s: %s %v", want, c.Why, c.Counts)
		}
	}
}

// TestAMessageDamagedAtItsPlaceAndFoundElsewhere was never given to a group that was given what is damaged: the copy beside it is
// intact, so that it can be told which message it is.
func TestAMessageDamagedAtItsPlaceAndFoundElsewhere(t *testing.T) {
	h := history.Slice{
		&history.Send{Topic: "t", Broker: "a", Outcome: history.OK, End: 2},
		&history.Deliver{Group: "g", Topic: "t", Broker: "a", Offset: 1, Seq: 77, Attempt: 1, Start: 6},
		&history.Found{Replica: "a/0", Topic: "t", Broker: "a"},
		&history.Found{Replica: "a/0", Topic: "t", Broker: "a", Offset: 1, Intact: true},
		&history.Scan{Replica: "a/0", Master: true, Topic: "t", Broker: "a", Max: 2, Complete: true, End: 90},
	}
	if c := edgeClaim(t, h, Options{}, DeliveredAtLeastOnce); c.Verdict != Violated || c.Counts["undelivered"] != 1 {
		t.Errorf("%s %v", c.Why, c.Counts)
	}
	given := append(h, &history.Deliver{Group: "g", Topic: "t", Broker: "a", Offset: 1, Attempt: 1, Start: 7})
	if c := edgeClaim(t, given, Options{}, DeliveredAtLeastOnce); c.Verdict != Valid {
		t.Errorf("given: %s %v", c.Why, c.Counts)
	}
}

// TestWhatAQueuesScanLacksIsSaid also has queues that acknowledged nothing, and so need none.
func TestWhatAQueuesScanLacksIsSaid(t *testing.T) {
	scan := func(replica string, complete bool) *history.Scan {
		return &history.Scan{Replica: replica, Master: strings.HasSuffix(replica, "0"), Topic: "t", Broker: replica[:1], Max: 10, Complete: complete, End: 10}
	}
	read := func(replica string) *history.Found {
		return &history.Found{Replica: replica, Topic: "t", Broker: replica[:1], Offset: 10, Seq: 10, Intact: true}
	}
	sends := without(copiesRun(1), func(r history.Record) bool { return r.Kind() == history.KindScan || r.Kind() == history.KindFound })
	for name, c := range map[string]struct {
		h    history.Slice
		want string
	}{
		"nothing":       {history.Slice{}, "its master was not scanned"},
		"a slave":       {history.Slice{scan("a/1", true)}, "its master was not scanned"},
		"no end":        {history.Slice{read("a/0")}, "the scan of its master did not end"},
		"no second end": {history.Slice{scan("a/0", true), read("a/0")}, "the scan of its master did not end"},
		"not all":       {history.Slice{scan("a/0", false)}, "the scan of its master is not complete"},
	} {
		got := edgeClaim(t, append(without(sends, func(history.Record) bool { return false }), c.h...), Options{}, NoAckedLoss)
		if got.Verdict != Inconclusive || got.Why != "topic t a queue 0: "+c.want {
			t.Errorf("%s: %s %s", name, got.Verdict, got.Why)
		}
	}
	r, err := JudgeAll([]history.Reader{append(sends[:11:11], scan("a/0", true)), history.Slice{scan("a/0", true)}}, Options{Claims: named(NoAckedLoss)})
	if err != nil || r.Claims[0].Why != "topic t a queue 0: its master was scanned in more than one history" {
		t.Errorf("%v %s", err, r.Text())
	}
	for name, h := range map[string]history.Slice{"not scanned": {read("b/1")}, "scan not ended": {read("b/0")}, "scan not complete": {scan("b/0", false)}} {
		if got := edgeClaim(t, append(copiesRun(1), h...), Options{}, NoAckedLoss); got.Verdict != Valid {
			t.Errorf("a queue without acknowledgements, %s: %s", name, got.Why)
		}
	}
}
