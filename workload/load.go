package workload

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/internal/await"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// Load is the traffic of one run as the runner drives it. Zero values take the defaults; no traffic named is one steady
// traffic. It is used for one run.
type Load struct {
	Agent    *agentapi.Agent
	Traffics []agentapi.Traffic
	Groups   []string // broker groups; empty: all that have a master when the load starts
	Seed     uint64

	ProbeInterval, ProbeDeadline time.Duration
	NoProbe                      bool

	run      string
	zero     time.Time // the run's start by the agent's clock
	clock    agentapi.Clock
	follower *follower
	ended    chan error
	cancel   context.CancelCauseFunc
}

// Start starts the load and returns when a first message has been acknowledged. Records come into rec until Finish
// returns, beginning with run, which gets the agent's start as its time, and what the load means to show.
func (l *Load) Start(ctx context.Context, rec *history.Recorder, run history.Run) error {
	reported, err := l.Agent.Topology(ctx)
	if err != nil {
		return err
	}
	config, err := l.config(run.ID, reported)
	if err != nil {
		return err
	}
	l.run = config.ID
	if l.clock, err = l.Agent.Clock(ctx); err != nil {
		return err
	}
	status, err := l.begin(ctx, config)
	if err != nil {
		return err
	}
	l.zero = status.Started
	announce(&run, config, reported)
	run.Started = status.Started
	if err := rec.Append(&run); err != nil {
		return errors.Join(err, l.Agent.Order(ctx, l.run, "stop"))
	}
	l.follow(ctx, rec)
	err = l.await(ctx, "a first acknowledgement", func(s agentapi.RunStatus) error {
		if s.Phase != agentapi.PhaseRunning {
			return await.Permanent(errors.Join(problem(s), fmt.Errorf("the load is %s", s.Phase)))
		}
		return unless(s.Acked > 0 && l.Acked() > 0, s)
	})
	if err != nil {
		return errors.Join(err, l.giveUp(ctx, err))
	}
	return nil
}

// giveUpWithin bounds the last word to the agent.
const giveUpWithin = 10 * time.Second

// giveUp ends a load from which nothing is expected: nobody else would, and it is on somebody's cluster.
func (l *Load) giveUp(ctx context.Context, why error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveUpWithin)
	defer cancel()
	err := l.Agent.Order(ctx, l.run, "stop")
	l.cancel(why)
	return err
}

// begin asks again while the agent still ends the load of a runner that is gone.
func (l *Load) begin(ctx context.Context, c agentapi.RunConfig) (agentapi.RunStatus, error) {
	var status agentapi.RunStatus
	err := await.Wait{What: "the load to start"}.Until(ctx, func(ctx context.Context) (err error) {
		status, err = l.Agent.StartRun(ctx, c)
		if err != nil && !strings.Contains(err.Error(), agentapi.TryAgain) {
			return await.Permanent(err)
		}
		return err
	})
	return status, err
}

// follow copies the log until Finish; it outlives the step that started it.
func (l *Load) follow(ctx context.Context, rec *history.Recorder) {
	following, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	l.cancel, l.ended = cancel, make(chan error, 1)
	l.follower = &follower{agent: l.Agent, run: l.run, into: rec.Append}
	go func() { l.ended <- l.follower.follow(following) }()
}

// Acked is the number of acknowledged sends that have arrived so far.
func (l *Load) Acked() int64 {
	if l.follower == nil {
		return 0
	}
	return l.follower.acked.Load()
}

// Since is a moment of this process as a time of the run, as exact as ClockError says.
func (l *Load) Since(t time.Time) time.Duration { return l.clock.In(t).Sub(l.zero) }

// ClockError bounds the error of Since.
func (l *Load) ClockError() time.Duration { return l.clock.Bound }

// Undisturbed is for how long no probe has failed.
func (l *Load) Undisturbed(ctx context.Context) (time.Duration, error) {
	status, err := l.Status(ctx)
	if err != nil {
		return 0, err
	}
	since := status.Started
	if status.Disturbed.After(since) {
		since = status.Disturbed
	}
	return status.Now.Sub(since), nil
}

// Stop ends the sends and waits until the consumers have seen everything or their time is over.
func (l *Load) Stop(ctx context.Context) error {
	return l.order(ctx, "stop", agentapi.PhaseStopped, agentapi.PhaseScanned, agentapi.PhaseFinished)
}

// Scan reads every queue from end to end with fresh connections.
func (l *Load) Scan(ctx context.Context) error {
	return l.order(ctx, "scan", agentapi.PhaseScanned, agentapi.PhaseFinished)
}

// Finish closes the log and returns when all of it has arrived. It fails where the agent says that it could not record
// something, or was restarted in the middle of the load; the log is brought here also then.
func (l *Load) Finish(ctx context.Context) error {
	if l.follower == nil {
		return errors.New("the load was never started")
	}
	defer l.cancel(nil)
	problem := l.order(ctx, "finish", agentapi.PhaseFinished)
	select {
	case err := <-l.ended:
		return errors.Join(problem, err)
	case <-ctx.Done():
		l.cancel(context.Cause(ctx))
		return errors.Join(problem, <-l.ended)
	}
}

// Remove takes the load's topics and consumer groups off the cluster, once it is finished. One that never started has none.
func (l *Load) Remove(ctx context.Context) error {
	if l.follower == nil {
		return nil
	}
	return l.Agent.Remove(ctx, l.run)
}

// Status is how the run stands at the agent.
func (l *Load) Status(ctx context.Context) (agentapi.RunStatus, error) {
	return l.Agent.Status(ctx, l.run)
}

// order gives an order until it is understood, since the way to the agent may be cut for a moment, and waits for a
// phase. It then tells what the agent could not do.
func (l *Load) order(ctx context.Context, order string, phases ...agentapi.Phase) error {
	err := await.Wait{What: "the agent to take the order to " + order}.Until(ctx, func(ctx context.Context) error {
		return l.Agent.Order(ctx, l.run, order)
	})
	if err != nil {
		return err
	}
	return l.await(ctx, fmt.Sprintf("the run to be %s", phases[0]), func(s agentapi.RunStatus) error {
		if slices.Contains(phases, s.Phase) && problem(s) != nil {
			return await.Permanent(problem(s))
		}
		return unless(slices.Contains(phases, s.Phase), s)
	})
}

// await looks at the run's status until check finds nothing to wait for.
func (l *Load) await(ctx context.Context, what string, check func(agentapi.RunStatus) error) error {
	return await.Wait{What: what}.Until(ctx, func(ctx context.Context) error {
		status, err := l.Agent.Status(ctx, l.run)
		if err != nil {
			return err
		}
		return check(status)
	})
}

func unless(done bool, s agentapi.RunStatus) error {
	if done {
		return nil
	}
	return fmt.Errorf("it is %s, %d acknowledged", s.Phase, s.Acked)
}

// problem is what went wrong in the agent, if anything did.
func problem(status agentapi.RunStatus) error {
	switch {
	case status.Error != "":
		return fmt.Errorf("run %s: the agent says: %s", status.ID, status.Error)
	case status.Interrupted:
		return fmt.Errorf("run %s: the agent was restarted in the middle, and the load ended there", status.ID)
	}
	return nil
}
