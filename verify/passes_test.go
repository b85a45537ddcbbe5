package verify

import (
	"iter"
	"testing"

	"github.com/rmqproof/rmqproof/history"
)

// counting counts how often a history is read from its beginning to its end.
type counting struct {
	*made
	whole int
}

func (c *counting) Each() iter.Seq2[history.Record, error] {
	return func(yield func(history.Record, error) bool) {
		for r, err := range c.made.Each() {
			if !yield(r, err) {
				return
			}
		}
		c.whole++
	}
}

func (c *counting) Records() iter.Seq2[history.Record, error] { return c.Each() }

// TestALossCostsOneMorePass counts the readings: one where all is well, and one more where something is lost. Where so much is lost
// that not all of its places are watched, the evidence takes a third.
func TestALossCostsOneMorePass(t *testing.T) {
	for lost, want := range map[int]int{0: 1, 1: 2, 3: 2, 500: 2, 3000: 3} {
		c := &counting{made: newMade(1e5)}
		c.drop = map[uint64]bool{}
		for n := range lost {
			c.drop[uint64(1000+7*n)] = true
		}
		r, err := Judge(c, Options{MessagesOnly: true, Claims: named(NoAckedLoss, OffsetHonest)})
		if err != nil || (r.Verdict == Violated) != (lost > 0) {
			t.Fatalf("%v %s", err, r.Text())
		}
		if c.whole != want {
			t.Errorf("with %d lost the history is read %d times, not %d", lost, c.whole, want)
		}
	}
}
