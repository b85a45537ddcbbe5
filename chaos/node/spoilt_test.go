//go:build linux

package node

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// message is one as a broker stores it, as far as its form is looked at.
func message(body string) []byte {
	m := make([]byte, bodyLengthAt+4, 200)
	binary.BigEndian.PutUint32(m[4:], magicOfMessage)
	binary.BigEndian.PutUint32(m[bodyLengthAt:], uint32(len(body)))
	m = append(append(m, body...), "topic"...)
	binary.BigEndian.PutUint32(m, uint32(len(m)))
	return m
}

func TestTheLongestBodyOfAFinishedFileRots(t *testing.T) {
	p := fakeProc(t)
	write(t, filepath.Join(string(p), "11", "mountinfo"), ownVolume)
	write(t, filepath.Join(string(p), "1", "mountinfo"), onTheNode)
	log := filepath.Join(string(p), "11", "root", "store", "commitlog")
	if err := os.MkdirAll(log, 0o700); err != nil {
		t.Fatal(err)
	}
	r, a := newRot(p), brokerAct(`{"folder":"/store/commitlog"}`)
	if err := r.Do(t.Context(), a); err == nil || !strings.Contains(err.Error(), "mappedFileSizeCommitLog lower") {
		t.Errorf("an empty log: %v", err)
	}
	for n := range 4 {
		text := string(message("short")) + string(message("the longest")) + string(message("")) + "rest of the file"
		write(t, filepath.Join(log, fmt.Sprintf("%020d", n*1000)), text)
	}
	if err := r.Do(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	for n := range 4 {
		text, err := os.ReadFile(filepath.Join(log, fmt.Sprintf("%020d", n*1000)))
		if changed := strings.Contains(string(text), "the longes"+string([]byte{^byte('t')})); err != nil || changed != (n == 1) {
			t.Errorf("file %d: changed %t, %v", n, changed, err)
		}
	}
	seen, err := r.See(t.Context(), a)
	if s, ok := seen.(Rotten); err != nil || !ok || s.Was != 't' || s.Is != ^byte('t') {
		t.Errorf("seen %+v, %v", seen, err)
	}
	a.ID = "2"
	if seen, err := r.See(t.Context(), a); err != nil || seen.(Rotten) != (Rotten{}) {
		t.Errorf("what was not done: %+v, %v", seen, err)
	}
}

func TestOnlyMessagesOfAKnownFormAreChanged(t *testing.T) {
	for name, file := range map[string][]byte{
		"empty": nil, "zeros": make([]byte, 4096), "cut": message("the longest")[:90], "no body": message(""),
	} {
		if at, ok := longestBody(file); ok {
			t.Errorf("%s: byte %d", name, at)
		}
	}
}

// A volume's inodes are taken, seen to be gone, and given back by its pod.
func TestEveryInodeIsTakenAndGivenBack(t *testing.T) {
	p := fakeProc(t)
	write(t, filepath.Join(string(p), "1", "mountinfo"), onTheNode)
	volume := filepath.Join(string(p), "1", "root", "var/lib/kubelet/pods/1/volumes/kubernetes.io~csi/pvc/mount")
	if err := os.MkdirAll(filepath.Join(volume), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("none", volume, "tmpfs", 0, "nr_inodes=50"); errors.Is(err, unix.EPERM) {
		t.Skip("needs the right to mount a file system with few inodes")
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Unmount(volume, 0) })
	i, a := TakeInodes{p}, brokerAct(`{"folder":"/store"}`)
	folder := filepath.Join(volume, inodesFolder)
	if err := errors.Join(os.Mkdir(folder, 0o700), takeInodes(folder)); err != nil {
		t.Fatal(err)
	}
	if seen, err := i.See(t.Context(), a); err != nil || seen.(Inodes) != (Inodes{Taken: true}) {
		t.Errorf("seen %+v, %v", seen, err)
	}
	for range 2 {
		if err := i.Undo(t.Context(), a); err != nil {
			t.Error(err)
		}
	}
	if seen, err := i.See(t.Context(), a); err != nil || seen.(Inodes).Taken || seen.(Inodes).Free < 40 {
		t.Errorf("given back, and seen %+v, %v", seen, err)
	}
}

// Only ext4 has a number of inodes to run out of, and can be told to go read-only.
func TestAnotherFileSystemIsRefused(t *testing.T) {
	p := fakeProc(t)
	write(t, filepath.Join(string(p), "11", "mountinfo"), strings.ReplaceAll(ownVolume, "ext4", "xfs"))
	write(t, filepath.Join(string(p), "1", "mountinfo"), onTheNode)
	failed := 0
	r := ReadOnly{p, func(string, int, int) error { failed++; return nil }}
	a := brokerAct(`{"folder":"/store"}`)
	if err := r.Do(t.Context(), a); err == nil || !strings.Contains(err.Error(), "only ext4") || failed > 0 {
		t.Errorf("read-only: %v, %d", err, failed)
	}
	if err := (TakeInodes{p}).Do(t.Context(), a); err == nil || !strings.Contains(err.Error(), "only ext4") {
		t.Errorf("inodes: %v", err)
	}
}

// A volume that takes writes is not read-only, and nothing of the look is left on it.
func TestAVolumeThatTakesWritesIsNotReadOnly(t *testing.T) {
	p := fakeProc(t)
	write(t, filepath.Join(string(p), "1", "mountinfo"), onTheNode)
	volume := filepath.Join(string(p), "1", "root", "var/lib/kubelet/pods/1/volumes/kubernetes.io~csi/pvc/mount")
	if err := os.MkdirAll(volume, 0o700); err != nil {
		t.Fatal(err)
	}
	seen, err := ReadOnly{Proc: p}.See(t.Context(), brokerAct(`{}`))
	if left, _ := os.ReadDir(volume); err != nil || seen.(ReadOnlySeen) != (ReadOnlySeen{Readable: true}) || len(left) > 0 {
		t.Errorf("seen %+v, %v; left %v", seen, err, left)
	}
}
