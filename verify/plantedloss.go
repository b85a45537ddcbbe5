package verify

import (
	"errors"
	"fmt"
	"iter"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/claims"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// PlantedLoss proves on a run's own history that the judge notices a loss: it withholds one acknowledged message
// from a copy of the scans, judges the copy, and returns an error unless that very message is named as lost. It
// also returns an error where no acknowledged message was found that could be withheld.
func PlantedLoss(r history.Reader) error {
	o := Options{Claims: []Claim{claims.NoAckedLoss()}, Evidence: 1, MessagesOnly: true}
	f, err := facts.Of([]history.Reader{r}, o.facts())
	if err != nil {
		return fmt.Errorf("choosing a message to withhold: %w", err)
	}
	m, err := chooseLoss(f)
	if err != nil {
		return err
	}
	report, err := Judge(withheld{r, m}, o)
	if err != nil {
		return fmt.Errorf("judging the copy without %s: %w", m, err)
	}
	if c := report.Claims[0]; c.Verdict != Violated || !names(c.Named, m) {
		return fmt.Errorf("the judge did not notice that %s was withheld from a copy of the scan: it says %s, %s", m, c.Verdict, c.Why)
	}
	return nil
}

// chooseLoss chooses an acknowledged message that could be found to be lost, from the second half of the sends.
func chooseLoss(f *Facts) (m facts.ID, err error) {
	seen := uint64(0)
	err = f.Each(func(r history.Record) {
		send, ok := r.(*history.Send)
		if !ok || !f.FoundAsAcked(send) {
			return
		}
		if seen++; seen&(seen-1) == 0 { // the first, second, fourth, eighth …
			m = facts.ID{Producer: send.Producer, Seq: send.Seq}
		}
	})
	if err != nil {
		return m, fmt.Errorf("choosing a message to withhold: %w", err)
	}
	if seen == 0 {
		return m, errors.New("no acknowledged message was found that could be withheld from a copy of the scan, so that nothing shows that the judge would notice a loss")
	}
	return m, nil
}

// withheld is a history without what its scans found of one message.
type withheld struct {
	history.Reader
	lost facts.ID
}

func (w withheld) Records() iter.Seq2[history.Record, error] {
	return func(yield func(history.Record, error) bool) {
		for r, err := range w.Reader.Records() {
			if f, ok := r.(*history.Found); ok && (facts.ID{Producer: f.Producer, Seq: f.Seq}) == w.lost {
				continue
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// names reports whether ranges as a claim names them contain m.
func names(named []string, m facts.ID) bool {
	for _, n := range named {
		var p uint32
		var first, last uint64
		switch got, _ := fmt.Sscanf(n, "%d:%d-%d", &p, &first, &last); got {
		case 2:
			last = first
		case 3:
		default:
			continue
		}
		if p == m.Producer && first <= m.Seq && m.Seq <= last {
			return true
		}
	}
	return false
}
