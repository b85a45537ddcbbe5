package agentapi

import (
	"context"
	"fmt"
	"time"
)

// Clock relates this process's clock to the agent's.
type Clock struct {
	Ahead time.Duration // how far the agent's clock is ahead of ours
	Bound time.Duration // the error of Ahead is at most this
}

// clockSamples is how many times the agent is asked: the quickest answer is the most exact.
const clockSamples = 8

// Clock asks for the agent's time. Half the round trip bounds the error.
func (a *Agent) Clock(ctx context.Context) (Clock, error) {
	var best Clock
	for i := range clockSamples {
		var said Time
		asked := time.Now()
		if err := a.get(ctx, "/time", &said); err != nil {
			return Clock{}, fmt.Errorf("relate the clocks: %w", err)
		}
		trip := time.Since(asked)
		c := Clock{Ahead: time.Unix(0, said.UnixNano).Sub(asked.Add(trip / 2).Round(0)), Bound: trip / 2}
		if i == 0 || c.Bound < best.Bound {
			best = c
		}
	}
	return best, nil
}

// In is a moment of this process by the agent's clock.
func (c Clock) In(t time.Time) time.Time { return t.Round(0).Add(c.Ahead) }
