package verify

import (
	"errors"
	"fmt"
	"iter"

	"github.com/rmqproof/rmqproof/history"
)

// Canary proves on a run's own history that the judge would notice a loss: it withholds one acknowledged
// message from a copy of the scans, judges the copy, and returns an error unless that very message is named
// as lost. It also returns an error where no acknowledged message was found that could be withheld.
func Canary(r history.Reader, _ Options) error {
	o := Options{Claims: []string{NoAckedLoss}, Evidence: 1, MessagesOnly: true}
	s := &source{reader: r}
	p, err := s.screen(o, nil)
	if err != nil {
		return fmt.Errorf("choosing a canary: %w", err)
	}
	bird, err := p.bird(s)
	if err != nil {
		return err
	}
	report, err := Judge(withheld{r, bird}, o)
	if err != nil {
		return fmt.Errorf("judging the copy without the canary: %w", err)
	}
	c, _ := report.Claim(NoAckedLoss)
	if c.Verdict != Violated || !names(c.Named, bird) {
		return fmt.Errorf("the judge did not notice that %s was withheld from a copy of the scan: it says %s, %s", bird, c.Verdict, c.Why)
	}
	return nil
}

// bird chooses an acknowledged message that could be found to be lost, from the second half of the sends.
func (p *partial) bird(s *source) (id, error) {
	q := &inquiry{partial: p}
	var bird id
	seen := uint64(0)
	err := s.each(func(r history.Record) {
		send, ok := r.(*history.Send)
		if !ok || send.Outcome != history.OK || !q.scannedAfter(send) {
			return
		}
		m := id{send.Producer, send.Seq}
		if !p.ids.at(m).master.has(uint16(m.seq & pageMask)) {
			return
		}
		if seen++; seen&(seen-1) == 0 { // the first, second, fourth, eighth …
			bird = m
		}
	})
	if err != nil {
		return id{}, fmt.Errorf("choosing a canary: %w", err)
	}
	if seen == 0 {
		return id{}, errors.New("no acknowledged message was found that could be withheld from a copy of the scan, so that nothing shows that the judge would notice a loss")
	}
	return bird, nil
}

// withheld is a history without what its scans found of one message.
type withheld struct {
	history.Reader
	bird id
}

func (w withheld) Records() iter.Seq2[history.Record, error] {
	return func(yield func(history.Record, error) bool) {
		for r, err := range w.Reader.Records() {
			if f, ok := r.(*history.Found); ok && (id{f.Producer, f.Seq}) == w.bird {
				continue
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// names reports whether ranges as a claim names them contain m.
func names(named []string, m id) bool {
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
		if p == m.producer && first <= m.seq && m.seq <= last {
			return true
		}
	}
	return false
}
