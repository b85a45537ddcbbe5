package verify

import (
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// failing gives an error on the reading that is given.
type failing struct {
	history.Slice
	reading *int
	fail    int
}

func (f failing) Records() iter.Seq2[history.Record, error] {
	*f.reading++
	if *f.reading == f.fail {
		return func(yield func(history.Record, error) bool) { yield(nil, errors.New("the disk is gone")) }
	}
	return f.Slice.Records()
}

// TestAHistoryThatCannotBeReadAgainIsAnError has something of every kind to compare, so that every comparison reads.
func TestAHistoryThatCannotBeReadAgainIsAnError(t *testing.T) {
	lost, moved, copied := message(0, 83), message(1, 50), message(2, 60)
	h := without(cleanRun(), func(r history.Record) bool { return isFound(r, lost) })
	for _, r := range h {
		switch r := r.(type) {
		case *history.Found:
			if m := message(r.Producer, r.Seq); m == moved {
				r.Offset += 500
			}
		case *history.Send:
			if m := message(r.Producer, r.Seq); m == copied {
				r.Start, r.End = 0, 1
			}
		}
	}
	fail := 1
	for ; ; fail++ {
		reading := new(int)
		r, err := Judge(failing{h, reading, fail}, Options{})
		if *reading < fail {
			break // there is no such reading
		}
		if err == nil || !strings.Contains(err.Error(), "the disk is gone") {
			t.Errorf("reading %d of it fails: %v\n%s", fail, err, r.Text())
		}
	}
	if fail != 11 { // for the run line, the screen, pages, ids, lanes twice, keys twice, and the evidence twice
		t.Errorf("it is read %d times", fail-1)
	}
}

// readings judges a history by all that is said of messages, and says how often it was read.
func readings(t *testing.T, h history.Slice) (int, Report) {
	t.Helper()
	reading := new(int)
	r, err := Judge(failing{h, reading, 0}, Options{MessagesOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	return *reading, r
}

// TestWhatFitsIsNotComparedOneByOne has histories that are all in order: they are read for the run line and the screen.
func TestWhatFitsIsNotComparedOneByOne(t *testing.T) {
	unknown := longRun(2000, [2]int64{0, 2000})
	for _, r := range unknown {
		if s, ok := r.(*history.Send); ok && s.Offset%100 == 7 {
			s.Outcome, s.Broker, s.Offset = history.Unknown, "", -1
		}
	}
	slave := func(end int64) history.Slice {
		h := longRun(2000, [2]int64{0, 2000})
		for n := range end {
			h = append(h, &history.Found{Replica: "a/1", Topic: "t", Broker: "a", Offset: n, Seq: uint64(n), Intact: true})
		}
		return append(h, &history.Scan{Replica: "a/1", Topic: "t", Broker: "a", Max: end, Complete: true, End: 10})
	}
	for name, h := range map[string]history.Slice{"clean": cleanRun(), "unknown sends that landed": unknown, "a slave": slave(2000), "a slave that lags by a page": slave(sets.PageBits), "an empty slave": slave(0)} {
		if n, r := readings(t, h); n != 2 || r.Verdict != Valid {
			t.Errorf("%s: read %d times\n%s", name, n, r.Text())
		}
	}
}

// TestASlaveThatLacksAPage lacks the first, and reaches to its master's end.
func TestASlaveThatLacksAPage(t *testing.T) {
	h := longRun(2000)
	for n := int64(sets.PageBits); n < 2000; n++ {
		h = append(h, &history.Found{Replica: "a/1", Topic: "t", Broker: "a", Offset: n, Seq: uint64(n), Intact: true})
	}
	for end, want := range map[int64]int64{2000: sets.PageBits, 1: 1, 0: 0} {
		scan := &history.Scan{Replica: "a/1", Topic: "t", Broker: "a", Max: end, Complete: true, End: 10}
		if c := edgeClaim(t, append(h[:len(h):len(h)], scan), Options{}, ReplicasAgree); c.Counts["differ"] != want {
			t.Errorf("a slave with offsets up to %d: %v %s", end, c.Counts, c.Why)
		}
	}
}

func TestADamagedDeliveryNamesNoMessage(t *testing.T) {
	for damaged, want := range map[bool]Verdict{true: Valid, false: Violated} {
		d := &history.Deliver{Group: "g", Topic: "t", Broker: "a", Offset: 5, Producer: 9, Seq: 99, Attempt: 1, Start: 5, Damaged: damaged}
		h := append(longRun(10), d)
		for _, claim := range []string{NoUnexpected, OffsetUnique} {
			if c := edgeClaim(t, h, Options{}, claim); c.Verdict != want {
				t.Errorf("delivered, damaged %t: %s is %s: %s", damaged, claim, c.Verdict, c.Why)
			}
		}
	}
}

func TestARunThatPromisesNothingNeedsNoNote(t *testing.T) {
	for promise, want := range map[string]int{"": 0, `{"copies":1}`: 0, `"all"`: 1} {
		h := longRun(10)
		h[0].(*history.Run).Promise = []byte(promise)
		if r, err := Judge(h, Options{}); err != nil || len(r.Notes) != want {
			t.Errorf("promise %q: %v %v", promise, err, r.Notes)
		}
	}
}
