package facts

import (
	"fmt"
	"iter"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// scanned names a queue on a replica.
type scanned struct {
	QueueID
	replica string
}

// skipper passes over the scans of a queue that a later scan in the same history replaces: what counts is
// what the last one found.
type skipper map[scanned]int

func (s skipper) found(r *history.Found) bool {
	return len(s) > 0 && s[scanned{QueueID{r.Topic, r.Broker, r.Queue}, r.Replica}] > 0
}

// scan also ends the scan that was passed over.
func (s skipper) scan(r *history.Scan) bool {
	if len(s) == 0 {
		return false
	}
	k := scanned{QueueID{r.Topic, r.Broker, r.Queue}, r.Replica}
	if s[k] == 0 {
		return false
	}
	s[k]--
	return true
}

// source is one history with what is to be passed over in it.
type source struct {
	reader   history.Reader
	skip     map[scanned]int
	masters  map[scanned]bool // as the scans say
	misnamed map[string]bool  // replicas whose messages name other offsets than their places
	late     time.Duration    // how much later than the run's first history this one began

	unclocked string // stands where that is not known
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
	records := s.reader.Records
	if t, ok := s.reader.(transient); ok {
		records = t.Each
	}
	if s.late == 0 {
		return records()
	}
	return func(yield func(history.Record, error) bool) {
		for r, err := range records() {
			if !yield(shifted(r, s.late), err) {
				return
			}
		}
	}
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

// firstPass reads the whole history: once, or twice where a queue was scanned again, or where another replica was its
// master than the first one that was scanned.
func (s *source) firstPass(o Options, ordered []string) (*firstPass, error) {
	p, err := s.read(o, ordered)
	if err != nil || !p.rescan && !p.mistaken && p.misnaming == nil {
		return p, err
	}
	s.skip, s.masters, s.misnamed = p.replaced(), p.masters(), p.misnaming
	return s.read(o, ordered)
}

func (s *source) read(o Options, ordered []string) (*firstPass, error) {
	p := newFirstPass(o)
	p.skip, p.known, p.misnamed = s.skipper(), s.masters, s.misnamed
	for _, t := range ordered {
		p.ordered[t] = true
	}
	if err := s.observe(p); err != nil {
		return nil, err
	}
	p.mistaken = p.mistaken || p.guessed()
	p.unclocked = s.unclocked
	if t, ok := s.reader.(tornReader); ok && t.Torn() != nil {
		p.torn = true
		p.notes = append(p.notes, fmt.Sprintf("the history has a %v", t.Torn()))
	}
	return p, nil
}

// slabbed readers give many records of a kind at a time.
type slabbed interface {
	Slabs() iter.Seq2[history.Slab, error]
}

// observe gives every record to p, many at a time where they come so.
func (s *source) observe(p *firstPass) error {
	if b, ok := s.reader.(slabbed); ok && s.late == 0 {
		for l, err := range b.Slabs() {
			if err != nil {
				return err
			}
			p.slab(l)
		}
		return nil
	}
	for r, err := range s.records() {
		if err != nil {
			return err
		}
		p.observe(r)
	}
	return nil
}

// replaced counts the scans of each queue that a later one replaces.
func (p *firstPass) replaced() map[scanned]int {
	skip := map[scanned]int{}
	for q := range p.queues.all() {
		for _, r := range q.replicas {
			n := len(r.scans)
			if !r.unfinished {
				n--
			}
			if n > 0 {
				skip[scanned{q.QueueID, r.name}] = n
			}
		}
	}
	return skip
}

// masters says which replicas the scans call masters.
func (p *firstPass) masters() map[scanned]bool {
	out := map[scanned]bool{}
	for q := range p.queues.all() {
		for _, r := range q.replicas {
			if r.told {
				out[scanned{q.QueueID, r.name}] = r.master
			}
		}
	}
	return out
}

// guessed reports whether a replica was taken for a master and no scan said so.
func (p *firstPass) guessed() bool {
	for q := range p.queues.all() {
		for _, r := range q.replicas {
			if r.master && !r.told {
				return true
			}
		}
	}
	return false
}
