package facts

import (
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// firstLine is what matters of the first record of a history before all are read.
type firstLine struct {
	id      string
	started time.Time
	ordered []string
}

// readFirstLines gives the ordered topics of all histories, so that each is read with all of them, and puts the
// histories on one clock. A history of another run is refused.
func readFirstLines(sources []*source) (ordered []string, err error) {
	lines := make([]firstLine, len(sources))
	var zero time.Time
	id, from := "", ""
	for i, s := range sources {
		if lines[i], err = s.firstLine(); err != nil {
			return nil, err
		}
		l := lines[i]
		ordered = append(ordered, l.ordered...)
		switch {
		case l.id == "":
		case id == "":
			id, from = l.id, s.name(i)
		case l.id != id:
			return nil, fmt.Errorf("%s is of run %q and %s of run %q: histories of one run belong together", from, id, s.name(i), l.id)
		}
		if !l.started.IsZero() && (zero.IsZero() || l.started.Before(zero)) {
			zero = l.started
		}
	}
	for i, s := range sources {
		if !zero.IsZero() && lines[i].started.IsZero() {
			s.unclocked = fmt.Sprintf("%s does not say when it started, so that its times fit no other history's", s.name(i))
			continue
		}
		s.late = lines[i].started.Sub(zero)
	}
	return ordered, nil
}

func (s *source) firstLine() (l firstLine, err error) {
	for r, err := range s.records() {
		if err != nil {
			return l, err
		}
		if run, ok := r.(*history.Run); ok {
			return firstLine{run.ID, run.Started, run.Ordered}, nil
		}
		break
	}
	return l, nil
}

// name tells a reader which history is meant.
func (s *source) name(i int) string {
	if n, ok := s.reader.(interface{ Name() string }); ok {
		return n.Name()
	}
	return fmt.Sprintf("history %d", i+1)
}

// shifted is a record of a history that began late, with the times of the run that began first. The record itself
// stays as it is.
func shifted(r history.Record, late time.Duration) history.Record {
	switch r := r.(type) {
	case *history.Send:
		c := *r
		c.Intended, c.Start, c.End = c.Intended+late, c.Start+late, c.End+late
		return &c
	case *history.Scan:
		c := *r
		c.End += late
		return &c
	case *history.Deliver:
		c := *r
		c.Start += late
		return &c
	case *history.Probe:
		c := *r
		c.Start, c.End = c.Start+late, c.End+late
		return &c
	case *history.Span:
		return shiftedSpan(*r, late)
	case *history.Change:
		c := *r
		c.At += late
		return &c
	case *history.State:
		c := *r
		c.At += late
		return &c
	case *history.Problem:
		c := *r
		c.At += late
		return &c
	}
	return r
}

func shiftedSpan(s history.Span, late time.Duration) *history.Span {
	s.Start, s.End = s.Start+late, s.End+late
	for _, t := range []*time.Duration{&s.Decided, &s.Injected, &s.ConfirmedAt, &s.Healing, &s.Healed} {
		if *t != 0 { // 0 is unknown
			*t += late
		}
	}
	return &s
}
