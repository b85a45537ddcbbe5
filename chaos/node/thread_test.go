//go:build linux

package node

import (
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// TestTheFirstThreadIsNotSpent: what a thread does to itself must not become what /proc says of the process.
func TestTheFirstThreadIsNotSpent(t *testing.T) {
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			_ = onThread(func() error {
				if unix.Gettid() == unix.Getpid() {
					t.Error("it runs on the first thread")
				}
				return nil
			})
		})
	}
	all.Wait()
}
