//go:build linux

package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopWithin bounds the waits for all threads to be stopped, and outside of what is replaced.
const stopWithin = 10 * time.Second

// replace writes while the process is stopped and no thread of it is within the code. It is continued in any case.
func (c *Clock) replace(ctx context.Context, of Process, v vdso, pieces []piece) error {
	ctx, cancel := context.WithTimeout(ctx, stopWithin)
	defer cancel()
	for {
		outside, err := c.stopped(ctx, of, v)
		if err == nil && outside {
			err = overwrite(c.Proc, of.PID, v, pieces)
		}
		err = errors.Join(err, c.Send(c.Proc, of, syscall.SIGCONT))
		if err != nil || outside {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("a thread of process %d (%s) asked for the time at every look: its clock is left alone", of.PID, of.Command)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// stopped stops the process and says whether every thread is outside of the vDSO.
func (c *Clock) stopped(ctx context.Context, of Process, v vdso) (outside bool, err error) {
	if err := c.Send(c.Proc, of, syscall.SIGSTOP); err != nil {
		return false, err
	}
	for {
		running, inside, err := c.Proc.threads(of.PID, v)
		if err != nil || !running {
			return !inside, err
		}
		select {
		case <-ctx.Done():
			return false, fmt.Errorf("process %d (%s) was told to stop and did not", of.PID, of.Command)
		case <-time.After(time.Millisecond):
		}
	}
}

// threads says whether one of a process's threads still runs, and whether one is within the vDSO.
func (p Proc) threads(pid int, v vdso) (running, inside bool, err error) {
	dir := filepath.Join(string(p), strconv.Itoa(pid), "task")
	threads, err := os.ReadDir(dir)
	if err != nil {
		return false, false, err
	}
	for _, t := range threads {
		// "running", or numbers of which the last is where the thread goes on
		text, err := os.ReadFile(filepath.Join(dir, t.Name(), "syscall"))
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue
		}
		if err != nil {
			return false, false, fmt.Errorf("looking where thread %s of process %d is: %w", t.Name(), pid, err)
		}
		fields := strings.Fields(string(text))
		at, err := strconv.ParseUint(fields[len(fields)-1], 0, 64)
		if err != nil {
			running = true
		} else if at >= v.base && at < v.base+uint64(len(v.image)) {
			inside = true
		}
	}
	return running, inside, nil
}

func overwrite(p Proc, pid int, v vdso, pieces []piece) error {
	mem, err := os.OpenFile(filepath.Join(string(p), strconv.Itoa(pid), "mem"), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	for _, w := range pieces {
		if _, wrote := mem.WriteAt(w.code, int64(v.base+w.at)); wrote != nil {
			err = errors.Join(err, fmt.Errorf("writing to the memory of process %d (does the kernel allow it?): %w", pid, wrote))
		}
	}
	return errors.Join(err, mem.Close())
}

// gate switches what is added on or off.
func (v vdso) gate(p Proc, pid int, on bool) error {
	state := byte(0)
	if on {
		state = 1
	}
	return overwrite(p, pid, v, []piece{{v.slot() + gateBehind - slotBehind, []byte{state}}})
}
