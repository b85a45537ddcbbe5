//go:build linux

package node

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/rmqproof/rmqproof/chaos"
)

const (
	ownVolume = "70 60 7:3 / /store rw,relatime - ext4 /dev/loop3 rw\n"
	onTheNode = "90 80 7:3 / /var/lib/kubelet/plugins/kubernetes.io/csi/x/globalmount rw - ext4 /dev/loop3 rw\n" +
		"91 80 7:3 / /var/lib/kubelet/pods/1/volumes/kubernetes.io~csi/pvc/mount rw - ext4 /dev/loop3 rw\n"
)

func TestPowerIsCutOnlyFromAVolumeOfItsOwn(t *testing.T) {
	for name, c := range map[string]struct{ container, node, want string }{
		"a block volume":              {ownVolume, onTheNode, ""},
		"a folder of the node's disk": {"70 60 253:0 /volumes/pvc-1 /store rw - ext4 /dev/vda rw\n", onTheNode, "others would be hit"},
		"the container's own root":    {"70 60 0:40 / / rw - overlay overlay rw\n", onTheNode, "others would be hit"},
		"another file system":         {"70 60 0:40 / /store rw - nfs4 server:/x rw\n", onTheNode, "others would be hit"},
		"a disk that the node uses":   {ownVolume, onTheNode + "92 80 7:3 / /var/lib/containerd rw - ext4 /dev/loop3 rw\n", "/var/lib/containerd"},
	} {
		t.Run(name, func(t *testing.T) {
			proc, sent, cuts := fakeProc(t), []syscall.Signal(nil), 0
			write(t, filepath.Join(string(proc), "11", "mountinfo"), c.container)
			write(t, filepath.Join(string(proc), "1", "mountinfo"), c.node)
			store := filepath.Join(string(proc), "11", "root", "store")
			if err := os.MkdirAll(store, 0o755); err != nil {
				t.Fatal(err)
			}
			p := newPower(proc)
			p.send = func(_ Proc, _ Process, s syscall.Signal) error { sent = append(sent, s); return nil }
			p.cut = func(*os.File) error { cuts++; return os.RemoveAll(store) } // nothing can be written there any more
			args, _ := json.Marshal(PowerArgs{FolderArgs: FolderArgs{"/store"}})
			a := chaos.Act{ID: "1", Args: args, On: chaos.Process{Pod: "p", Container: "broker", ContainerID: "containerd://" + brokerID}}
			err := p.Do(t.Context(), a)
			saw, _ := p.See(t.Context(), a)
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) || cuts > 0 || len(sent) > 0 || saw != (Outage{}) {
					t.Errorf("%v, %d cuts, signals %v, seen %+v; want a refusal with %q", err, cuts, sent, saw, c.want)
				}
				return
			}
			if err != nil || cuts != 1 || !slices.Equal(sent, []syscall.Signal{syscall.SIGSTOP, syscall.SIGKILL}) || saw.(Outage).Refusal == "" {
				t.Errorf("%v, %d cuts, signals %v, seen %+v", err, cuts, sent, saw)
			}
		})
	}
}

// A file system that says that it was shut down and takes writes is no outage. Its server is killed all the same: it was stopped.
func TestADiskThatStillTakesWritesIsNoOutage(t *testing.T) {
	proc, sent := fakeProc(t), []syscall.Signal(nil)
	write(t, filepath.Join(string(proc), "11", "mountinfo"), ownVolume)
	write(t, filepath.Join(string(proc), "1", "mountinfo"), onTheNode)
	if err := os.MkdirAll(filepath.Join(string(proc), "11", "root", "store"), 0o755); err != nil {
		t.Fatal(err)
	}
	p := newPower(proc)
	p.send = func(_ Proc, _ Process, s syscall.Signal) error { sent = append(sent, s); return nil }
	p.cut = func(*os.File) error { return nil }
	a := chaos.Act{ID: "1", Args: []byte(`{"folder":"/store"}`), On: chaos.Process{Pod: "p", ContainerID: "containerd://" + brokerID}}
	err := p.Do(t.Context(), a)
	if saw, _ := p.See(t.Context(), a); err == nil || !strings.Contains(err.Error(), "takes writes still") || saw != (Outage{}) || len(sent) != 2 {
		t.Errorf("%v, seen %+v, signals %v", err, saw, sent)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
