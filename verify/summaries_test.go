package verify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// the 250th send of the clean run: producer 0 seq 83 at 24.9 s, key "b", offset 62 of broker-b queue 0.
var chosen = message(0, 83)

// change makes the clean run with a change to each record of the chosen message; false drops it.
func change(f func(history.Record) bool) history.Slice {
	h := cleanRun()
	out := history.Slice{}
	for _, r := range h {
		m, _, ok := subject(r)
		if !ok || m != chosen || f(r) {
			out = append(out, r)
		}
	}
	return out
}

func found(replica string, f func(*history.Found) bool) func(history.Record) bool {
	return func(r history.Record) bool {
		if x, ok := r.(*history.Found); ok && strings.HasSuffix(x.Replica, replica) {
			return f(x)
		}
		return true
	}
}

// TestSummariesNameWhatIsWrong compares the words of the first exhibit of a claim.
func TestSummariesNameWhatIsWrong(t *testing.T) {
	again := &history.Found{Replica: "broker-b/0", Topic: "t", Broker: "broker-b", Offset: 150, Producer: 0, Seq: 83, Intact: true}
	for _, c := range []struct {
		claim string
		h     history.Slice
		want  string
	}{
		{OffsetHonest, change(found("", func(f *history.Found) bool { f.Seq = 999; return true })),
			"producer 0 seq 83 was acknowledged at topic t broker-b queue 0 offset 62, which holds producer 0 seq 999"},
		{OffsetHonest, change(found("", func(f *history.Found) bool { f.Offset = 1; return true })),
			"producer 0 seq 83 was acknowledged at topic t broker-b queue 0 offset 62, which holds nothing; the message lies elsewhere"},
		{OffsetUnique, change(found("", func(f *history.Found) bool { f.Seq = 999; return true })),
			"topic t broker-b queue 0 offset 62 holds 2 messages: producer 0 seq 83 and producer 0 seq 999"},
		{NoUnexpected, change(found("", func(f *history.Found) bool { f.Seq = 999; return true })), "producer 0 seq 999 was found or delivered and never sent"},
		{NoUnexpected, change(func(r history.Record) bool {
			if s, ok := r.(*history.Send); ok {
				s.Outcome = history.Failed
			}
			return true
		}), "producer 0 seq 83 was refused before the append and is found or delivered"},
		{NoLogDuplicate, slices.Insert(cleanRun(), 2500, history.Record(again)), "producer 0 seq 83 lies at 2 offsets: topic t broker-b queue 0 offset 62; topic t broker-b queue 0 offset 150"},
		{PayloadIntact, change(found("/1", func(f *history.Found) bool { f.Intact = false; return true })),
			"topic t broker-b queue 0 offset 62 on broker-b/1 holds a damaged message"},
		{ReplicasAgree, change(found("/1", func(f *history.Found) bool { f.Intact = false; return true })),
			"topic t broker-b queue 0 offset 62: the master holds producer 0 seq 83, broker-b/1 holds a damaged message"},
		{ReplicasAgree, change(found("/1", func(*history.Found) bool { return false })),
			"topic t broker-b queue 0 offset 62: the master holds producer 0 seq 83, broker-b/1 holds nothing"},
		{NoDeliverySkip, change(func(r history.Record) bool { return r.Kind() != history.KindDeliver }),
			"group g was given offset 149 of topic t broker-b queue 0 and never offset 62"},
		{DeliveredAtLeastOnce, change(func(r history.Record) bool { return r.Kind() != history.KindDeliver }),
			"the message at topic t broker-b queue 0 offset 62 was never delivered to group g"},
		{DeliveredAtLeastOnce, change(func(r history.Record) bool { return r.Kind() == history.KindSend }),
			"producer 0 seq 83 was acknowledged and never delivered to group g"},
		{KeyOrder, change(func(r history.Record) bool {
			if d, ok := r.(*history.Deliver); ok {
				d.Start += 10 * time.Second
			}
			return true
		}), `group g was given producer 0 seq 83 of key "b" at 34.903s, after producer 0 seq 115, which was sent 9.598s later`},
		{OffsetMonotone, change(func(r history.Record) bool {
			if s, ok := r.(*history.Send); ok {
				s.Offset = 12
			}
			return true
		}), "producer 0 seq 83 began 24.900s, after seq 79 had ended 23.702s, and was acknowledged at offset 12, before 59 of topic t broker-b queue 0"},
	} {
		r, err := Judge(c.h, Options{Claims: named(c.claim)})
		if err != nil || r.Verdict != Violated || len(r.Claims[0].Evidence) == 0 {
			t.Errorf("%s: %v\n%s", c.claim, err, r.Text())
			continue
		}
		if got := r.Claims[0].Evidence[0].Summary; got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.claim, got, c.want)
		}
	}
}
