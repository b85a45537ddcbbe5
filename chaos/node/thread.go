//go:build linux

package node

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// onThread calls f on a thread that ends afterwards. That is never the first one: it would stay, and what /proc says of the process is
// what holds for that thread.
func onThread(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() {
			defer runtime.UnlockOSThread()
			done <- onThread(f)
			return
		}
		done <- f()
	}()
	return <-done
}
