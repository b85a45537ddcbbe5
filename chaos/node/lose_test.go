//go:build linux

package node

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rmqproof/rmqproof/chaos"
)

func TestOnlyWhatABrokerCanMakeAgainIsRemoved(t *testing.T) {
	for folder, want := range map[string]string{
		"/store/consumequeue":    "",
		"/store/commitlog":       "is not removed",
		"/store/../consumequeue": "is not removed",
		"consumequeue":           "is not removed",
		"/link/consumequeue":     "escapes",
		"/nowhere/index":         "no folder to lose",
	} {
		proc := fakeProc(t)
		root := filepath.Join(string(proc), "11", "root")
		outside := filepath.Join(t.TempDir(), "consumequeue")
		for _, dir := range []string{filepath.Join(root, "store", "consumequeue", "t"), filepath.Join(root, "store", "commitlog"), outside} {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink(filepath.Dir(outside), filepath.Join(root, "link")); err != nil {
			t.Fatal(err)
		}
		var sent []syscall.Signal
		l := Lose{proc, func(_ Proc, _ Process, s syscall.Signal) error { sent = append(sent, s); return nil }}
		args, _ := json.Marshal(LoseArgs{Folder: folder})
		err := l.Do(t.Context(), chaos.Act{Args: args, On: chaos.Process{Pod: "p", Container: "broker", ContainerID: "containerd://" + brokerID}})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", folder, err, want)
		}
		_, left := os.Stat(filepath.Join(root, "store", "consumequeue"))
		_, log := os.Stat(filepath.Join(root, "store", "commitlog"))
		_, out := os.Stat(outside)
		if (left != nil) != (want == "") || log != nil || out != nil || len(sent) != map[bool]int{true: 2, false: 0}[want == ""] || len(sent) > 0 && sent[1] != syscall.SIGKILL {
			t.Errorf("%s: consume queues %v, log %v, outside %v, signals %v", folder, left, log, out, sent)
		}
	}
}

func TestAStoreIsEmptiedAndStays(t *testing.T) {
	for folder, want := range map[string]string{"/home/store": "", "/home": "is not removed", "/home/store/commitlog": "is not removed"} {
		proc := fakeProc(t)
		home := filepath.Join(string(proc), "11", "root", "home")
		if err := os.MkdirAll(filepath.Join(home, "store", "commitlog"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(home, "store", "checkpoint"), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		l := Lose{proc, func(Proc, Process, syscall.Signal) error { return nil }}
		args, _ := json.Marshal(LoseArgs{Folder: folder, Whole: true})
		err := l.Do(t.Context(), chaos.Act{Args: args, On: chaos.Process{Pod: "p", Container: "broker", ContainerID: "containerd://" + brokerID}})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", folder, err, want)
		}
		left, err := os.ReadDir(filepath.Join(home, "store"))
		if err != nil || len(left) != map[bool]int{true: 0, false: 2}[want == ""] {
			t.Errorf("%s: %v is left (%v)", folder, left, err)
		}
	}
}
