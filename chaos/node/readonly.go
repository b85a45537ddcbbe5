//go:build linux

package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rmqproof/rmqproof/chaos"
	"golang.org/x/sys/unix"
)

// ReadOnly is the verb. Its arguments are FolderArgs. The file system stays so until it is unmounted everywhere.
type ReadOnly struct {
	Proc Proc
	Fail func(device string, major, minor int) error
}

// Name is the verb's.
func (ReadOnly) Name() string { return ReadOnlyVerb }

// Do reports an error to the file system that it has to answer by going read-only. A remount would be refused while a server
// has files open.
func (r ReadOnly) Do(_ context.Context, a chaos.Act) error {
	v, err := r.Proc.rootOf(a)
	if err == nil && v.mount.FSType != "ext4" {
		err = fmt.Errorf("it is %s, and only ext4 can be told that it has failed", v.mount.FSType)
	}
	if err == nil {
		err = r.Fail(v.mount.Source, v.mount.Major, v.mount.Minor)
	}
	if err != nil {
		return fmt.Errorf("making the volume of pod %s read-only: %w", a.On.Pod, err)
	}
	return nil
}

// failExt4 mounts the device once more, which is the same file system in one kernel, to have it answer errors by going
// read-only, and reports one. The helper may remount nothing in the node's own table of mounts.
func failExt4(device string, major, minor int) error {
	// The root is there in every image; the agent's has no folder for what is temporary.
	dir, err := os.MkdirTemp("/", "readonly")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	node, at := filepath.Join(dir, "device"), filepath.Join(dir, "at")
	err = errors.Join(os.Mkdir(at, 0o700), unix.Mknod(node, unix.S_IFBLK|0o600, int(unix.Mkdev(uint32(major), uint32(minor)))))
	if err == nil {
		err = unix.Mount(node, at, "ext4", 0, "")
	}
	if err != nil {
		return fmt.Errorf("mounting %s beside: %w", device, err)
	}
	err = unix.Mount("", at, "", unix.MS_REMOUNT, "errors=remount-ro")
	if err == nil {
		err = reportError(at, device)
	}
	return errors.Join(err, unix.Unmount(at, 0))
}

// reportError reports it through a sysfs of its own, which it mounts over a folder: that of a node may be read-only. The thread has the
// namespaces that this needs, and ends with them.
func reportError(over, device string) error {
	return onThread(func() error {
		err := unix.Unshare(unix.CLONE_NEWNET | unix.CLONE_NEWNS)
		if err == nil {
			err = unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
		}
		if err == nil {
			err = unix.Mount("sysfs", over, "sysfs", 0, "")
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(over, "fs/ext4", filepath.Base(device), "trigger_fs_error"), []byte("rmqproof: read-only by request"), 0)
		}
		return err
	})
}

// Undo has nothing to do here: the file system can be written to again when it is mounted anew.
func (ReadOnly) Undo(context.Context, chaos.Act) error { return nil }

// See tries to write to the pod's volume and to list it, whatever has become of its container.
func (r ReadOnly) See(_ context.Context, a chaos.Act) (any, error) {
	folders, err := r.Proc.volumesOf(a.On.UID)
	if err != nil || len(folders) == 0 {
		return ReadOnlySeen{}, err
	}
	var seen ReadOnlySeen
	name := filepath.Join(folders[0], ".rmqproof-readonly")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		f.Close()
		err = os.Remove(name)
	} else if errors.Is(err, unix.EROFS) {
		seen.Refusal, err = err.Error(), nil
	}
	_, unread := os.ReadDir(folders[0])
	seen.Readable = unread == nil
	return seen, err
}
