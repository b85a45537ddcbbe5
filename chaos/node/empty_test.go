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

func TestOnlyASmallFileOfAStoppedServerIsEmptied(t *testing.T) {
	for file, want := range map[string]string{
		"config/topics.json":              "",
		"checkpoint":                      "nothing to empty", // it is not there
		"abort":                           "nothing to empty", // it is empty
		"config/consumerOffset.json":      "escapes",
		"commitlog/00000000000000000000":  "is not emptied",
		"config/../commitlog/00000000000": "is not emptied",
	} {
		proc := fakeProc(t)
		store := filepath.Join(string(proc), "11", "root", "store")
		if err := os.MkdirAll(filepath.Join(store, "config"), 0o700); err != nil {
			t.Fatal(err)
		}
		outside := filepath.Join(t.TempDir(), "offsets")
		write(t, outside, "{}")
		write(t, filepath.Join(store, "abort"), "")
		write(t, filepath.Join(store, "config", "topics.json"), "{}")
		write(t, filepath.Join(store, "config", "topics.json.bak"), "{}")
		if err := os.Symlink(outside, filepath.Join(store, "config", "consumerOffset.json")); err != nil {
			t.Fatal(err)
		}
		var sent []syscall.Signal
		e := newEmpty(proc)
		e.send = func(_ Proc, _ Process, s syscall.Signal) error { sent = append(sent, s); return nil }
		args, _ := json.Marshal(EmptyArgs{FolderArgs{"/store"}, file})
		a := chaos.Act{ID: "1", Args: args, On: chaos.Process{Pod: "p", Container: "broker", ContainerID: "containerd://" + brokerID}}
		err := e.Do(t.Context(), a)
		saw, _ := e.See(t.Context(), a)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", file, err, want)
		}
		if done := want == ""; done != slices.Equal(sent, []syscall.Signal{syscall.SIGSTOP, syscall.SIGKILL}) || !done && len(sent) > 0 ||
			done != (saw == Emptied{File: "/store/config/topics.json", Had: 2}) || !done && saw != (Emptied{}) {
			t.Errorf("%s: signals %v, seen %+v", file, sent, saw)
		}
		for name, size := range map[string]int64{outside: 2, filepath.Join(store, "config", "topics.json.bak"): 2,
			filepath.Join(store, "config", "topics.json"): map[bool]int64{false: 2}[want == ""]} {
			if s, err := os.Stat(name); err != nil || s.Size() != size {
				t.Errorf("%s: %s has %v, want %d bytes", file, name, s, size)
			}
		}
	}
}
