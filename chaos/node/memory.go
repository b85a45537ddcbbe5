//go:build linux

package node

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
)

const (
	// room is what is left above what the container uses: the kernel refuses, in version 1, a limit below that.
	room = 16 << 20
	// killedWithin is how soon the kernel must have ended the server; under a second was measured.
	killedWithin = 10 * time.Second
)

// Memory is the verb. Fill takes memory within a control group until it is told to stop.
type Memory struct {
	Proc Proc
	Fill func(ctx context.Context, g Group) (stop func(), err error)
}

// Name is the verb's.
func (Memory) Name() string { return MemoryVerb }

// Do lowers the limit nearly to what is used, and has the rest taken by a process of ours: the kernel then ends the
// container's largest. Before it returns, the limit is back and our process is gone, whatever came of it.
func (m Memory) Do(ctx context.Context, a chaos.Act) (err error) {
	server, g, err := m.group(a)
	if err != nil {
		return untouched{err}
	}
	used, err := g.usage()
	if err != nil {
		return untouched{err}
	}
	if err := g.setMemory(used + room); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Undo(context.WithoutCancel(ctx), a)) }()
	stop, err := m.Fill(ctx, g)
	if err != nil {
		return err
	}
	defer stop()
	return m.ended(ctx, server)
}

func (m Memory) ended(ctx context.Context, server Process) error {
	ctx, cancel := context.WithTimeout(ctx, killedWithin)
	defer cancel()
	t := time.NewTicker(50 * time.Millisecond)
	defer t.Stop()
	for {
		now, err := m.Proc.read(server.PID)
		if err != nil || now.Start != server.Start || now.State == "Z" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("process %d (%s) has no memory left since %s, and the kernel has not ended it", server.PID, server.Command, killedWithin)
		case <-t.C:
		}
	}
}

// Undo gives the container its limit back.
func (m Memory) Undo(_ context.Context, a chaos.Act) error {
	var args MemoryArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return fmt.Errorf("reading the limit to go back to: %w", err)
	}
	_, g, err := m.group(a)
	if err == nil {
		err = g.setMemory(args.Before)
	}
	if errors.Is(err, ErrGone) || errors.Is(err, fs.ErrNotExist) {
		return nil // the control group went with its container
	}
	return err
}

// See has nothing to show: Kubernetes says why the container ended.
func (Memory) See(context.Context, chaos.Act) (any, error) { return struct{}{}, nil }

func (m Memory) group(a chaos.Act) (Process, Group, error) {
	server, err := m.Proc.Server(a.On)
	if err != nil {
		return server, Group{}, err
	}
	g, err := m.Proc.Group(server.PID, "memory")
	return server, g, err
}

func (g Group) usage() (int64, error) {
	file := "memory.usage_in_bytes"
	if g.Unified {
		file = "memory.current"
	}
	text, err := g.read(file)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(text, 10, 64)
}

func (g Group) setMemory(limit int64) error {
	value := strconv.FormatInt(limit, 10)
	switch {
	case g.Unified && limit == 0:
		return g.write("memory.max", "max")
	case g.Unified:
		return g.write("memory.max", value)
	case limit == 0:
		value = "-1"
	}
	return g.write("memory.limit_in_bytes", value)
}

// fillByChild starts this program again as a balloon, puts it into the group, and lets it grow.
func fillByChild(_ context.Context, g Group) (stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	balloon := exec.Command(self, "node", "--balloon") // not bound to the request: it ends with stop, or when its input ends
	in, err := balloon.StdinPipe()
	if err == nil {
		err = balloon.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("starting the process that takes memory: %w", err)
	}
	stop = func() {
		_ = balloon.Process.Kill()
		_ = balloon.Wait()
	}
	if err = g.write("cgroup.procs", strconv.Itoa(balloon.Process.Pid)); err == nil {
		_, err = fmt.Fprintln(in, "grow")
	}
	if err != nil {
		stop()
		return nil, err
	}
	return stop, nil
}

// mostOfBalloon is where it stops: no container that has so much room was limited.
const mostOfBalloon = 256 << 20

// Balloon takes memory once it is told to, and holds it until its input ends, which it does with the helper.
func Balloon(in *bufio.Reader) error {
	word, err := in.ReadString('\n')
	if err != nil || strings.TrimSpace(word) != "grow" {
		return fmt.Errorf("the balloon was told %q: %w", word, err)
	}
	held := make([]byte, 0, mostOfBalloon)
	page := make([]byte, os.Getpagesize())
	page[0] = 1 // the kernel could share pages of zeros
	for len(held)+len(page) <= cap(held) {
		held = append(held, page...)
	}
	_, err = in.ReadString('\n')
	_ = held[len(held)-1]
	return err
}
