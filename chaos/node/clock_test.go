//go:build linux

package node

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
)

// clockChild makes this test's binary a process that says its time for each line that it reads.
const clockChild = "RMQPROOF_CLOCK_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(clockChild) != "" {
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			fmt.Println(time.Now().Unix())
		}
		return
	}
	if file := os.Getenv(diskWriter); file != "" {
		writeOn(file)
		return
	}
	os.Exit(m.Run())
}

// asked is a process that says its time.
type asked struct {
	pid int
	say func() time.Duration // ahead of ours
}

func startAsked(t *testing.T) asked {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), clockChild+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	lines := bufio.NewReader(out)
	return asked{cmd.Process.Pid, func() time.Duration {
		var seconds int64
		fmt.Fprintln(in)
		if _, err := fmt.Fscanln(lines, &seconds); err != nil {
			t.Fatal(err)
		}
		return time.Until(time.Unix(seconds, 0)).Round(time.Minute)
	}}
}

func TestOneProcessHasAnotherTimeAndGetsItsOwnBack(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the clock of a process can be moved on x86-64 alone")
	}
	child, c := startAsked(t), newClock("/proc")
	child.say() // it runs
	of, err := c.Proc.read(child.pid)
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []time.Duration{time.Hour, -10 * time.Minute} {
		v, err := c.Proc.vdso(child.pid)
		if err != nil {
			t.Fatal(err)
		}
		shift, err := v.shifting(int64(by / time.Second))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.replace(t.Context(), of, v, shift); err != nil {
			t.Fatal(err)
		}
		if got := child.say(); got != by {
			t.Errorf("the process is %s ahead, want %s", got, by)
		}
		moved, err := c.Proc.vdso(child.pid)
		if added, ours := moved.added(); err != nil || !ours || time.Duration(added)*time.Second != by {
			t.Errorf("%d s are added (%t, %v), want %s", added, ours, err, by)
		}
		for _, on := range []bool{false, true} {
			if err := moved.gate(c.Proc, child.pid, on); err != nil {
				t.Fatal(err)
			}
			if got := child.say(); (got == by) != on {
				t.Errorf("with the gate at %t the process is %s ahead", on, got)
			}
		}
	}
	own, err := kernelsOwn()
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.Proc.vdso(child.pid)
	if err == nil {
		err = c.replace(t.Context(), of, v, v.from(own))
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := child.say(); got != 0 {
		t.Errorf("healed, the process is %s ahead", got)
	}
}

func TestAClockIsMovedByWholeSeconds(t *testing.T) {
	for _, args := range []string{`{}`, `{"by":1500000000}`, `{"by":1000000000,"every":-1}`} {
		if err := newClock("/proc").Do(t.Context(), chaos.Act{Verb: ClockVerb, Args: []byte(args)}); err == nil {
			t.Errorf("%s was accepted", args)
		}
	}
}
