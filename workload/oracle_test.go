package workload_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload"
)

// begin starts a load into a new history.
func begin(t *testing.T, s *workload.Load, id string) (context.Context, *history.Recorder, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "h.rmqh")
	rec, err := history.Create(path)
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 9*time.Minute)
	t.Cleanup(cancel)
	must(t, s.Start(ctx, rec, history.Run{Version: history.Version, ID: id, Claims: []string{"no-acked-loss"}}))
	return ctx, rec, path
}

type id struct {
	producer uint32
	seq      uint64
}

// summary is what a history says, by an oracle that is slower and simpler than the judge.
type summary struct {
	first     history.Kind
	runs      int
	acked     map[id]*history.Send
	attempted map[id]bool
	found     map[id]*history.Found
	delivered map[id]int
	statuses  map[string]int
	probes    []*history.Probe
	wrong     []string

	rolledBack map[id]bool
	due        map[id]time.Duration
	late       time.Duration // of all deliveries
}

func (s *summary) String() string {
	return fmt.Sprintf("%d attempted %v, %d acknowledged, %d found, %d delivered, %d probes", len(s.attempted), s.statuses, len(s.acked), len(s.found), len(s.delivered), len(s.probes))
}

func summarise(t *testing.T, path string) *summary {
	t.Helper()
	file, err := history.Open(path)
	must(t, err)
	s := &summary{acked: map[id]*history.Send{}, attempted: map[id]bool{}, found: map[id]*history.Found{}, delivered: map[id]int{}, statuses: map[string]int{}, rolledBack: map[id]bool{}, due: map[id]time.Duration{}}
	for r, err := range file.Records() {
		must(t, err)
		if s.first == "" {
			s.first = r.Kind()
		}
		s.take(r)
	}
	for i, a := range s.acked {
		f := s.found[i]
		if f == nil {
			s.bad("lost", *a)
		} else if !a.KeptApart() && f.Offset != a.Offset || f.Queue != a.Queue || f.Broker != a.Broker {
			s.bad("acknowledged elsewhere than found", *a, *f)
		}
	}
	return s
}

func (s *summary) bad(what string, records ...any) {
	s.wrong = append(s.wrong, fmt.Sprint(what, ": ", fmt.Sprintf("%+v", records)))
}

func (s *summary) take(r history.Record) {
	switch r := r.(type) {
	case *history.Run:
		if s.runs++; r.Started.IsZero() {
			s.bad("no start", *r)
		}
	case *history.Send:
		s.statuses[r.Status]++
		i := id{r.Producer, r.Seq}
		s.attempted[i], s.rolledBack[i] = true, r.Type == history.Rollback
		if r.Due != 0 {
			s.due[i] = r.Due
		}
		if r.Outcome == history.OK {
			s.acked[id{r.Producer, r.Seq}] = r
		}
	case *history.Found:
		i := id{r.Producer, r.Seq}
		if !r.Intact || !s.attempted[i] || s.found[i] != nil || s.rolledBack[i] {
			s.bad("damaged, unexpected or twice", *r)
		}
		s.found[i] = r
	case *history.Deliver:
		s.takeDue(r)
		if s.delivered[id{r.Producer, r.Seq}]++; r.Broker == "" {
			s.bad("delivered from nowhere", *r)
		}
	case *history.Scan:
		if !r.Complete {
			s.bad("incomplete", *r, r.Why)
		}
	case *history.Probe:
		s.probes = append(s.probes, r)
	}
}

// takeDue compares a delivery with when it was due; brokers round a time down to a second.
func (s *summary) takeDue(r *history.Deliver) {
	due, delayed := s.due[id{r.Producer, r.Seq}]
	if !delayed {
		return
	}
	if r.Start < due-time.Second {
		s.bad("early", *r, due)
	}
	s.late += r.Start - due
}

// outage is from the last probe that succeeded before a moment to the first that succeeded after it.
func (s *summary) outage(broker string, at time.Duration) (from, to time.Duration) {
	for _, p := range s.probes {
		if p.Broker != broker || p.Outcome != history.OK {
			continue
		}
		if p.Start <= at {
			from = max(from, p.Start)
		} else if to == 0 || p.End < to {
			to = p.End
		}
	}
	return from, to
}
