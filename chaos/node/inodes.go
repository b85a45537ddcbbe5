//go:build linux

package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/rmqproof/rmqproof/chaos"
	"golang.org/x/sys/unix"
)

// inodesFolder has the files that take them. It lies in the root of the volume, where the server looks for nothing.
const inodesFolder = ".rmqproof-inodes"

// TakeInodes is the verb. Its arguments are FolderArgs, of the root of the volume. XFS makes inodes of its free space as it
// needs them, and has no number to run out of.
type TakeInodes struct{ Proc Proc }

// Name is the verb's.
func (TakeInodes) Name() string { return InodesVerb }

// Do makes empty files until there is no inode left.
func (i TakeInodes) Do(_ context.Context, a chaos.Act) error {
	v, err := i.Proc.rootOf(a)
	if err == nil && v.mount.FSType != "ext4" {
		err = fmt.Errorf("container %s of pod %s: its volume is %s, and only ext4 has a fixed number of inodes", a.On.Container, a.On.Pod, v.mount.FSType)
	}
	if err != nil {
		return untouched{err}
	}
	folder := filepath.Join(v.folder, inodesFolder)
	if err := os.Mkdir(folder, 0o700); err != nil {
		return untouched{fmt.Errorf("taking inodes: %w", err)}
	}
	return takeInodes(folder)
}

func takeInodes(folder string) error {
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer dir.Close()
	for n := 0; ; n++ {
		err := unix.Mknodat(int(dir.Fd()), strconv.Itoa(n), unix.S_IFREG|0o600, 0)
		if errors.Is(err, unix.ENOSPC) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("taking inode %d: %w", n, err)
		}
	}
}

// Undo removes our files from the pod's volumes, also when its container was replaced meanwhile.
func (i TakeInodes) Undo(_ context.Context, a chaos.Act) error {
	folders, err := i.Proc.volumesOf(a.On.UID)
	if err == nil && len(folders) == 0 {
		err = fmt.Errorf("pod %s has no volume on this node any more: delete %s in the root of its volume by hand", a.On.Pod, inodesFolder)
	}
	for _, folder := range folders {
		err = errors.Join(err, os.RemoveAll(filepath.Join(folder, inodesFolder)))
	}
	return err
}

// See looks at the pod's volume.
func (i TakeInodes) See(_ context.Context, a chaos.Act) (any, error) {
	folders, err := i.Proc.volumesOf(a.On.UID)
	if err != nil || len(folders) == 0 {
		return Inodes{}, err
	}
	var s unix.Statfs_t
	if err := unix.Statfs(folders[0], &s); err != nil {
		return nil, fmt.Errorf("counting the inodes of %s: %w", folders[0], err)
	}
	_, missing := os.Stat(filepath.Join(folders[0], inodesFolder))
	return Inodes{Free: s.Ffree, Taken: missing == nil}, nil
}
