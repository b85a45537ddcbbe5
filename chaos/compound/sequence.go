package compound

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
)

// Step is one fault of a sequence.
type Step struct {
	Fault chaos.Fault
	Hold  time.Duration // from its confirmation to its healing; of the last step the experiment's own
	Pause time.Duration // from its healing to the next step
}

// Sequence injects, confirms, holds and heals one fault after another. The last is left for the experiment to confirm and heal.
type Sequence []Step

// Name joins theirs.
func (s Sequence) Name() string {
	var names []string
	for _, step := range s {
		names = append(names, step.Fault.Name())
	}
	return strings.Join(names, ", then ")
}

// Needs is what any of them needs.
func (s Sequence) Needs() []chaos.Need {
	var faults []chaos.Fault
	for _, step := range s {
		faults = append(faults, step.Fault)
	}
	return needs(faults)
}

// Inject goes through all steps. Where one fails, what it began is returned to be healed.
func (s Sequence) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	if len(s) == 0 {
		return nil, fmt.Errorf("a sequence of no faults disturbs nothing")
	}
	var past group
	for n, step := range s {
		i, err := step.Fault.Inject(ctx, on)
		if i != nil {
			past = append(past, i)
		}
		if err == nil && n < len(s)-1 {
			err = step.pass(ctx, i)
		}
		if err != nil && len(past) == 0 {
			return nil, fmt.Errorf("step %d, %s: %w", n+1, step.Fault.Name(), err)
		}
		if err != nil {
			return sequenced{past}, fmt.Errorf("step %d, %s: %w", n+1, step.Fault.Name(), err)
		}
	}
	return sequenced{past}, nil
}

// pass confirms, holds and heals one step.
func (s Step) pass(ctx context.Context, i chaos.Injection) error {
	if err := i.Confirm(ctx); err != nil {
		return err
	}
	if err := hold(ctx, s.Hold); err != nil {
		return err
	}
	if err := i.Heal(ctx); err != nil {
		return err
	}
	return hold(ctx, s.Pause)
}

func hold(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// sequenced is a group of which only the last still holds.
type sequenced struct{ group }

// Confirm asks the last; those before it were confirmed when they held.
func (s sequenced) Confirm(ctx context.Context) error { return s.group[len(s.group)-1].Confirm(ctx) }

// Repeat injects the same fault n times, chosen anew each time.
func Repeat(n int, hold, pause time.Duration, f chaos.Fault) Sequence {
	s := make(Sequence, n)
	for k := range s {
		s[k] = Step{Fault: f, Hold: hold, Pause: pause}
	}
	return s
}

// Random draws n faults. The same seed and the same list draw the same.
func Random(seed uint64, n int, of ...Step) Sequence {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	s := make(Sequence, n)
	for k := range s {
		s[k] = of[r.IntN(len(of))]
	}
	return s
}
