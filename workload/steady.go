package workload

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

const (
	// defaultRate is the load in messages a second.
	defaultRate = 200
	// defaultQueues is the number of a topic's queues on each broker group.
	defaultQueues = 4
	// statusLook is how often the agent is asked how a run stands, while somebody waits for it.
	statusLook = 250 * time.Millisecond

	// longestName leaves room in a topic's 127 letters for what is put around it.
	longestName = 50

	firstAcknowledgement = "a first acknowledgement"
)

// Steady is a load at a constant rate, open loop: messages have times at which they are due, whatever became of the
// ones before. Zero values take the defaults. It is used for one run.
type Steady struct {
	Agent    *agentapi.Agent
	Topic    string   // created on every master; empty: named after the run
	Groups   []string // broker groups to send to; empty: all that have a master now
	Rate     float64
	Consumer bool
	Seed     uint64

	Workers, Queues, Keys, BodyBytes int
	ProbeInterval, ProbeDeadline     time.Duration

	run      string
	zero     time.Time // the run's start by the agent's clock
	clock    agentapi.Clock
	follower *follower
	ended    chan error
	cancel   context.CancelCauseFunc
}

// Start creates the topic, starts the load and returns when a first message has been acknowledged. Records come into
// rec until Finish returns, beginning with run, which gets the agent's start as its time and the load as its field.
func (s *Steady) Start(ctx context.Context, rec *history.Recorder, run history.Run) error {
	s.run = agentRun(run.ID, time.Now())
	config, err := s.config(ctx)
	if err != nil {
		return err
	}
	if err := s.Agent.CreateTopic(ctx, config.Topic, config.Queues); err != nil {
		return err
	}
	if s.clock, err = s.Agent.Clock(ctx); err != nil {
		return err
	}
	status, err := s.begin(ctx, config)
	if err != nil {
		return err
	}
	s.zero, run.Started = status.Started, status.Started
	if err := rec.Append(&run); err != nil {
		return errors.Join(err, s.Agent.Order(ctx, s.run, "stop"))
	}
	s.follow(ctx, rec)
	return s.await(ctx, firstAcknowledgement, func(st agentapi.RunStatus) bool { return st.Acked > 0 && s.Acked() > 0 })
}

// agentRun names the run to the agent, which may remember runs of the same name: letters, digits and dashes, and the time.
func agentRun(id string, now time.Time) string {
	clean := strings.Map(func(r rune) rune {
		if r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return '-'
	}, id)
	return clean[:min(len(clean), longestName)] + "-" + strconv.FormatInt(now.UnixMilli(), 36)
}

// begin asks again while the agent still ends the load of a runner that is gone.
func (s *Steady) begin(ctx context.Context, c agentapi.RunConfig) (agentapi.RunStatus, error) {
	for {
		status, err := s.Agent.StartRun(ctx, c)
		if err == nil || !strings.Contains(err.Error(), agentapi.TryAgain) || !pause(ctx, statusLook) {
			return status, err
		}
	}
}

// config is what the agent is asked for.
func (s *Steady) config(ctx context.Context) (agentapi.RunConfig, error) {
	c := agentapi.RunConfig{
		ID: s.run, Topic: cmp.Or(s.Topic, "rmqproof-"+s.run), Groups: s.Groups, Rate: cmp.Or(s.Rate, defaultRate),
		Consumer: s.Consumer, Seed: s.Seed, Workers: s.Workers, Queues: cmp.Or(s.Queues, defaultQueues), Keys: s.Keys,
		BodyBytes: s.BodyBytes, ProbeInterval: s.ProbeInterval, ProbeDeadline: s.ProbeDeadline,
	}
	if len(c.Groups) > 0 {
		return c, nil
	}
	brokers, err := s.Agent.Brokers(ctx)
	if err != nil {
		return c, err
	}
	for _, b := range brokers {
		if b.ID == 0 && b.Error == "" && !slices.Contains(c.Groups, b.Group) {
			c.Groups = append(c.Groups, b.Group)
		}
	}
	if len(c.Groups) == 0 {
		return c, errors.New("no master answers: there is nothing to send to")
	}
	slices.Sort(c.Groups)
	return c, nil
}

// follow copies the log until Finish; it outlives the step that started it.
func (s *Steady) follow(ctx context.Context, rec *history.Recorder) {
	following, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	s.cancel, s.ended = cancel, make(chan error, 1)
	s.follower = &follower{agent: s.Agent, run: s.run, into: rec.Append}
	go func() { s.ended <- s.follower.follow(following) }()
}

// Acked is the number of acknowledged sends that have arrived so far.
func (s *Steady) Acked() int64 {
	if s.follower == nil {
		return 0
	}
	return s.follower.acked.Load()
}

// Since is a moment of this process as a time of the run, as exact as ClockError says.
func (s *Steady) Since(t time.Time) time.Duration { return s.clock.In(t).Sub(s.zero) }

// ClockError bounds the error of Since.
func (s *Steady) ClockError() time.Duration { return s.clock.Bound }

// Stop ends the sends and waits until the consumer has seen everything or its time is over.
func (s *Steady) Stop(ctx context.Context) error {
	return s.order(ctx, "stop", agentapi.PhaseStopped, agentapi.PhaseScanned, agentapi.PhaseFinished)
}

// Scan reads every queue from end to end with fresh connections.
func (s *Steady) Scan(ctx context.Context) error {
	return s.order(ctx, "scan", agentapi.PhaseScanned, agentapi.PhaseFinished)
}

// Finish closes the log and returns when all of it has arrived. It fails where the agent says that it could not record
// something, or was restarted in the middle of the load; the log is brought here also then.
func (s *Steady) Finish(ctx context.Context) error {
	if s.follower == nil {
		return errors.New("the load was never started")
	}
	defer s.cancel(nil)
	problem := s.order(ctx, "finish", agentapi.PhaseFinished)
	select {
	case err := <-s.ended:
		return errors.Join(problem, err)
	case <-ctx.Done():
		s.cancel(context.Cause(ctx))
		return errors.Join(problem, <-s.ended)
	}
}

// Status is how the run stands at the agent.
func (s *Steady) Status(ctx context.Context) (agentapi.RunStatus, error) {
	return s.Agent.Status(ctx, s.run)
}

// order gives an order until it is understood, since the way to the agent may be cut for a moment, and waits for a phase.
func (s *Steady) order(ctx context.Context, order string, phases ...agentapi.Phase) error {
	var err error
	for {
		if err = s.Agent.Order(ctx, s.run, order); err == nil {
			break
		}
		if !pause(ctx, statusLook) {
			return fmt.Errorf("%w (last: %w)", context.Cause(ctx), err)
		}
	}
	return s.await(ctx, fmt.Sprintf("the run to be %s", phases[0]), func(st agentapi.RunStatus) bool { return slices.Contains(phases, st.Phase) })
}

// await polls the run's status until it is as wanted, and then tells what the agent could not do.
func (s *Steady) await(ctx context.Context, what string, done func(agentapi.RunStatus) bool) error {
	var last error
	for {
		status, err := s.Agent.Status(ctx, s.run)
		switch {
		case err != nil:
			last = err
		case done(status):
			return problem(status)
		case status.Phase != agentapi.PhaseRunning && problem(status) != nil && what == firstAcknowledgement:
			return problem(status)
		default:
			last = fmt.Errorf("it is %s, %d acknowledged", status.Phase, status.Acked)
		}
		if !pause(ctx, statusLook) {
			return fmt.Errorf("waited for %s: %w (last: %w)", what, context.Cause(ctx), last)
		}
	}
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

// pause waits and tells whether the context still lasts.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
