//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/rmqproof/rmqproof/chaos"
)

// Limit is the verb. A container that restarts has a new control group, without what was done to the old one.
type Limit struct{ Proc Proc }

// Name is the verb's.
func (Limit) Name() string { return LimitVerb }

// Do refuses where the limit is not what it should be: it could not be brought back.
func (l Limit) Do(_ context.Context, a chaos.Act) error {
	args, k, err := l.find(a)
	if err != nil {
		return untouched{err}
	}
	now, err := k.limit()
	if err != nil {
		return untouched{err}
	}
	if now != args.Before {
		return untouched{fmt.Errorf("the limit of %s of container %s is %d, and should be %d (0: none): somebody has changed it, so it is left alone",
			args.Of, a.On.Container, now, args.Before)}
	}
	to := args.To
	if to == 0 {
		if to, err = k.used(); err != nil {
			return err
		}
	}
	return k.set(to)
}

// Undo sets what was there before, and reads it back.
func (l Limit) Undo(_ context.Context, a chaos.Act) error {
	args, k, err := l.find(a)
	if errors.Is(err, ErrGone) {
		return nil
	}
	if err == nil {
		err = k.set(args.Before)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the container ended meanwhile
	}
	if err != nil {
		return err
	}
	if now, err := k.limit(); err == nil && now != args.Before {
		return fmt.Errorf("the limit of %s of container %s was set to %d (0: none) and is %d", args.Of, a.On.Container, args.Before, now)
	}
	return nil
}

// See reads the limit and how often it was met.
func (l Limit) See(_ context.Context, a chaos.Act) (any, error) {
	_, k, err := l.find(a)
	if errors.Is(err, ErrGone) {
		return Limited{Gone: true}, nil
	}
	if err != nil {
		return nil, err
	}
	limit, err := k.limit()
	used, errUsed := k.used()
	hits, errHits := k.hits()
	return Limited{Limit: limit, Used: used, Hits: hits}, errors.Join(err, errUsed, errHits)
}

func (l Limit) find(a chaos.Act) (LimitArgs, limited, error) {
	var args LimitArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return args, nil, fmt.Errorf("reading what to limit: %w", err)
	}
	server, err := l.Proc.Server(a.On)
	if err != nil {
		return args, nil, err
	}
	g, err := l.Proc.Group(server.PID, args.Of)
	if err != nil {
		return args, nil, err
	}
	switch args.Of {
	case CPU:
		return args, cpuLimit{g}, nil
	case Threads:
		return args, threadLimit{g}, nil
	}
	return args, nil, fmt.Errorf("the helper limits no %q", args.Of)
}

// limited is one limit of a control group, in a measure of its own; 0: none.
type limited interface {
	limit() (int64, error)
	set(to int64) error
	used() (int64, error)
	hits() (int64, error)
}

// cpuLimit is the share of a period for which the group may run, in thousandths of a core.
type cpuLimit struct{ Group }

// cpuPeriod is the kernel's, and the kubelet's, in microseconds.
const cpuPeriod = 100_000

func (c cpuLimit) limit() (int64, error) {
	file := "cpu.cfs_quota_us"
	if c.Unified {
		file = "cpu.max" // "quota period"
	}
	text, err := c.read(file)
	if err != nil {
		return 0, err
	}
	quota, _, _ := strings.Cut(text, " ")
	if quota == "max" || quota == "-1" {
		return 0, nil
	}
	n, err := strconv.ParseInt(quota, 10, 64)
	return n * 1000 / cpuPeriod, err
}

func (c cpuLimit) set(to int64) error {
	quota := strconv.FormatInt(max(to*cpuPeriod/1000, 1000), 10) // the kernel takes no less than a millisecond
	switch {
	case c.Unified && to == 0:
		return c.write("cpu.max", "max "+strconv.Itoa(cpuPeriod))
	case c.Unified:
		return c.write("cpu.max", quota+" "+strconv.Itoa(cpuPeriod))
	case to == 0:
		quota = "-1"
	}
	return c.write("cpu.cfs_quota_us", quota)
}

func (cpuLimit) used() (int64, error)   { return 0, nil }
func (c cpuLimit) hits() (int64, error) { return c.counter("cpu.stat", "nr_throttled") }

// threadLimit is how many threads the group may have; the files are the same in both versions.
type threadLimit struct{ Group }

func (t threadLimit) limit() (int64, error) {
	text, err := t.read("pids.max")
	if err != nil || text == "max" {
		return 0, err
	}
	return strconv.ParseInt(text, 10, 64)
}

func (t threadLimit) set(to int64) error {
	if to == 0 {
		return t.write("pids.max", "max")
	}
	return t.write("pids.max", strconv.FormatInt(to, 10))
}

func (t threadLimit) used() (int64, error) {
	text, err := t.read("pids.current")
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(text, 10, 64)
}

func (t threadLimit) hits() (int64, error) { return t.counter("pids.events", "max") }
