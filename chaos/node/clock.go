//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
)

// Clock is the verb. The process's own copy of the code by which it asks the kernel for the time is replaced by one that adds
// seconds. A restarted server has the kernel's again.
type Clock struct {
	Proc Proc
	Send func(Proc, Process, syscall.Signal) error

	strobes byAct[*loop]
}

func newClock(p Proc) *Clock { return &Clock{Proc: p, Send: sendByPidfd} }

// Name is the verb's.
func (*Clock) Name() string { return ClockVerb }

// Do replaces the code while the server is stopped, for some milliseconds.
func (c *Clock) Do(ctx context.Context, a chaos.Act) error {
	var args ClockArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return fmt.Errorf("reading how to move the clock: %w", err)
	}
	if args.By == 0 || args.By%time.Second != 0 || args.Every < 0 {
		return fmt.Errorf("a clock cannot be moved by %s every %s: whole seconds, please", args.By, args.Every)
	}
	server, err := c.Proc.Server(a.On)
	if err != nil {
		return err
	}
	v, err := c.Proc.vdso(server.PID)
	if err != nil {
		return err
	}
	shift, err := v.shifting(int64(args.By / time.Second))
	if err == nil {
		err = c.replace(ctx, server, v, shift)
	}
	if err == nil && args.Every > 0 {
		c.strobe(ctx, a, server, v, args.Every)
	}
	return err
}

// strobe switches what is added off and on in the background, by a single byte: the server is not stopped for it.
func (c *Clock) strobe(ctx context.Context, a chaos.Act, of Process, v vdso, every time.Duration) {
	ctx, end := context.WithCancel(context.WithoutCancel(ctx))
	l := &loop{end: end, ended: make(chan struct{})}
	c.strobes.put(a, l)
	go func() {
		defer close(l.ended)
		t := time.NewTicker(every)
		defer t.Stop()
		for on := false; ; on = !on {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
			}
			if now, err := c.Proc.read(of.PID); err != nil || now.Start != of.Start || v.gate(c.Proc, of.PID, on) != nil {
				return // it has ended
			}
		}
	}()
}

// Undo gives the server the kernel's own code back, as the helper itself has it: also where another helper replaced it.
func (c *Clock) Undo(ctx context.Context, a chaos.Act) error {
	if l, ok := c.strobes.take(a); ok {
		l.end()
		<-l.ended
	}
	server, err := c.Proc.Server(a.On)
	if errors.Is(err, ErrGone) {
		return nil
	}
	if err != nil {
		return err
	}
	v, err := c.Proc.vdso(server.PID)
	if err != nil {
		return err
	}
	if _, shifted := v.added(); !shifted {
		return nil
	}
	own, err := kernelsOwn()
	if err != nil {
		return err
	}
	if err := c.replace(ctx, server, v, v.from(own)); err != nil {
		return err
	}
	if now, err := c.Proc.vdso(server.PID); err == nil {
		if _, shifted := now.added(); shifted {
			return fmt.Errorf("process %d (%s) was given the kernel's clock back and has not got it", server.PID, server.Command)
		}
	}
	return nil
}

// See reads the server's memory, and what it wrote into its log.
func (c *Clock) See(_ context.Context, a chaos.Act) (any, error) {
	server, err := c.Proc.Server(a.On)
	if errors.Is(err, ErrGone) {
		return ClockSeen{Gone: true}, nil
	}
	if err != nil {
		return nil, err
	}
	v, err := c.Proc.vdso(server.PID)
	if err != nil {
		return nil, err
	}
	added, _ := v.added()
	said, err := c.Proc.saidTime(server.PID)
	return ClockSeen{Added: time.Duration(added) * time.Second, Said: said}, err
}
