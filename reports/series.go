package reports

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

// series is what one pass over a history leaves to draw: bounded in size whatever the run's length.
type series struct {
	end      time.Duration
	rate     *fold[tally] // sends by outcome, at the moment of their answer
	intended scatter      // latency from the intended start, at the intended start
	actual   scatter      // latency from the actual start, at the actual start
	groups   map[string]*group
	spans    []history.Span
	answers  map[answer]int64
	sent     tally
	probed   tally
	started  time.Time
	run      string
	records  int64
	left     int64 // records whose group or answer was one too many to draw
}

// group is one broker group's strip.
type group struct {
	probes *fold[probing]
	acks   *fold[int64]
	probed tally
}

// answer is what a send was told.
type answer struct {
	outcome history.Outcome
	status  string
}

// collect reads a history once. On an error the series of all records before it is given too.
func collect(r history.Reader) (*series, error) {
	s := &series{rate: newFold(rateLimit, mergeTally), groups: map[string]*group{}, answers: map[answer]int64{}}
	for rec, err := range r.Records() {
		if err != nil {
			s.align()
			return s, fmt.Errorf("read the history after %d records: %w", s.records, err)
		}
		s.records++
		s.add(rec)
	}
	s.align()
	return s, nil
}

// align orders the spans and gives all that is drawn on one scale columns of one width.
func (s *series) align() {
	slices.SortStableFunc(s.spans, func(a, b history.Span) int { return cmp.Compare(a.Start, b.Start) })
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

func (s *series) add(rec history.Record) {
	switch r := rec.(type) {
	case *history.Run:
		if s.run == "" {
			s.run, s.started = r.ID, r.Started
		}
	case *history.Send:
		s.send(r)
	case *history.Probe:
		s.probe(r)
	case *history.Span:
		s.spans = append(s.spans, *r)
		s.reach(r.End)
	}
}

func (s *series) send(r *history.Send) {
	o := outcome(r.Outcome)
	s.reach(r.End)
	s.sent[o]++
	s.rate.at(r.End)[o]++
	s.intended.add(point{r.Intended, r.End - r.Intended, o, 1})
	s.actual.add(point{r.Start, r.End - r.Start, o, 1})
	s.answer(answer{o, r.Status})
	if r.Broker == "" {
		return
	}
	if g := s.group(r.Broker); g != nil && o == history.OK {
		*g.acks.at(r.End)++
	}
}

func (s *series) probe(r *history.Probe) {
	o := outcome(r.Outcome)
	s.reach(r.End)
	s.probed[o]++
	g := s.group(r.Broker)
	if g == nil {
		return
	}
	g.probed[o]++
	c := g.probes.at(r.Start)
	c.tally[o]++
	c.busy = max(c.busy, r.End)
}

func (s *series) answer(a answer) {
	if _, known := s.answers[a]; !known && len(s.answers) >= answersLimit {
		a.status = "(other answers)"
	}
	s.answers[a]++
}

// group gives the strip of a broker group, or nil when there are more groups than can be drawn.
func (s *series) group(name string) *group {
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

func (s *series) reach(t time.Duration) { s.end = max(s.end, t) }

// names are the groups' names, sorted.
func (s *series) names() []string {
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
