//go:build linux

package node

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/chaos"
	"golang.org/x/sys/unix"
)

func thread(t *testing.T, p Proc, id, state, switches string) {
	t.Helper()
	dir := filepath.Join(string(p), "11", "task", id)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "status"), "Name:\tFlush\nState:\t"+state+"\nvoluntary_ctxt_switches:\t"+switches+"\nnonvoluntary_ctxt_switches:\t9\n")
}

func brokerAct(args string) chaos.Act {
	return chaos.Act{ID: "1", Args: []byte(args), On: chaos.Process{Pod: "p", UID: "1", Container: "broker", ContainerID: "containerd://" + brokerID}}
}

func TestThreadsThatWaitForTheDiskAreCounted(t *testing.T) {
	p := fakeProc(t)
	thread(t, p, "100", "D (disk sleep)", "7")
	thread(t, p, "101", "S (sleeping)", "7")
	thread(t, p, "102", "D (disk sleep)", "8")
	if got, err := p.stuck(t.Context(), brokerAct(`{}`)); err != nil || got != (Stuck{Threads: 2}) {
		t.Errorf("%+v, %v", got, err)
	}
	gone := chaos.Act{On: chaos.Process{ContainerID: strings.Repeat("0", 64)}}
	if got, err := p.stuck(t.Context(), gone); err != nil || !got.Gone {
		t.Errorf("a container that has ended: %+v, %v", got, err)
	}
}

func TestAVolumeHangsAndIsThawedByItsPod(t *testing.T) {
	p := fakeProc(t)
	write(t, filepath.Join(string(p), "11", "mountinfo"), ownVolume)
	write(t, filepath.Join(string(p), "1", "mountinfo"), onTheNode)
	var asked []uintptr
	answer := error(nil)
	h := Hang{p, func(_ string, request uintptr) error { asked = append(asked, request); return answer }}
	if err := h.Do(t.Context(), brokerAct(`{"folder":"/store/commitlog"}`)); err == nil || !strings.Contains(err.Error(), "not the root of its volume") || len(asked) > 0 {
		t.Errorf("a folder of the volume: %v, asked %x", err, asked)
	}
	a := brokerAct(`{"folder":"/store"}`)
	if err := h.Do(t.Context(), a); err != nil {
		t.Error(err)
	}
	if err := h.Undo(t.Context(), a); err != nil {
		t.Error(err)
	}
	answer = unix.EINVAL // not frozen
	if err := h.Undo(t.Context(), a); err != nil {
		t.Errorf("one that is not frozen: %v", err)
	}
	if !slices.Equal(asked, []uintptr{freezeRequest, thawRequest, thawRequest}) {
		t.Errorf("asked %x", asked)
	}
	answer = unix.EIO
	if err := h.Undo(t.Context(), a); !errors.Is(err, unix.EIO) {
		t.Errorf("one that cannot be thawed: %v", err)
	}
	a.On.UID = "2"
	if err := h.Undo(t.Context(), a); err == nil || !strings.Contains(err.Error(), "fsfreeze -u") {
		t.Errorf("a pod that is not here: %v", err)
	}
}

func TestWritesOfOneContainerAreSlowedInBothVersions(t *testing.T) {
	scope := "/kubelet.slice/cri-containerd-" + brokerID + ".scope"
	for name, c := range map[string]struct{ mounts, own, dir, file, low, back string }{
		"version 1": {"31 24 0:31 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio\n", "8:blkio:" + scope + "\n", "sys/fs/cgroup/blkio" + scope,
			"blkio.throttle.write_iops_device", "7:3 5", "7:3 0"},
		"version 2": {"30 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup rw\n", "0::" + scope + "\n", "sys/fs/cgroup" + scope, "io.max", "7:3 wiops=5", "7:3 wiops=max"},
	} {
		t.Run(name, func(t *testing.T) {
			p, dir := grouped(t, c.mounts, c.own, c.dir, map[string]string{c.file: ""})
			write(t, filepath.Join(string(p), "11", "mountinfo"), ownVolume)
			s, a := Slow{p}, brokerAct(`{"folder":"/store","writes":5}`)
			if err := s.Do(t.Context(), a); err != nil {
				t.Fatal(err)
			}
			if text, _ := os.ReadFile(filepath.Join(dir, c.file)); string(text) != c.low {
				t.Errorf("the rule is %q", text)
			}
			if seen, err := s.See(t.Context(), a); err != nil || seen.(Stuck).Rule != c.low {
				t.Errorf("seen %+v, %v", seen, err)
			}
			if err := s.Do(t.Context(), a); err == nil || !strings.Contains(err.Error(), "left alone") {
				t.Errorf("a second rule: %v", err)
			}
			_ = s.Undo(t.Context(), a) // a file keeps what the kernel would drop
			if text, _ := os.ReadFile(filepath.Join(dir, c.file)); string(text) != c.back {
				t.Errorf("the rule is taken back by %q", text)
			}
		})
	}
}
