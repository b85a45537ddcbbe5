//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
)

// Burn is the verb. Its processes end when their input does, which is with the helper at the latest. Start starts one.
type Burn struct {
	Proc  Proc
	Start func() (pid int, stop func(), err error)

	fires byAct[fire]
}

type fire struct {
	group Group
	pids  []int
	stops []func()
}

func newBurn(p Proc) *Burn { return &Burn{Proc: p, Start: burnByChild} }

// Name is the verb's.
func (*Burn) Name() string { return BurnVerb }

// Do starts them one after another, and puts each into the group.
func (b *Burn) Do(ctx context.Context, a chaos.Act) error {
	var args BurnArgs
	if err := json.Unmarshal(a.Args, &args); err != nil || args.Processes < 1 {
		return fmt.Errorf("reading how many processes shall burn: %q (%w)", a.Args, err)
	}
	server, err := b.Proc.Server(a.On)
	if err != nil {
		return err
	}
	g, err := b.Proc.Group(server.PID, CPU)
	if err != nil {
		return err
	}
	b.fires.put(a, fire{group: g})
	for range args.Processes {
		pid, stop, err := b.Start()
		if err != nil {
			return errors.Join(fmt.Errorf("starting what burns: %w", err), b.Undo(ctx, a))
		}
		b.fires.change(a, func(f fire) fire { return fire{g, append(f.pids, pid), append(f.stops, stop)} })
		if err := g.write("cgroup.procs", strconv.Itoa(pid)); err != nil {
			return errors.Join(err, b.Undo(ctx, a))
		}
	}
	return nil
}

// Undo ends them. Those of a helper that has ended have ended with it.
func (b *Burn) Undo(_ context.Context, a chaos.Act) error {
	f, _ := b.fires.take(a)
	for _, stop := range f.stops {
		stop()
	}
	return nil
}

// See adds up what they took.
func (b *Burn) See(_ context.Context, a chaos.Act) (any, error) {
	f, _ := b.fires.get(a)
	var seen BurnSeen
	for _, pid := range f.pids {
		used, err := b.Proc.used(pid)
		if err != nil || !f.group.holds(pid) {
			continue
		}
		seen.Inside, seen.Used = seen.Inside+1, seen.Used+used
	}
	return seen, nil
}

// tick is the kernel's unit of a process's time, the same on every architecture.
const tick = 10 * time.Millisecond

// used is the processor time of a process: utime and stime are the 14th and 15th field of its stat.
func (p Proc) used(pid int) (time.Duration, error) {
	text, err := os.ReadFile(filepath.Join(string(p), strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat is %q", pid, text)
	}
	user, errUser := strconv.ParseInt(fields[11], 10, 64)
	system, errSystem := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * tick, errors.Join(errUser, errSystem)
}

// burnByChild starts this program again.
func burnByChild() (pid int, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, nil, err
	}
	cmd := exec.Command(self, "node", "--burn") // not bound to the request: it ends with stop, or when its input ends
	if _, err = cmd.StdinPipe(); err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return 0, nil, err
	}
	return cmd.Process.Pid, func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }, nil
}

// Fire takes a core until its input ends.
func Fire(in io.Reader) error {
	var over atomic.Bool
	failed := make(chan error, 1)
	go func() { _, err := io.Copy(io.Discard, in); failed <- err; over.Store(true) }()
	for !over.Load() { // nothing but the core is wanted
		continue
	}
	return <-failed
}
