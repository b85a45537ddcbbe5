package proc

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
)

func TestOutput(t *testing.T) {
	if out, err := Output(exec.Command("sh", "-c", "echo ' it works '; echo noise >&2")); err != nil || out != "it works" {
		t.Errorf("%q, %v", out, err)
	}
	_, err := Output(exec.Command("sh", "-c", "echo out; echo why >&2; exit 3"))
	var failed *Error
	if !errors.As(err, &failed) || failed.Output != "why\nout\n" {
		t.Fatalf("got %v", err)
	}
	if got, want := err.Error(), "sh -c echo out; echo why >&2; exit 3: exit status 3\n\twhy\n\tout"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !errors.As(err, new(*exec.ExitError)) {
		t.Error("the cause is lost")
	}
}

func TestTailIsBounded(t *testing.T) {
	if got := Tail(" \n"); got != "" {
		t.Errorf("of nothing: %q", got)
	}
	if got := strings.Count(Tail(strings.Repeat("x\n", 100)), "\n"); got != tailLines {
		t.Errorf("%d lines", got)
	}
	if got := Tail(strings.Repeat("é", tailBytes)); len(got) > tailBytes+8 || !strings.HasPrefix(got, "\n\t…é") {
		t.Errorf("%d bytes beginning with %q", len(got), got[:12])
	}
}
