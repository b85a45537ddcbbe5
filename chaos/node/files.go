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

	"golang.org/x/sys/unix"

	"github.com/rmqproof/rmqproof/chaos"
)

// Files is the verb: it lowers the soft limit of a running process. Limit sets and reads it; 0 reads alone.
type Files struct {
	Proc  Proc
	Limit func(p Proc, of Process, soft uint64) (unix.Rlimit, error)
}

// Name is the verb's.
func (Files) Name() string { return FilesVerb }

// Do puts the limit on the lowest number that is free. It refuses where the soft limit is not the hard one, which a JVM
// makes the same when it starts: only so anybody knows what to go back to.
func (f Files) Do(_ context.Context, a chaos.Act) error {
	server, err := f.Proc.Server(a.On)
	if err != nil {
		return err
	}
	was, err := f.Limit(f.Proc, server, 0)
	if err != nil {
		return err
	}
	if was.Cur != was.Max {
		return untouched{fmt.Errorf("process %d (%s) may open %d files, and could %d: somebody has changed that, so it is left alone",
			server.PID, server.Command, was.Cur, was.Max)}
	}
	free, _, err := f.Proc.freeBelow(server.PID, was.Cur)
	if err != nil {
		return err
	}
	_, err = f.Limit(f.Proc, server, free)
	return err
}

// Undo gives the server all that its hard limit allows.
func (f Files) Undo(_ context.Context, a chaos.Act) error {
	server, err := f.Proc.Server(a.On)
	if errors.Is(err, ErrGone) {
		return nil
	}
	if err != nil {
		return err
	}
	now, err := f.Limit(f.Proc, server, 0)
	if err == nil && now.Cur != now.Max {
		now, err = f.Limit(f.Proc, server, now.Max)
	}
	if err == nil && now.Cur != now.Max {
		err = fmt.Errorf("process %d (%s) was given %d files and has %d", server.PID, server.Command, now.Max, now.Cur)
	}
	return err
}

// See counts the numbers that are left.
func (f Files) See(_ context.Context, a chaos.Act) (any, error) {
	server, err := f.Proc.Server(a.On)
	if errors.Is(err, ErrGone) {
		return FilesSeen{Gone: true}, nil
	}
	if err != nil {
		return nil, err
	}
	now, err := f.Limit(f.Proc, server, 0)
	if err != nil {
		return nil, err
	}
	_, free, err := f.Proc.freeBelow(server.PID, now.Cur)
	return FilesSeen{Soft: now.Cur, Hard: now.Max, Free: free}, err
}

// freeBelow returns the lowest number that a process could give a file, and how many there are below its limit.
func (p Proc) freeBelow(pid int, limit uint64) (lowest, count uint64, err error) {
	entries, err := os.ReadDir(filepath.Join(string(p), strconv.Itoa(pid), "fd"))
	if err != nil {
		return 0, 0, fmt.Errorf("listing the files that process %d has open: %w", pid, err)
	}
	taken := map[uint64]bool{}
	for _, e := range entries {
		if n, err := strconv.ParseUint(e.Name(), 10, 64); err == nil && n < limit {
			taken[n] = true
		}
	}
	for taken[lowest] {
		lowest++
	}
	return lowest, limit - uint64(len(taken)), nil
}

// limitAsOwner asks as the user that the process runs as: the kernel lets a user limit its own processes, and nobody else's
// without a capability that some machines give to no container. The thread keeps that user, and so ends then.
func limitAsOwner(p Proc, of Process, soft uint64) (was unix.Rlimit, err error) {
	uid, gid, err := p.owner(of.PID)
	if err != nil {
		return was, err
	}
	err = onThread(func() error {
		for _, set := range [][2]uintptr{{unix.SYS_SETRESGID, uintptr(gid)}, {unix.SYS_SETRESUID, uintptr(uid)}} {
			if _, _, no := unix.RawSyscall(set[0], set[1], set[1], set[1]); no != 0 {
				return fmt.Errorf("becoming the user of process %d: %w", of.PID, no)
			}
		}
		return limitFiles(p, of, soft, &was)
	})
	return was, err
}

func limitFiles(p Proc, of Process, soft uint64, limit *unix.Rlimit) error {
	now, err := p.read(of.PID)
	if err != nil || now.Start != of.Start {
		return fmt.Errorf("process %d (%s) has ended before its limit was looked at", of.PID, of.Command)
	}
	err = unix.Prlimit(of.PID, unix.RLIMIT_NOFILE, nil, limit)
	if err == nil && soft != 0 {
		limit.Cur = soft
		err = unix.Prlimit(of.PID, unix.RLIMIT_NOFILE, limit, nil)
	}
	if err != nil {
		return fmt.Errorf("limiting the files of process %d (%s): %w", of.PID, of.Command, err)
	}
	return nil
}

// owner reads the real user and group of a process.
func (p Proc) owner(pid int) (uid, gid int, err error) {
	text, err := os.ReadFile(filepath.Join(string(p), strconv.Itoa(pid), "status"))
	if err != nil {
		return 0, 0, err
	}
	uid, gid = -1, -1
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "Uid:" {
			uid, err = strconv.Atoi(f[1])
		} else if len(f) > 1 && f[0] == "Gid:" {
			gid, err = strconv.Atoi(f[1])
		}
		if err != nil {
			return 0, 0, err
		}
	}
	if uid < 0 || gid < 0 {
		return 0, 0, fmt.Errorf("/proc/%d/status names no user", pid)
	}
	return uid, gid, nil
}
