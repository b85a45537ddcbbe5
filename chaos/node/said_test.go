//go:build linux

package node

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestTheNewestLogLineTellsTheClock(t *testing.T) {
	proc := t.TempDir()
	fd := filepath.Join(proc, "7", "fd")
	if err := os.MkdirAll(fd, 0o755); err != nil {
		t.Fatal(err)
	}
	written := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	log := func(n int, name, text string, at time.Time) {
		path := filepath.Join(proc, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(fd, fmt.Sprint(n))); err != nil {
			t.Fatal(err)
		}
	}
	log(3, "gc.log", "[12.3s] pause\n", written.Add(time.Hour))
	log(4, "data", "2030-01-01 00:00:00\n", written.Add(time.Hour))
	if _, err := Proc(proc).saidTime(7); err == nil {
		t.Error("a process without a log of ours told its time")
	}
	log(5, "old.log", "2026-01-02 03:04:05 INFO a\n", written.Add(-time.Minute))
	log(6, "broker.log", "2026-01-02 03:04:05 INFO a\n2026-01-02 04:04:05 WARN b\n\tat a.b.C\n", written)
	if ahead, err := Proc(proc).saidTime(7); err != nil || ahead != time.Hour {
		t.Errorf("it is %s ahead (%v), want 1 h", ahead, err)
	}
}
