package scenario

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/history"
)

// schedule runs the steps one after another and tells whether every fault was injected.
func (c *conductor) schedule(ctx context.Context, steps []Step) bool {
	whole := true
	for _, s := range steps {
		if s.After > 0 && !c.step(ctx, "traffic before "+s.Fault.Name(), 0, func(ctx context.Context) error { return hold(ctx, s.After) }) {
			return false
		}
		whole = c.beside(ctx, s) && whole
	}
	return whole
}

// beside runs a step and those that belong to it.
func (c *conductor) beside(ctx context.Context, s Step) bool {
	var group sync.WaitGroup
	injected := make([]bool, len(s.With))
	for i, other := range s.With {
		group.Go(func() { injected[i] = c.schedule(ctx, []Step{other}) })
	}
	whole := c.inject(ctx, s)
	group.Wait()
	for _, ok := range injected {
		whole = whole && ok
	}
	return whole
}

// inject injects, confirms, holds, gathers evidence and heals, and records the fault's span. It tells whether the fault
// was injected.
func (c *conductor) inject(ctx context.Context, s Step) bool {
	name, began := s.Fault.Name(), time.Now()
	var injection chaos.Injection
	var nth int
	injected := c.step(ctx, "inject "+name, 0, func(ctx context.Context) (err error) {
		injection, nth, err = c.company.inject(ctx, s.Fault, c.Cluster)
		return err
	})
	if injection == nil {
		return false
	}
	on := strings.Join(injection.Targets(), ", ")
	confirmed := injected && c.step(ctx, "confirm that it holds on "+on, c.Budget.Confirm, func(ctx context.Context) error {
		return c.company.confirm(ctx, nth)
	})
	c.endure(ctx, s, confirmed)
	c.step(context.WithoutCancel(ctx), "heal", c.Budget.Heal, injection.Heal)
	c.record(c.faultSpan(name, began, injection, confirmed))
	c.keep(injection)
	return injected
}

// endure lets a confirmed fault work and gathers evidence meanwhile: healing may take it away.
func (c *conductor) endure(ctx context.Context, s Step, confirmed bool) {
	var gathering sync.WaitGroup
	gathering.Go(func() {
		c.witness(context.WithoutCancel(ctx), s.Fault.Name())
	})
	if confirmed {
		c.step(ctx, "hold", 0, func(ctx context.Context) error { return hold(ctx, s.Hold) })
	}
	gathering.Wait()
}

// witness gathers evidence while a fault holds. What cannot be had then, such as the log of a pod on its way, is no problem of
// the run: all is gathered again at the end.
func (c *conductor) witness(ctx context.Context, fault string) {
	activity := c.announce(c.Name + ": gather evidence of " + fault)
	ctx, cancel := context.WithTimeout(ctx, c.Budget.Finish)
	defer cancel()
	_ = activity.Done(c.collect("during " + fault)(ctx))
}

// keep notes what a fault leaves changed on purpose.
func (c *conductor) keep(i chaos.Injection) {
	keeper, ok := i.(chaos.Keeper)
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for kind, names := range keeper.Kept() {
		if c.kept == nil {
			c.kept = chaos.Things{}
		}
		c.kept[kind] = append(c.kept[kind], names...)
	}
}

// faultSpan is what a fault did and when. It begins with the decision; recovery counts from the injection.
func (c *conductor) faultSpan(name string, began time.Time, i chaos.Injection, confirmed bool) history.Span {
	t := i.Times()
	at := func(moment time.Time) time.Duration {
		if moment.IsZero() {
			return 0
		}
		return c.Workload.Since(moment)
	}
	return history.Span{
		Name: name, Phase: history.Fault, Target: strings.Join(i.Targets(), ", "), Confirmed: confirmed,
		Start: c.Workload.Since(began), End: c.Workload.Since(time.Now()),
		Decided: at(t.Decided), Injected: at(t.Injected), ConfirmedAt: at(t.Confirmed), Healing: at(t.Healing), Healed: at(t.Healed),
	}
}

// span keeps the load running for d and records the stretch. It tells whether it lasted.
func (c *conductor) span(ctx context.Context, s history.Span, last func(context.Context) error) bool {
	began := time.Now()
	lasted := c.step(ctx, "traffic "+s.Name+" the fault", 0, last)
	s.Confirmed, s.Start, s.End = lasted, c.Workload.Since(began), c.Workload.Since(time.Now())
	c.record(s)
	return lasted
}

func (c *conductor) record(s history.Span) {
	if err := c.rec.Append(&s); err != nil {
		c.problem("record", fmt.Errorf("record the span %q: %w", s.Name, err))
	}
}

// problem notes what went wrong, in the history too while it is written: whoever judges it again comes to the same verdict.
func (c *conductor) problem(step string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.recording {
		if told := c.rec.Append(&history.Problem{At: c.Workload.Since(time.Now()), Step: step, Text: err.Error()}); told != nil {
			err = errors.Join(err, told)
		}
	}
	c.result.Problems = append(c.result.Problems, err)
}
