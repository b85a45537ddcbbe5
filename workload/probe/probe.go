package probe

import (
	"context"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// Config is one broker group's probe.
type Config struct {
	Group    string
	Topic    string        // the probe's own; queue 0 is used
	Interval time.Duration // from one probe's intended time to the next's
	Deadline time.Duration // counted from the intended time
	Body     []byte
	Dialer   remoting.Dialer // nil: TCP
}

// Probe probes one broker group.
type Probe struct {
	config Config
	routes *Routes
	record func(*history.Probe) error

	mu      sync.Mutex
	good    string           // the address that answered last; empty while none does
	links   map[string]*link // by address
	skipped int64            // ticks that this process was too late for, since the last probe
}

// New makes a probe that hands each result to record, from several goroutines.
func New(c Config, routes *Routes, record func(*history.Probe) error) *Probe {
	return &Probe{config: c, routes: routes, record: record, links: map[string]*link{}}
}

// Run probes until the context ends, and returns when the last probe is recorded. zero is the time that records
// count from.
func (p *Probe) Run(ctx context.Context, zero time.Time) error {
	defer p.close()
	p.routes.await(ctx, p.config.Group)
	running, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	timer := time.NewTimer(0)
	defer timer.Stop()
	// On the run's grid, so that one waking serves the probes of all groups.
	first := zero.Add((time.Since(zero)/p.config.Interval + 1) * p.config.Interval)
	for next := first; ; next = next.Add(p.config.Interval) {
		next = p.late(next)
		timer.Reset(time.Until(next))
		select {
		case <-running.Done():
			all.Wait()
			if err := context.Cause(running); ctx.Err() == nil {
				return err
			}
			return nil
		case <-timer.C:
		}
		intended := next
		all.Go(func() {
			if err := p.one(context.WithoutCancel(ctx), intended, zero); err != nil {
				cancel(err)
			}
		})
	}
}

// late skips the ticks that have passed already: a process that was not scheduled must not be taken for a cluster that
// did not serve.
func (p *Probe) late(next time.Time) time.Time {
	missed := int64(time.Since(next) / p.config.Interval)
	if missed <= 0 {
		return next
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.skipped += missed
	return next.Add(time.Duration(missed) * p.config.Interval)
}

// one sends one probe and records it. It outlives the probe's run by its deadline at most.
func (p *Probe) one(ctx context.Context, intended, zero time.Time) error {
	ctx, cancel := context.WithDeadline(ctx, intended.Add(p.config.Deadline))
	defer cancel()
	a := p.race(ctx, p.targets())
	if a.outcome != history.OK {
		p.routes.Refresh(context.WithoutCancel(ctx))
	}
	p.note(a)
	r := &history.Probe{Broker: p.config.Group, Start: intended.Sub(zero), End: time.Since(zero), Outcome: a.outcome}
	p.explain(r, a)
	return p.record(r)
}

// explain says why a probe failed and where it went; nothing in the ordinary case, which is most of the log.
func (p *Probe) explain(r *history.Probe, a answer) {
	if a.outcome != history.OK {
		r.Status, r.Address = a.status, a.address
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	r.Skipped, p.skipped = p.skipped, 0
}
