//go:build linux

package node

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
)

func TestWhatBurnsIsInTheGroupAndEnds(t *testing.T) {
	scope := "/cri-containerd-" + brokerID + ".scope"
	p, dir := grouped(t, v1Mounts, "3:cpu,cpuacct:"+scope+"\n", "sys/fs/cgroup/cpu"+scope, map[string]string{})
	stat := "(rmqproof) R 1 1 1 0 -1 0 0 0 0 0 150 50 0 0 20 0 1 0 5 0 0"
	if err := os.MkdirAll(filepath.Join(string(p), "77"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(string(p), "77", "stat"), []byte("77 "+stat), 0o600); err != nil {
		t.Fatal(err)
	}
	stopped := 0
	b := newBurn(p)
	b.Start = func() (int, func(), error) { return 77, func() { stopped++ }, nil }
	a := chaos.Act{ID: "1", On: chaos.Process{ContainerID: "containerd://" + brokerID}, Args: []byte(`{"processes":1}`)}
	if err := b.Do(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "cgroup.procs")); err != nil || string(got) != "77" {
		t.Errorf("cgroup.procs holds %q (%v)", got, err)
	}
	if seen, err := b.See(t.Context(), a); err != nil || seen != (BurnSeen{Inside: 1, Used: 2 * time.Second}) {
		t.Errorf("See = %+v, %v", seen, err)
	}
	for range 2 {
		if err := b.Undo(t.Context(), a); err != nil || stopped != 1 {
			t.Errorf("Undo: %v; %d processes were ended", err, stopped)
		}
	}
}

func TestWhatIsDroppedIsMeasured(t *testing.T) {
	scope := "/cri-containerd-" + brokerID + ".scope"
	mounts := "32 24 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
	p, dir := grouped(t, mounts, "9:memory:"+scope+"\n", "sys/fs/cgroup/memory"+scope,
		map[string]string{"memory.force_empty": "", "memory.stat": "cache 4096\nrss 9\n"})
	c, a := newCache(p), chaos.Act{ID: "1", On: chaos.Process{ContainerID: "containerd://" + brokerID}}
	if err := c.Do(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if seen, err := c.See(t.Context(), a); err != nil || seen != (CacheSeen{4096, 4096}) { // a file is no kernel
		t.Errorf("See = %+v, %v", seen, err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "memory.force_empty")); err != nil || string(got) != "0" {
		t.Errorf("memory.force_empty holds %q (%v)", got, err)
	}
}
