package verify

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// reportWithin judges with other bounds of what is gathered early.
func reportWithin(t interface{ Fatal(...any) }, b earlyBounds, readers []history.Reader) string {
	was := atOnce
	defer func() { atOnce = was }()
	atOnce = b
	r, err := JudgeAll(readers, Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// variants are bounds under which all, some or nothing is gathered early.
var variants = []earlyBounds{{64, 64, 256}, {1, 64, 256}, {64, 1, 1}, {64, 2, 2}, {64, 4, 4}, {64, 7, 3}}

// TestEvidenceIsTheSameWheneverItIsGathered compares with evidence that took a reading of its own.
func TestEvidenceIsTheSameWheneverItIsGathered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawRun(t)
		readers := []history.Reader{h}
		if rapid.Bool().Draw(t, "split") {
			readers = split(t, h)
		}
		want := reportWithin(t, earlyBounds{}, readers)
		for _, b := range variants {
			if d := cmp.Diff(want, reportWithin(t, b, readers)); d != "" {
				t.Fatalf("%v: late (-) and early (+) disagree: %s\n%s", b, d, write(h))
			}
		}
	})
}

// TestEvidenceOfALossOutOfTurn draws losses from a run with probes whose records do not come in the order of time.
func TestEvidenceOfALossOutOfTurn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lost := map[facts.ID]bool{}
		for range rapid.IntRange(1, 4).Draw(t, "lost") {
			lost[facts.ID{Producer: uint32(rapid.IntRange(0, 2).Draw(t, "producer")), Seq: uint64(rapid.IntRange(0, 199).Draw(t, "seq"))}] = true
		}
		h := without(cleanRun(), func(r history.Record) bool {
			f, ok := r.(*history.Found)
			return ok && lost[facts.ID{Producer: f.Producer, Seq: f.Seq}]
		})
		for _, r := range h {
			if p, ok := r.(*history.Probe); ok && p.Start%(700*time.Millisecond) == 0 {
				p.Outcome = history.Unknown
			}
		}
		for range rapid.IntRange(0, 60).Draw(t, "swaps") {
			i := rapid.IntRange(1, len(h)-2).Draw(t, "at")
			j := min(len(h)-1, i+rapid.IntRange(1, 40).Draw(t, "by"))
			h[i], h[j] = h[j], h[i]
		}
		want := reportWithin(t, earlyBounds{}, []history.Reader{h})
		for _, b := range variants {
			if d := cmp.Diff(want, reportWithin(t, b, []history.Reader{h})); d != "" {
				t.Fatalf("%v: late (-) and early (+) disagree: %s", b, d)
			}
		}
	})
}
