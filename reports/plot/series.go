package plot

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

const (
	// rateLimit bounds the columns of the rate: 40 ms over a run of two minutes.
	rateLimit = 4096
	// acksLimit bounds the columns of one group's acknowledgements, which are drawn small.
	acksLimit = 1024
	// answersLimit and groupsLimit bound what a hostile history may make us remember.
	answersLimit = 100
	groupsLimit  = 64
)

// Series is what one pass over a history leaves to draw: bounded in size whatever the run's length.
type Series struct {
	End      time.Duration // of the last thing recorded
	rate     *fold[Tally]  // sends by outcome, at the moment of their answer
	intended scatter       // latency from the intended start, at the intended start
	actual   scatter       // latency from the actual start, at the actual start
	groups   map[string]*group
	masters  map[string][]mastership // by broker group, by time
	problems []history.Problem
	Spans    []history.Span   // by their starts
	Answers  map[Answer]int64 // how often sends were told what
	Sent     Tally            // sends by outcome
	probed   Tally
	Started  time.Time // of the run, by the agent's clock
	run      string
	Records  int64
	left     int64 // records whose group or answer was one too many to draw
}

// group is one broker group's strip.
type group struct {
	probes *fold[probing]
	acks   *fold[int64]
	probed Tally
}

// Answer is what a send was told.
type Answer struct {
	Outcome history.Outcome
	Status  string
}

// Read reads a history once. On an error the series of all records before it is given too.
func Read(r history.Reader) (*Series, error) {
	s := &Series{rate: newFold(rateLimit, mergeTally), groups: map[string]*group{}, Answers: map[Answer]int64{}}
	for rec, err := range r.Records() {
		if err != nil {
			s.align()
			return s, fmt.Errorf("read the history after %d records: %w", s.Records, err)
		}
		s.Records++
		s.add(rec)
	}
	s.align()
	return s, nil
}

// align orders the spans and gives all that is drawn on one scale columns of one width.
func (s *Series) align() {
	slices.SortStableFunc(s.Spans, func(a, b history.Span) int { return cmp.Compare(a.Start, b.Start) })
	var width time.Duration
	for _, g := range s.groups {
		width = max(width, g.acks.width)
	}
	for _, g := range s.groups {
		g.acks.widen(width)
	}
	width = max(s.intended.width(), s.actual.width())
	for _, c := range []*scatter{&s.intended, &s.actual} {
		if c.cells != nil {
			c.cells.widen(width)
		}
	}
}

func (s *Series) add(rec history.Record) {
	switch r := rec.(type) {
	case *history.Run:
		if s.run == "" {
			s.run, s.Started = r.ID, r.Started
		}
	case *history.Send:
		s.send(r)
	case *history.Probe:
		s.probe(r)
	case *history.Change:
		s.change(r)
	case *history.Problem:
		s.problem(r)
	case *history.Span:
		s.Spans = append(s.Spans, *r)
		s.reach(r.End)
	}
}

func (s *Series) send(r *history.Send) {
	o := outcome(r.Outcome)
	s.reach(r.End)
	s.Sent[o]++
	s.rate.at(r.End)[o]++
	s.intended.add(point{r.Intended, r.End - r.Intended, o, 1})
	s.actual.add(point{r.Start, r.End - r.Start, o, 1})
	s.answer(Answer{o, r.Status})
	if r.Broker == "" {
		return
	}
	if g := s.group(r.Broker); g != nil && o == history.OK {
		*g.acks.at(r.End)++
	}
}

func (s *Series) probe(r *history.Probe) {
	o := outcome(r.Outcome)
	s.reach(r.End)
	s.probed[o]++
	g := s.group(r.Broker)
	if g == nil {
		return
	}
	g.probed[o]++
	c := g.probes.at(r.Start)
	c.Tally[o]++
	c.busy = max(c.busy, r.End)
}

func (s *Series) answer(a Answer) {
	if _, known := s.Answers[a]; !known && len(s.Answers) >= answersLimit {
		a.Status = "(other answers)"
	}
	s.Answers[a]++
}

// group gives the strip of a broker group, or nil when there are more groups than can be drawn.
func (s *Series) group(name string) *group {
	if g := s.groups[name]; g != nil {
		return g
	}
	if len(s.groups) >= groupsLimit {
		s.left++
		return nil
	}
	g := &group{probes: newFold(stripLimit, mergeProbing), acks: newFold(acksLimit, mergeCount)}
	s.groups[name] = g
	return g
}

func (s *Series) reach(t time.Duration) { s.End = max(s.End, t) }

// names are the groups' names, sorted.
func (s *Series) names() []string {
	names := make([]string, 0, len(s.groups))
	for n := range s.groups {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// outcome treats a value that this version does not know as unknown.
func outcome(o history.Outcome) history.Outcome {
	if o > history.Failed {
		return history.Unknown
	}
	return o
}
