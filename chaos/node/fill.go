//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/rmqproof/rmqproof/chaos"
)

// fillFile takes the space. It lies in the root of the volume, where the server looks for nothing.
const fillFile = ".rmqproof-fill"

// Fill is the verb.
type Fill struct{ Proc Proc }

// Name is the verb's.
func (Fill) Name() string { return FillVerb }

// Do reserves the space: nothing is written, so that it takes no time and no bandwidth.
func (f Fill) Do(_ context.Context, a chaos.Act) error {
	var args FillArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return fmt.Errorf("reading whose volume to fill: %w", err)
	}
	v, err := f.Proc.rootOf(a)
	if err != nil {
		return untouched{err}
	}
	space, err := spaceOf(v.folder)
	if err != nil {
		return untouched{err}
	}
	return reserve(filepath.Join(v.folder, fillFile), space.Free-args.Leave)
}

func reserve(path string, bytes int64) error {
	if bytes <= 0 {
		return fmt.Errorf("%s: there is no more space to take than is to be left", path)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	err = allocate(f, bytes)
	if err := errors.Join(err, f.Close()); err != nil {
		os.Remove(path)
		return fmt.Errorf("taking %d bytes: %w", bytes, err)
	}
	return nil
}

// step is how much is taken at once: where the file system needs some of its space itself, the last steps are refused.
const step = 4 << 20

// allocate takes up to so many bytes, and no error where the disk is full before.
func allocate(f *os.File, bytes int64) error {
	for at := int64(0); at < bytes; at += step {
		err := unix.Fallocate(int(f.Fd()), 0, at, min(step, bytes-at))
		if errors.Is(err, unix.ENOSPC) && at > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func spaceOf(folder string) (Space, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return Space{}, fmt.Errorf("looking at the space of %s: %w", folder, err)
	}
	space := Space{Free: int64(s.Bavail) * s.Bsize}
	if info, err := os.Stat(filepath.Join(folder, fillFile)); err == nil {
		space.Taken = info.Size()
	}
	return space, nil
}

// Undo removes our file from the pod's volumes, also when its container was replaced meanwhile.
func (f Fill) Undo(_ context.Context, a chaos.Act) error {
	volumes, err := f.Proc.volumesOf(a.On.UID)
	if err != nil {
		return err
	}
	for _, v := range volumes {
		if err := os.Remove(filepath.Join(v, fillFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("giving the space back: %w", err)
		}
	}
	if len(volumes) == 0 {
		return fmt.Errorf("pod %s has no volume on this node any more: delete %s in the root of its volume by hand", a.On.Pod, fillFile)
	}
	return nil
}

// See looks at the pod's volumes.
func (f Fill) See(_ context.Context, a chaos.Act) (any, error) {
	volumes, err := f.Proc.volumesOf(a.On.UID)
	if err != nil {
		return nil, err
	}
	for _, v := range volumes {
		space, err := spaceOf(v)
		if err != nil || space.Taken > 0 {
			return space, err
		}
	}
	return Space{}, nil
}
