// Package cache keeps what takes long to make, outside the checkout: it says where, lets one maker in at a
// time, and puts files in place whole or not at all.
package cache

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/rmqproof/rmqproof/internal/progress"
)

// Dir is the folder of everything that we keep: RMQPROOF_CACHE, else rmqproof in the user's cache folder.
func Dir() (string, error) {
	if dir := os.Getenv("RMQPROOF_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache folder: %w; name one in RMQPROOF_CACHE", err)
	}
	return filepath.Join(base, "rmqproof"), nil
}

// Sub returns a folder below Dir, made where it is missing.
func Sub(names ...string) (string, error) {
	base, err := Dir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(append([]string{base}, names...)...)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make the cache folder: %w; name another in RMQPROOF_CACHE", err)
	}
	return dir, nil
}

// retryLock is how often a lock that another process holds is tried again.
const retryLock = 200 * time.Millisecond

// Lock waits until no other process holds the lock of that name, and holds it until unlock is called or this
// process ends.
func Lock(ctx context.Context, name string) (unlock func(), err error) {
	dir, err := Sub("locks")
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the lock %s: %w", name, err)
	}
	if err := acquire(ctx, f, name); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

func acquire(ctx context.Context, f *os.File, name string) error {
	if taken, err := try(f); err != nil || taken {
		return err
	}
	step := progress.Start(ctx, "wait for another run of rmqproof that holds %q", name)
	ticker := time.NewTicker(retryLock)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return step.Done(fmt.Errorf("wait for another run of rmqproof that holds %q: %w", name, ctx.Err()))
		case <-ticker.C:
			if taken, err := try(f); err != nil || taken {
				return step.Done(err)
			}
		}
	}
}

func try(f *os.File) (bool, error) {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// Put makes the file or folder at path by letting fill write a temporary one beside it, which then takes its
// place in one step. Where path exists already nothing is done.
func Put(path string, fill func(tmp string) error) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	holder, err := os.MkdirTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(holder)
	tmp := filepath.Join(holder, filepath.Base(path))
	if err := fill(tmp); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}
