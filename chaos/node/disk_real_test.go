//go:build linux

package node

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/chaos"
)

// diskWriter makes this binary a writer to the file that it names: see TestMain.
const diskWriter = "RMQPROOF_WRITER"

// writeOn synchronises a page again and again, and says so.
func writeOn(file string) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY, 0o600)
	for n := 0; err == nil || n > 0; n++ { // as a broker: one that could write once goes on
		page := make([]byte, 4096)
		page[n%4096] = byte(n)
		if _, err = f.WriteAt(page, 0); err == nil {
			err = f.Sync()
		}
		fmt.Println(n, err)
	}
}

// procOf is a /proc with the writer, and with this process as the node's first: the real one lets nobody look into its own.
func procOf(t *testing.T, writer int) Proc {
	t.Helper()
	p := Proc(t.TempDir())
	for name, pid := range map[string]int{"1": os.Getpid(), strconv.Itoa(writer): writer} {
		if err := os.Symlink(filepath.Join("/proc", strconv.Itoa(pid)), filepath.Join(string(p), name)); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// disk is a file system of its own on a loop device, mounted where a kubelet would, and a server that writes there.
type disk struct {
	proc   Proc
	act    chaos.Act
	writer *bufio.Scanner
}

// newDisk is skipped by name where the machine does not give what it takes.
func newDisk(t *testing.T) disk {
	t.Helper()
	image, mount := filepath.Join(t.TempDir(), "image"), filepath.Join(t.TempDir(), "kubelet/pods/1/volumes/kubernetes.io~csi/pvc/mount")
	group := filepath.Join("/sys/fs/cgroup/blkio", "rmqproof-test-"+fmt.Sprintf("%064x", os.Getpid()))
	for _, cmd := range [][]string{
		{"mkdir", "-p", mount}, {"truncate", "-s", "64M", image}, {"mkfs.ext4", "-q", "-F", image},
		{"mount", "-o", "loop", image, mount}, {"mkdir", "-p", group},
	} {
		if out, err := exec.CommandContext(t.Context(), cmd[0], cmd[1:]...).CombinedOutput(); err != nil {
			t.Skipf("needs root, a loop device, e2fsprogs and control groups of version 1: %v: %v %s", cmd, err, out)
		}
		if cmd[0] == "mount" {
			t.Cleanup(func() { _ = exec.CommandContext(context.Background(), "umount", mount).Run() })
		}
	}
	t.Cleanup(func() { _ = os.Remove(group) })
	writer := exec.CommandContext(t.Context(), os.Args[0])
	writer.Env = append(os.Environ(), diskWriter+"="+filepath.Join(mount, "page"))
	out, err := writer.StdoutPipe()
	if err == nil {
		err = writer.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	// One that waits for a frozen disk could not be ended.
	t.Cleanup(func() { _ = askFileSystem(mount, thawRequest); _ = writer.Process.Kill(); _ = writer.Wait() })
	if err := os.WriteFile(filepath.Join(group, "cgroup.procs"), []byte(strconv.Itoa(writer.Process.Pid)), 0); err != nil {
		t.Fatal(err)
	}
	args, _ := json.Marshal(SlowArgs{FolderArgs{mount}, 2})
	d := disk{proc: procOf(t, writer.Process.Pid), writer: bufio.NewScanner(out), act: chaos.Act{ID: t.Name(), Args: args, On: chaos.Process{
		Pod: "p", UID: "1", Container: "broker", ContainerID: "test://" + fmt.Sprintf("%064x", os.Getpid()),
	}}}
	d.says(t, "<nil>")
	return d
}

// says waits until the writer says this.
func (d disk) says(t *testing.T, word string) {
	t.Helper()
	for d.writer.Scan() {
		if strings.Contains(d.writer.Text(), word) {
			return
		}
	}
	t.Fatalf("the writer ended before it said %q: %v", word, d.writer.Err())
}

// see asks until the verb sees it.
func (d disk) see(t *testing.T, v Verb, want func(any) bool) {
	t.Helper()
	var last any
	for range 100 {
		seen, err := v.See(t.Context(), d.act)
		if err != nil {
			t.Fatal(err)
		}
		if last = seen; want(seen) {
			return
		}
	}
	t.Fatalf("%s is not seen: %+v", v.Name(), last)
}

// Each verb bites a real server on a real file system, is seen, and is undone where it can be.
func TestRealDisk(t *testing.T) {
	for name, c := range map[string]struct {
		verb  func(Proc) Verb
		seen  func(any) bool
		says  string // by the writer, while it holds
		stays bool   // until the disk is mounted anew
	}{
		"hang":     {func(p Proc) Verb { return Hang{p, askFileSystem} }, func(s any) bool { return s.(Stuck).Threads > 0 }, "", false},
		"slow":     {func(p Proc) Verb { return Slow{p} }, func(s any) bool { return s.(Stuck).Threads > 0 && s.(Stuck).Rule != "" }, "", false},
		"inodes":   {func(p Proc) Verb { return TakeInodes{p} }, func(s any) bool { return s.(Inodes) == Inodes{Taken: true} }, "<nil>", false},
		"fill":     {func(p Proc) Verb { return Fill{p} }, func(s any) bool { return s.(Space).Taken > 0 && s.(Space).Free < 8<<20 }, "<nil>", false},
		"readonly": {func(p Proc) Verb { return ReadOnly{p, failExt4} }, func(s any) bool { return s.(ReadOnlySeen).Refusal != "" && s.(ReadOnlySeen).Readable }, "read-only", true},
		"dead":     {func(p Proc) Verb { return newPower(p) }, func(s any) bool { return s.(Outage).Refusal != "" }, "input/output error", true},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDisk(t)
			verb := c.verb(d.proc)
			if name == "dead" {
				d.act.Args = []byte(strings.Replace(string(d.act.Args), "{", `{"disk_alone":true,`, 1))
			}
			nothing, err := verb.See(t.Context(), d.act)
			if err != nil || c.seen(nothing) {
				t.Fatalf("nothing was done, and seen %+v, %v", nothing, err)
			}
			if err := verb.Do(t.Context(), d.act); err != nil {
				t.Fatal(err)
			}
			d.see(t, verb, c.seen)
			if c.says != "" {
				d.says(t, c.says)
			}
			if err := verb.Undo(t.Context(), d.act); err != nil {
				t.Fatal(err)
			}
			if !c.stays {
				d.says(t, "<nil>")
				d.see(t, verb, func(s any) bool { return !c.seen(s) })
			}
		})
	}
}
