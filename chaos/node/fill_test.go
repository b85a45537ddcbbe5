//go:build linux

package node

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/chaos"
)

func TestOnlyAVolumeOfItsOwnIsFilled(t *testing.T) {
	for name, c := range map[string]struct{ container, folder, want string }{
		"a folder of the node's disk": {"70 60 253:0 /volumes/pvc-1 /store rw - ext4 /dev/vda rw\n", "/store", "others would be hit"},
		"a folder below the root":     {ownVolume, "/store/commitlog", "not the root of its volume"},
	} {
		proc := fakeProc(t)
		write(t, filepath.Join(string(proc), "11", "mountinfo"), c.container)
		write(t, filepath.Join(string(proc), "1", "mountinfo"), onTheNode)
		args, _ := json.Marshal(FillArgs{FolderArgs: FolderArgs{c.folder}})
		err := Fill{proc}.Do(t.Context(), chaos.Act{Args: args, On: chaos.Process{Pod: "p", ContainerID: "containerd://" + brokerID}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The pod's container may be another one by the time that the space is given back; the pod is the same.
func TestSpaceIsGivenBackByThePodsVolumes(t *testing.T) {
	proc := fakeProc(t)
	write(t, filepath.Join(string(proc), "1", "mountinfo"), onTheNode)
	volume := filepath.Join(string(proc), "1", "root", "var/lib/kubelet/pods/1/volumes/kubernetes.io~csi/pvc/mount")
	if err := os.MkdirAll(volume, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := reserve(filepath.Join(volume, fillFile), 1<<20); err != nil {
		t.Fatal(err)
	}
	f, a := Fill{proc}, chaos.Act{On: chaos.Process{Pod: "p", UID: "1"}}
	if saw, err := f.See(t.Context(), a); err != nil || saw.(Space).Taken != 1<<20 || saw.(Space).Free == 0 {
		t.Errorf("seen %+v, %v", saw, err)
	}
	for range 2 {
		if err := f.Undo(t.Context(), a); err != nil {
			t.Error(err)
		}
	}
	if saw, err := f.See(t.Context(), a); err != nil || saw.(Space) != (Space{}) {
		t.Errorf("given back, and seen %+v, %v", saw, err)
	}
	if err := f.Undo(t.Context(), chaos.Act{On: chaos.Process{Pod: "p", UID: "2"}}); err == nil || !strings.Contains(err.Error(), "by hand") {
		t.Errorf("a pod that is not here: %v", err)
	}
	if err := reserve(filepath.Join(volume, fillFile), 0); err == nil {
		t.Error("nothing was taken, and nothing said")
	}
}
