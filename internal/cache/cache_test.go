package cache

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/internal/progress"
)

func TestDir(t *testing.T) {
	t.Setenv("RMQPROOF_CACHE", "/somewhere")
	if dir, err := Dir(); err != nil || dir != "/somewhere" {
		t.Errorf("%s, %v", dir, err)
	}
	t.Setenv("RMQPROOF_CACHE", "")
	t.Setenv("XDG_CACHE_HOME", "/xdg")
	if dir, err := Dir(); err != nil || dir != "/xdg/rmqproof" {
		t.Errorf("%s, %v", dir, err)
	}
}

func TestLockLetsOneInAtATime(t *testing.T) {
	t.Setenv("RMQPROOF_CACHE", t.TempDir())
	ctx := progress.With(t.Context(), progress.New(io.Discard))
	unlock, err := Lock(ctx, "x")
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	if _, err := Lock(short, "x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the second got in: %v", err)
	}
	if other, err := Lock(ctx, "y"); err != nil {
		t.Errorf("another lock: %v", err)
	} else {
		other()
	}
	unlock()
	again, err := Lock(ctx, "x")
	if err != nil {
		t.Fatalf("after it was let go: %v", err)
	}
	again()
}

func TestPutIsWholeOrNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "thing")
	broken := errors.New("interrupted")
	if err := Put(path, func(tmp string) error { os.WriteFile(tmp, []byte("half"), 0o644); return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	if err := Put(path, func(tmp string) error { return os.WriteFile(tmp, []byte("whole"), 0o644) }); err != nil {
		t.Fatal(err)
	}
	if err := Put(path, func(string) error { return broken }); err != nil {
		t.Errorf("made again what was there: %v", err)
	}
	if raw, _ := os.ReadFile(path); string(raw) != "whole" {
		t.Errorf("content %q", raw)
	}
}
