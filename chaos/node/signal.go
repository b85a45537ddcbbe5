//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/rmqproof/rmqproof/chaos"
)

// Signal is the verb. Send delivers a signal to a process that is still the one that was found.
type Signal struct {
	Proc Proc
	Send func(Proc, Process, syscall.Signal) error
}

// Name is the verb's.
func (Signal) Name() string { return SignalVerb }

// Do sends the signal.
func (s Signal) Do(_ context.Context, a chaos.Act) error {
	var args SignalArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return fmt.Errorf("reading which signal to send: %w", err)
	}
	server, err := s.Proc.Server(a.On)
	if err != nil {
		return err
	}
	if args.Signal == Stop && server.State == "T" {
		return untouched{fmt.Errorf("process %d (%s) is stopped already: it is somebody else's to continue", server.PID, server.Command)}
	}
	return s.Send(s.Proc, server, args.Signal)
}

// Undo continues a stopped server. One that has ended meanwhile needs nothing.
func (s Signal) Undo(_ context.Context, a chaos.Act) error {
	server, err := s.Proc.Server(a.On)
	if errors.Is(err, ErrGone) {
		return nil
	}
	if err != nil || server.State != "T" {
		return err
	}
	if err := s.Send(s.Proc, server, syscall.SIGCONT); err != nil {
		return err
	}
	if now, err := s.Proc.read(server.PID); err == nil && now.State == "T" {
		return fmt.Errorf("process %d (%s) was continued and is still stopped", server.PID, server.Command)
	}
	return nil
}

// See looks at the server now.
func (s Signal) See(_ context.Context, a chaos.Act) (any, error) {
	stopped, err := s.Proc.Stopped()
	if err != nil {
		return nil, err
	}
	server, err := s.Proc.Server(a.On)
	if errors.Is(err, ErrGone) {
		return Server{Gone: true, Stopped: stopped}, nil
	}
	return Server{Process: server, Stopped: stopped}, err
}

// sendByPidfd cannot hit a process that took the PID of the one that was found: the descriptor stays with the process,
// and its identity is compared after it was opened.
func sendByPidfd(p Proc, to Process, sig syscall.Signal) error {
	fd, err := unix.PidfdOpen(to.PID, 0)
	if err != nil {
		return fmt.Errorf("opening process %d: %w", to.PID, err)
	}
	defer unix.Close(fd)
	now, err := p.read(to.PID)
	if err != nil || now.Start != to.Start {
		return fmt.Errorf("process %d (%s) has ended before it was signalled", to.PID, to.Command)
	}
	if err := unix.PidfdSendSignal(fd, sig, nil, 0); err != nil {
		return fmt.Errorf("sending %s to process %d (%s): %w", unix.SignalName(sig), to.PID, to.Command, err)
	}
	return nil
}
