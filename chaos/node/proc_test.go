//go:build linux

package node

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/chaos"
)

var (
	brokerID  = strings.Repeat("ab12", 16)
	sidecarID = strings.Repeat("cd34", 16)
)

// fakeProc has a broker's container, as version 1 of control groups names it, and a side car, as version 2 does.
func fakeProc(t *testing.T) Proc {
	t.Helper()
	p := Proc(t.TempDir())
	v1 := fmt.Sprintf("12:memory:/docker/"+strings.Repeat("99", 32)+"/kubelet.slice/pod1.slice/cri-containerd-%s.scope\n3:cpu:/kubelet.slice/pod1.slice/cri-containerd-%s.scope\n", brokerID, brokerID)
	v2 := fmt.Sprintf("0::/../../kubepods/burstable/podx/%s\n", sidecarID)
	p.add(t, 10, "sh", "S", 300, v1)
	p.add(t, 11, "java", "S", 90000, v1)
	p.add(t, 12, "rm qproof) S", "S", 99999, v1) // a name that looks like the end of itself
	p.add(t, 13, "java", "Z", 0, v1)
	p.add(t, 20, "exporter", "S", 50, v2)
	p.add(t, 21, "helper", "S", 70, v2)
	p.add(t, 1, "systemd", "T", 70, "0::/init.scope\n")
	if err := os.WriteFile(filepath.Join(string(p), "meminfo"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p Proc) add(t *testing.T, pid int, command, state string, pages int, group string) {
	t.Helper()
	dir := filepath.Join(string(p), fmt.Sprint(pid))
	stat := fmt.Sprintf("%d (%s) %s 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 %d 4096 %d 18446744073709551615\n", pid, command, state, 1000+pid, pages)
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, "stat"), []byte(stat), 0o600), os.WriteFile(filepath.Join(dir, "cgroup"), []byte(group), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func TestTheServerIsFoundInItsControlGroup(t *testing.T) {
	p := fakeProc(t)
	for id, want := range map[string]Process{
		"containerd://" + brokerID: {PID: 11, Start: 1011, State: "S", Command: "java", Pages: 90000},
		"cri-o://" + sidecarID:     {PID: 21, Start: 1021, State: "S", Command: "helper", Pages: 70},
	} {
		got, err := p.Server(chaos.Process{ContainerID: id})
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", id, got, err, want)
		}
	}
	for _, id := range []string{"", "containerd://" + strings.Repeat("0", 64)} {
		if got, err := p.Server(chaos.Process{ContainerID: id}); !errors.Is(err, ErrGone) {
			t.Errorf("%q: %+v, %v; want that it is gone", id, got, err)
		}
	}
}

func TestStoppedContainersAreNamed(t *testing.T) {
	p := fakeProc(t)
	p.add(t, 11, "java", "T", 90000, "1:memory:/x/cri-containerd-"+brokerID+".scope\n")
	got, err := p.Stopped()
	if err != nil || !slices.Equal(got, []string{brokerID}) {
		t.Errorf("Stopped = %v, %v; want the broker's container alone", got, err)
	}
}
