package javamq

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/gofrs/flock"
)

// Ports lie below those that systems give to outgoing connections: on a busy machine seconds pass until Java listens, and another
// test's connection had the port by then.
const lowestPort, ports = 12_000, 18_000

// FreePort is a port of the loopback interface that nothing listens on, and that no other test is given until this one ends.
func FreePort(t *testing.T) int {
	t.Helper()
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("rmqproof-ports-%d", os.Getuid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		port := lowestPort + rand.IntN(ports)
		lock := flock.New(filepath.Join(dir, fmt.Sprint(port)))
		if mine, err := lock.TryLock(); err != nil || !mine {
			continue
		}
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			l.Close()
			t.Cleanup(func() { _ = lock.Unlock() }) // the process's end unlocks it as well
			return port
		}
		_ = lock.Unlock()
	}
	t.Fatalf("no port of %d to %d is free", lowestPort, lowestPort+ports)
	return 0
}
