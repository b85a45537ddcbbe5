//go:build linux

package node

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/chaos"
)

const v1Mounts = `24 1 0:20 / / rw - ext4 /dev/root rw
30 24 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct
31 24 0:31 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
`

// grouped gives process 11 of the fake broker a control group with files, under a mount of the fake node.
func grouped(t *testing.T, mounts, own, dir string, files map[string]string) (Proc, string) {
	t.Helper()
	p := fakeProc(t)
	for file, text := range map[string]string{"1/mountinfo": mounts, "11/cgroup": own} {
		if err := os.WriteFile(filepath.Join(string(p), file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	dir = filepath.Join(string(p), "1", "root", dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	files["cgroup.procs"] = "10\n11\n"
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return p, dir
}

func TestLimitsOfBothVersionsGoDownAndBack(t *testing.T) {
	scope := "/kubelet.slice/cri-containerd-" + brokerID + ".scope"
	for name, tc := range map[string]struct {
		mounts, own, dir, file string
		files                  map[string]string
		args                   string
		low, back              string
	}{
		"CPU, version 1": {
			v1Mounts, "3:cpu,cpuacct:" + scope + "\n0::/\n", "sys/fs/cgroup/cpu" + scope, "cpu.cfs_quota_us",
			map[string]string{"cpu.cfs_quota_us": "-1\n", "cpu.stat": "nr_periods 9\nnr_throttled 4\n"}, `{"of":"cpu","to":50}`, "5000", "-1",
		},
		"CPU, version 2, with a limit": {
			"30 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup rw\n", "0::" + scope + "\n", "sys/fs/cgroup" + scope, "cpu.max",
			map[string]string{"cpu.max": "150000 100000\n", "cpu.stat": "nr_throttled 4\n"}, `{"of":"cpu","to":50,"before":1500}`, "5000 100000", "150000 100000",
		},
		"threads, seen from another root": {
			v1Mounts, "8:pids:/docker/" + strings.Repeat("99", 32) + scope + "\n", "sys/fs/cgroup/pids/docker/" + strings.Repeat("99", 32) + scope, "pids.max",
			map[string]string{"pids.max": "28909\n", "pids.current": "77\n", "pids.events": "max 4\n"}, `{"of":"pids","before":28909}`, "77", "28909",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, dir := grouped(t, tc.mounts, tc.own, tc.dir, tc.files)
			l, a := Limit{p}, chaos.Act{On: chaos.Process{ContainerID: "containerd://" + brokerID}, Args: []byte(tc.args)}
			if seen, err := l.See(t.Context(), a); err != nil || seen.(Limited).Hits != 4 {
				t.Errorf("See = %+v, %v; want 4 hits", seen, err)
			}
			steps := []struct {
				do   func(context.Context, chaos.Act) error
				want string
			}{{l.Do, tc.low}, {l.Undo, tc.back}, {l.Undo, tc.back}}
			for _, step := range steps {
				if err := step.do(t.Context(), a); err != nil {
					t.Error(err)
				}
				if got, err := os.ReadFile(filepath.Join(dir, tc.file)); err != nil || string(got) != step.want {
					t.Errorf("%s holds %q (%v), want %q", tc.file, got, err, step.want)
				}
			}
		})
	}
}

func TestALimitThatSomebodyChangedIsLeftAlone(t *testing.T) {
	scope := "/cri-containerd-" + brokerID + ".scope"
	p, dir := grouped(t, v1Mounts, "8:pids:"+scope+"\n", "sys/fs/cgroup/pids"+scope, map[string]string{"pids.max": "50\n", "pids.current": "7\n"})
	a := chaos.Act{On: chaos.Process{ContainerID: "containerd://" + brokerID}, Args: []byte(`{"of":"pids"}`)}
	if err := (Limit{p}).Do(t.Context(), a); err == nil || !strings.Contains(err.Error(), "left alone") {
		t.Errorf("Do = %v, want it to leave the limit alone", err)
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "pids.max")); string(got) != "50\n" {
		t.Errorf("pids.max holds %q", got)
	}
	gone := chaos.Act{On: chaos.Process{ContainerID: "containerd://0"}, Args: a.Args}
	if err := (Limit{p}).Undo(t.Context(), gone); err != nil {
		t.Errorf("undoing on a container that is gone: %v", err)
	}
}
