package verify

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/rmqproof/rmqproof/history"
)

// ErrNoCanary says that the history has no acknowledged message: nothing could be withheld.
var ErrNoCanary = errors.New("no message was acknowledged, so none could be withheld from the scan")

// Canary withholds one acknowledged message from a copy of the scan and judges the copy. It returns nil when the judge
// names that message as lost; when it does not, its verdict on the real history is worth nothing.
func Canary(r history.Reader, o Options) error {
	withheld, err := firstAcknowledged(r)
	if err != nil {
		return err
	}
	o.Claims, o.MessagesOnly = []string{NoAckedLoss}, true
	report, err := Judge(without{r, withheld}, o)
	if err != nil {
		return err
	}
	for _, c := range report.Claims {
		if c.Verdict == Violated && slices.ContainsFunc(c.Named, withheld.within) {
			return nil
		}
	}
	return fmt.Errorf("message %d:%d was withheld from the scan, and the judge did not miss it: %s", withheld.producer, withheld.seq, report.Verdict)
}

// message is a message's id.
type message struct {
	producer uint32
	seq      uint64
}

// within tells whether a name, "producer:seq" or "producer:first-last", covers the message.
func (m message) within(name string) bool {
	var producer uint32
	var first, last uint64
	n, _ := fmt.Sscanf(name, "%d:%d-%d", &producer, &first, &last)
	if n == 2 {
		last = first
	}
	return n >= 2 && producer == m.producer && first <= m.seq && m.seq <= last
}

func firstAcknowledged(r history.Reader) (message, error) {
	for rec, err := range r.Records() {
		if err != nil {
			return message{}, err
		}
		if s, ok := rec.(*history.Send); ok && s.Outcome == history.OK {
			return message{s.Producer, s.Seq}, nil
		}
	}
	return message{}, ErrNoCanary
}

// without is a history whose scans did not find one message.
type without struct {
	history.Reader
	withheld message
}

func (w without) Records() iter.Seq2[history.Record, error] {
	return func(yield func(history.Record, error) bool) {
		for r, err := range w.Reader.Records() {
			if f, ok := r.(*history.Found); ok && f.Producer == w.withheld.producer && f.Seq == w.withheld.seq {
				continue
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
