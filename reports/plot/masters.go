package plot

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

const (
	// mastersLimit and problemsLimit bound what a hostile history may make us remember.
	mastersLimit  = 200
	problemsLimit = 200
)

// mastership is a process that became its broker group's master.
type mastership struct {
	at           time.Duration
	process      string
	epoch        int64
	words, short string
}

// change keeps a mastership that is not the one before it said again.
func (s *Series) change(r *history.Change) {
	s.reach(r.At)
	terms := s.masters[r.Broker]
	if r.Role != "master" || !r.Writable || len(terms) >= mastersLimit || s.group(r.Broker) == nil {
		return
	}
	m := mastership{at: r.At, process: cmp.Or(r.Process, r.Address), epoch: r.Epoch, short: fmt.Sprintf("id %d", r.ID)}
	if n := len(terms); n > 0 && (terms[n-1].process == m.process || terms[n-1].epoch > m.epoch) {
		return
	}
	m.words = strings.TrimSpace(m.short + " " + r.Address)
	if r.Epoch > 0 {
		m.short = fmt.Sprintf("epoch %d", r.Epoch)
		m.words = m.short + ": " + m.words
	}
	if s.masters == nil {
		s.masters = map[string][]mastership{}
	}
	s.masters[r.Broker] = append(terms, m)
}

func (s *Series) problem(r *history.Problem) {
	s.reach(r.At)
	if len(s.problems) < problemsLimit {
		s.problems = append(s.problems, *r)
	}
}
