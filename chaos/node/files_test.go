//go:build linux

package node

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rmqproof/rmqproof/chaos"
)

func TestAServerIsLeftNoNumberForAFile(t *testing.T) {
	p := fakeProc(t)
	for _, n := range []string{"0", "1", "2", "4"} {
		if err := os.MkdirAll(filepath.Join(string(p), "11", "fd", n), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	limit := unix.Rlimit{Cur: 1024, Max: 1024}
	f := Files{p, func(_ Proc, _ Process, soft uint64) (unix.Rlimit, error) {
		if soft != 0 {
			limit.Cur = soft
		}
		return limit, nil
	}}
	a := chaos.Act{On: chaos.Process{ContainerID: "containerd://" + brokerID}}
	if err := f.Do(t.Context(), a); err != nil || limit.Cur != 3 {
		t.Errorf("the limit is %d (%v), want 3: the lowest number that is free", limit.Cur, err)
	}
	if seen, err := f.See(t.Context(), a); err != nil || seen != (FilesSeen{Soft: 3, Hard: 1024}) {
		t.Errorf("See = %+v, %v", seen, err)
	}
	if err := f.Do(t.Context(), a); err == nil {
		t.Error("a limit that somebody had lowered was lowered again")
	}
	for range 2 {
		if err := f.Undo(t.Context(), a); err != nil || limit.Cur != 1024 {
			t.Errorf("undone, the limit is %d (%v)", limit.Cur, err)
		}
	}
}

// A process of our own may be limited by anybody who is its user.
func TestTheLimitOfARunningProcessIsSet(t *testing.T) {
	child := exec.CommandContext(t.Context(), "sleep", "60")
	if err := child.Start(); err != nil {
		t.Skip("there is no sleep here: ", err)
	}
	defer func() { _ = child.Process.Kill(); _ = child.Wait() }()
	p := Proc("/proc")
	of, err := p.read(child.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	was, err := limitAsOwner(p, of, 0)
	if err != nil {
		t.Fatal(err)
	}
	if now, err := limitAsOwner(p, of, 16); err != nil || now.Cur != 16 || now.Max != was.Max {
		t.Errorf("limited: %+v, %v", now, err)
	}
	if now, err := limitAsOwner(p, of, 0); err != nil || now.Cur != 16 {
		t.Errorf("read back: %+v, %v", now, err)
	}
}
