//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
)

// lookEvery is how soon a server that has come back is killed: while it reads its log.
const lookEvery = 500 * time.Millisecond

// Crash is the verb. It works in the background, and ends with the helper at the latest.
type Crash struct {
	proc Proc
	send func(Proc, Process, syscall.Signal) error

	loops byAct[*loop]
}

type loop struct {
	end    context.CancelFunc
	ended  chan struct{}
	killed atomic.Int64
}

func newCrash(p Proc) *Crash { return &Crash{proc: p, send: sendByPidfd} }

// Name is the verb's.
func (*Crash) Name() string { return CrashVerb }

// Do kills the server that runs now, and goes on in the background.
func (c *Crash) Do(ctx context.Context, a chaos.Act) error {
	var args CrashArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return fmt.Errorf("reading how often to kill: %w", err)
	}
	first, err := c.proc.Server(a.On)
	if err == nil {
		err = c.send(c.proc, first, syscall.SIGKILL)
	}
	if err != nil {
		return err
	}
	ctx, end := context.WithCancel(context.WithoutCancel(ctx))
	l := &loop{end: end, ended: make(chan struct{})}
	l.killed.Store(1)
	c.loops.put(a, l)
	go c.again(ctx, l, a.On.UID, args.Times)
	return nil
}

// again kills whatever serves in the pod, until it was done often enough. The pod's JVM is the server.
func (c *Crash) again(ctx context.Context, l *loop, pod string, times int) {
	defer close(l.ended)
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for times == 0 || l.killed.Load() < int64(times) {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		server, err := c.proc.ServerOfPod(pod)
		if err == nil && c.send(c.proc, server, syscall.SIGKILL) == nil {
			l.killed.Add(1)
		}
	}
}

// Undo ends the loop and waits until it has ended. Another helper has none to end.
func (c *Crash) Undo(ctx context.Context, a chaos.Act) error {
	l, ok := c.loops.get(a)
	if !ok {
		return nil
	}
	l.end()
	select {
	case <-l.ended:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// See counts.
func (c *Crash) See(_ context.Context, a chaos.Act) (any, error) {
	l, ok := c.loops.get(a)
	if !ok {
		return Crashes{}, nil
	}
	return Crashes{int(l.killed.Load())}, nil
}

// ErrNoServer says that no JVM runs in the pod at the moment.
var ErrNoServer = errors.New("the pod has no server process at the moment")

// ServerOfPod returns the JVM that runs in a pod, whichever container it is in by now. The kernel writes the pod's UID
// with dashes or, under systemd, with underscores.
func (p Proc) ServerOfPod(uid string) (Process, error) {
	var found Process
	err := p.each(func(pid int, group []byte) {
		if q, err := p.read(pid); err == nil && q.State != "Z" && q.Command == "java" && inPod(group, uid) {
			found = q
		}
	})
	if err == nil && found.PID == 0 {
		err = ErrNoServer
	}
	return found, err
}
