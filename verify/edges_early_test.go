package verify

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rmqproof/rmqproof/history"
)

// lossAmong is a queue that was sent to at these seconds, by a producer each, and lost the last message.
func lossAmong(seconds ...int) history.Slice {
	h := history.Slice{}
	for i, at := range seconds {
		s := &history.Send{Producer: uint32(i), Topic: "t", Broker: "a", Outcome: history.OK, Offset: int64(i), Start: time.Duration(at) * time.Second}
		s.End = s.Start + ms1
		h = append(h, s)
		if i < len(seconds)-1 {
			h = append(h, &history.Found{Replica: "a/0", Topic: "t", Broker: "a", Offset: int64(i), Producer: uint32(i), Intact: true})
		}
	}
	return append(h, &history.Scan{Replica: "a/0", Master: true, Topic: "t", Broker: "a", Max: int64(len(seconds)), Complete: true, End: 40 * time.Second})
}

// TestEvidenceOfALossAtItsEdges has records out of the order of time, of one time, and of the message and its place apart. However it
// is gathered, the report is the same.
func TestEvidenceOfALossAtItsEdges(t *testing.T) {
	probe := func(second int) history.Record {
		at := time.Duration(second) * time.Second
		return &history.Probe{Broker: "a", Start: at, End: at + ms1, Outcome: history.Unknown}
	}
	given := func(queue int32, offset int64, producer uint32) history.Record {
		return &history.Deliver{Group: "g", Topic: "t", Broker: "a", Queue: queue, Offset: offset, Producer: producer, Attempt: 1, Start: 50 * time.Second}
	}
	for name, h := range map[string]history.Slice{
		"the nearest send came first":             lossAmong(9, 1, 2, 3, 4, 5, 6, 7, 10),
		"two sends at one time":                   lossAmong(7, 7, 8, 9, 2, 10),
		"the nearest probe came first":            append(history.Slice{probe(9), probe(12)}, lossAmong(10)...),
		"its place was given as another, first":   append(lossAmong(1, 2), given(0, 1, 0), given(1, 3, 1)),
		"it was given from another place, first":  append(lossAmong(1, 2), given(1, 3, 1), given(0, 1, 0)),
		"both, and again":                         append(lossAmong(1, 2), given(0, 1, 0), given(1, 3, 1), given(0, 1, 0), given(1, 4, 1)),
		"its place on a slave is another message": append(history.Slice{&history.Found{Replica: "a/1", Topic: "t", Broker: "a", Offset: 1, Intact: true}}, lossAmong(1, 2)...),
	} {
		want := reportWithin(t, earlyBounds{}, []history.Reader{h})
		for _, b := range variants {
			if d := cmp.Diff(want, reportWithin(t, b, []history.Reader{h})); d != "" {
				t.Errorf("%s: %v: late (-) and early (+) disagree: %s", name, b, d)
			}
		}
	}
}

// TestALossIsCutOffOnce has, beside messages that an election cut off, one that lies in another queue: the histories are read twice for
// what is missing.
func TestALossIsCutOffOnce(t *testing.T) {
	cut, err := os.ReadFile("testdata/truncation-by-an-election.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	path, more := filepath.Join(t.TempDir(), "h.jsonl"), bytes.Buffer{}
	scan := func(queue int32, high int64) *history.Scan {
		return &history.Scan{Replica: "east/2", Master: true, Topic: "t", Broker: "east", Queue: queue, Max: high, Complete: true, End: 2 * time.Minute}
	}
	if err := history.WriteLines(&more, history.Slice{
		&history.Send{Producer: 1, Topic: "t", Broker: "east", Queue: 5, Outcome: history.OK, Start: 30 * time.Second, End: 31 * time.Second},
		&history.Found{Replica: "east/2", Topic: "t", Broker: "east", Queue: 6, Producer: 1, Intact: true}, scan(5, 0), scan(6, 1),
	}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(cut, more.Bytes()...), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := history.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Judge(f, Options{Claims: named("no-truncation", OffsetHonest)})
	lost, _ := r.Claim("no-truncation")
	honest, _ := r.Claim(OffsetHonest)
	if err != nil || lost.Counts["cut_off"] != 2 || honest.Counts["dishonest"] != 3 {
		t.Errorf("%v %s", err, r.Text())
	}
}
