// Package cache keeps what takes long to make, outside the checkout: it says where, lets one maker in at a
// time, and puts files in place whole or not at all.
package cache

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

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
	lock := flock.New(filepath.Join(dir, name))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", lock.Path(), err)
	}
	if !held {
		step := progress.Start(ctx, "wait for another run of rmqproof that holds %q", name)
		if _, err := lock.TryLockContext(ctx, retryLock); err != nil {
			return nil, step.Done(fmt.Errorf("wait for another run of rmqproof that holds %q: %w", name, err))
		}
		_ = step.Done(nil)
	}
	return func() { _ = lock.Close() }, nil // the kernel drops it with the process at the latest
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
