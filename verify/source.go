package verify

import (
	"fmt"
	"iter"

	"github.com/rmqproof/rmqproof/history"
)

// scanned names a queue on a replica.
type scanned struct {
	place
	replica string
}

// skipper passes over the scans of a queue that a later scan in the same history replaces: what counts is
// what the last one found.
type skipper map[scanned]int

func (s skipper) found(r *history.Found) bool {
	return len(s) > 0 && s[scanned{place{r.Topic, r.Broker, r.Queue}, r.Replica}] > 0
}

// scan also ends the scan that was passed over.
func (s skipper) scan(r *history.Scan) bool {
	if len(s) == 0 {
		return false
	}
	k := scanned{place{r.Topic, r.Broker, r.Queue}, r.Replica}
	if s[k] == 0 {
		return false
	}
	s[k]--
	return true
}

// source is one history with what is to be passed over in it.
type source struct {
	reader history.Reader
	skip   map[scanned]int
}

// transient readers give records that are valid until the next one only, which saves allocations.
type transient interface {
	Each() iter.Seq2[history.Record, error]
}

// tornReader readers know that their tail was torn.
type tornReader interface{ Torn() *history.Torn }

func (s *source) skipper() skipper {
	k := skipper{}
	for at, n := range s.skip {
		k[at] = n
	}
	return k
}

func (s *source) records() iter.Seq2[history.Record, error] {
	if t, ok := s.reader.(transient); ok {
		return t.Each()
	}
	return s.reader.Records()
}

// each calls f for every record but those that are to be passed over.
func (s *source) each(f func(history.Record)) error {
	skip := s.skipper()
	for r, err := range s.records() {
		if err != nil {
			return err
		}
		switch r := r.(type) {
		case *history.Found:
			if skip.found(r) {
				continue
			}
		case *history.Scan:
			if skip.scan(r) {
				continue
			}
		}
		f(r)
	}
	return nil
}

// screen reads the whole history into a partial judgement: once, or twice where a queue was scanned again.
func (s *source) screen(o Options, ordered []string) (*partial, error) {
	p, err := s.read(o, ordered)
	if err != nil || !p.rescan {
		return p, err
	}
	s.skip = p.replaced()
	return s.read(o, ordered)
}

func (s *source) read(o Options, ordered []string) (*partial, error) {
	p := newPartial(o)
	p.skip = s.skipper()
	for _, t := range ordered {
		p.ordered[t] = true
	}
	for r, err := range s.records() {
		if err != nil {
			return nil, err
		}
		p.observe(r)
	}
	if t, ok := s.reader.(tornReader); ok && t.Torn() != nil {
		p.torn = true
		p.notes = append(p.notes, fmt.Sprintf("the history has a %v", t.Torn()))
	}
	return p, nil
}

// replaced counts the scans of each queue that a later one replaces.
func (p *partial) replaced() map[scanned]int {
	skip := map[scanned]int{}
	for _, q := range p.queues.all {
		for _, r := range q.replicas {
			n := len(r.scans)
			if !r.open {
				n--
			}
			if n > 0 {
				skip[scanned{q.place, r.name}] = n
			}
		}
	}
	return skip
}
