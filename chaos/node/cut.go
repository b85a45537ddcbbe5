//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strconv"

	"github.com/google/nftables/expr"

	"github.com/rmqproof/rmqproof/chaos"
)

func (m Match) check() error {
	if len(m.Addresses) == 0 || (!m.In && !m.Out) {
		return errors.New("rules without addresses or without a direction meet no packet")
	}
	return nil
}

// Rules are kept by the kernel of a network namespace, in a table of their own name.
type Rules interface {
	Add(namespace *os.File, table string, m Match, then ...expr.Any) error
	Remove(namespace *os.File, table string) error
	Count(namespace *os.File, table string) (Drops, error)
}

// Cut is the verb. Its rules go with the pod, if the pod goes.
type Cut struct {
	Proc  Proc
	Rules Rules
}

// Name is the verb's.
func (Cut) Name() string { return CutVerb }

// Do adds the rules in one transaction, ahead of connection tracking, so that established connections are cut as well.
func (c Cut) Do(_ context.Context, a chaos.Act) error {
	var args CutArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return fmt.Errorf("reading what to cut: %w", err)
	}
	if err := args.check(); err != nil {
		return err
	}
	if args.Percent > 100 {
		return fmt.Errorf("%d %% of the packets cannot be dropped", args.Percent)
	}
	return c.in(a, func(namespace *os.File) error {
		return c.Rules.Add(namespace, tableOf(a), args.Match, args.verdict()...)
	})
}

// Undo removes the act's table. A pod that is gone has taken it along.
func (c Cut) Undo(_ context.Context, a chaos.Act) error {
	err := c.in(a, func(namespace *os.File) error { return c.Rules.Remove(namespace, tableOf(a)) })
	if errors.Is(err, ErrGone) {
		return nil
	}
	return err
}

// See counts what was dropped.
func (c Cut) See(_ context.Context, a chaos.Act) (any, error) {
	var drops Drops
	err := c.in(a, func(namespace *os.File) (err error) {
		drops, err = c.Rules.Count(namespace, tableOf(a))
		return err
	})
	return drops, err
}

// in opens the network namespace that all containers of the pod share: also one whose server was restarted.
func (c Cut) in(a chaos.Act, do func(*os.File) error) error {
	pid, err := c.Proc.AnyOfPod(a.On.UID)
	if err != nil {
		return fmt.Errorf("pod %s: %w", a.On.Pod, err)
	}
	namespace, err := os.Open(filepath.Join(string(c.Proc), strconv.Itoa(pid), "ns", "net"))
	if err != nil {
		return fmt.Errorf("opening the network namespace of pod %s: %w", a.On.Pod, err)
	}
	defer namespace.Close()
	return do(namespace)
}

// AnyOfPod returns the pod's oldest process, which is there for as long as the pod's network: a probe's is gone in a moment.
func (p Proc) AnyOfPod(uid string) (int, error) {
	var oldest Process
	err := p.each(func(pid int, group []byte) {
		q, err := p.read(pid)
		if err == nil && q.State != "Z" && inPod(group, uid) && (oldest.PID == 0 || q.Start < oldest.Start) {
			oldest = q
		}
	})
	if err == nil && oldest.PID == 0 {
		err = ErrGone
	}
	return oldest.PID, err
}

// tableOf is the same for whichever helper undoes the act.
func tableOf(a chaos.Act) string { return fmt.Sprintf("rmqproof-%x", numberOf(a)) }

func numberOf(a chaos.Act) uint64 {
	h := fnv.New64a()
	h.Write([]byte(a.ID))
	return h.Sum64()
}
