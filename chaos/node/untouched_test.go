//go:build linux

package node

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rmqproof/rmqproof/chaos"
)

// refusedAndHealed asks for an act that is refused, and then to undo it, as a runner does whose fault did not come about.
func refusedAndHealed(t *testing.T, v Verb, args, why string) {
	t.Helper()
	h, a := New([]Verb{v}, time.Minute), brokerAct(args)
	a.Verb = v.Name()
	if code, text := ask(h, PathAct, a, "secret"); code != http.StatusUnprocessableEntity || !strings.Contains(text, why) {
		t.Errorf("act: %d %s, want that it says %q", code, text, why)
	}
	if held := h.holds(); held != 0 {
		t.Errorf("it holds %d acts, and did none", held)
	}
	if code, text := ask(h, PathUndo, a, "secret"); code != http.StatusOK {
		t.Errorf("undo: %d %s", code, text)
	}
}

func TestWhatSomebodyElseHasFrozenIsTheirsToThaw(t *testing.T) {
	p := fakeProc(t)
	write(t, filepath.Join(string(p), "11", "mountinfo"), ownVolume)
	write(t, filepath.Join(string(p), "1", "mountinfo"), onTheNode)
	var asked []uintptr
	h := Hang{p, func(_ string, request uintptr) error { asked = append(asked, request); return unix.EBUSY }}
	refusedAndHealed(t, h, `{"folder":"/store"}`, "busy")
	if !slices.Equal(asked, []uintptr{freezeRequest}) {
		t.Errorf("asked %x, want no thaw", asked)
	}
}

func TestAProcessThatSomebodyElseHasStoppedIsTheirsToContinue(t *testing.T) {
	p := fakeProc(t)
	p.add(t, 11, "java", "T", 90000, "1:memory:/x/cri-containerd-"+brokerID+".scope\n")
	s := Signal{p, func(_ Proc, _ Process, sig syscall.Signal) error { t.Errorf("it sent %s", sig); return nil }}
	refusedAndHealed(t, s, `{"signal":19}`, "stopped already")
}

func TestALimitThatSomebodyElseHasSetStays(t *testing.T) {
	scope := "/cri-containerd-" + brokerID + ".scope"
	p, dir := grouped(t, v1Mounts, "8:pids:"+scope+"\n", "sys/fs/cgroup/pids"+scope, map[string]string{"pids.max": "50\n", "pids.current": "7\n"})
	refusedAndHealed(t, Limit{p}, `{"of":"pids","before":99}`, "left alone")
	if got, _ := os.ReadFile(filepath.Join(dir, "pids.max")); string(got) != "50\n" {
		t.Errorf("pids.max holds %q", got)
	}
	files := Files{p, func(_ Proc, _ Process, soft uint64) (unix.Rlimit, error) {
		if soft != 0 {
			t.Errorf("the limit was set to %d", soft)
		}
		return unix.Rlimit{Cur: 100, Max: 1024}, nil
	}}
	refusedAndHealed(t, files, `{}`, "left alone")
}

func TestARuleThatSomebodyElseHasMadeStays(t *testing.T) {
	scope, rule := "/cri-containerd-"+brokerID+".scope", "7:3 40\n"
	p, dir := grouped(t, "31 24 0:31 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio\n", "8:blkio:"+scope+"\n", "sys/fs/cgroup/blkio"+scope,
		map[string]string{"blkio.throttle.write_iops_device": rule})
	write(t, filepath.Join(string(p), "11", "mountinfo"), ownVolume)
	refusedAndHealed(t, Slow{p}, `{"folder":"/store","writes":5}`, "left alone")
	if got, _ := os.ReadFile(filepath.Join(dir, "blkio.throttle.write_iops_device")); string(got) != rule {
		t.Errorf("the rule is %q", got)
	}
}

// A volume that is not one of its own has nothing of ours, and nothing is looked for there.
func TestAVolumeThatIsRefusedIsNotSearched(t *testing.T) {
	p := fakeProc(t)
	write(t, filepath.Join(string(p), "11", "mountinfo"), "70 60 253:0 /volumes/pvc-1 /store rw - ext4 /dev/vda rw\n")
	write(t, filepath.Join(string(p), "1", "mountinfo"), "24 1 253:0 / / rw - ext4 /dev/vda rw\n")
	for _, v := range []Verb{Fill{p}, TakeInodes{p}, Hang{p, nil}} {
		refusedAndHealed(t, v, `{"folder":"/store"}`, "others would be hit")
	}
}

func TestAnActThatIsDoneAfterAllIsUndone(t *testing.T) {
	v := &note{fail: untouched{os.ErrExist}}
	h, a := New([]Verb{v}, time.Minute), chaos.Act{ID: "a", Verb: "note"}
	ask(h, PathAct, a, "secret")
	v.fail = nil
	ask(h, PathAct, a, "secret")
	if ask(h, PathUndo, a, "secret"); v.said() != "do a, do a, undo a" {
		t.Errorf("it did %q", v.said())
	}
}

// The process of a probe comes and goes; the one that the pod began with has its network for as long as there is one.
func TestThePodsOldestProcessStandsForIt(t *testing.T) {
	p := fakeProc(t)
	if pid, err := p.AnyOfPod("pod1"); err != nil || pid != 10 {
		t.Errorf("process %d, %v; want 10, which began first", pid, err)
	}
}

// Where the counter of the pod's network can no more be read, nothing is known of duplicates.
func TestDuplicatesAreNotToldByACounterThatIsGone(t *testing.T) {
	count, gone := uint64(7), error(nil)
	c := &copier{before: 7, told: func() (uint64, error) { return count, gone }}
	count = 9
	if now := c.done(); now.Told != 2 || now.Problem != "" {
		t.Errorf("%+v, want two", now)
	}
	count, gone = 0, os.ErrNotExist
	if now := c.done(); now.Told != 0 || now.Problem == "" {
		t.Errorf("%+v, want none and why", now)
	}
}
