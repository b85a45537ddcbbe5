// Package proc is the one form that errors of commands take: the command line, why it failed, and the end of what it
// wrote.
package proc

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
)

const (
	// tailLines and tailBytes are how much of a failed command's output its error shows.
	tailLines = 20
	tailBytes = 4 << 10
)

// Error is a command that failed.
type Error struct {
	Command []string
	Output  string // what it wrote, standard error first
	Err     error
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s: %v%s", strings.Join(e.Command, " "), e.Err, Tail(e.Output))
}

func (e *Error) Unwrap() error { return e.Err }

// Output runs a command and returns its trimmed standard output. A failure is an *Error.
func Output(cmd *exec.Cmd) (string, error) {
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", &Error{Command: cmd.Args, Output: errs.String() + out.String(), Err: err}
	}
	return strings.TrimSpace(out.String()), nil
}

// Tail returns the last lines of an output, indented under the error that they explain.
func Tail(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	if len(text) > tailBytes {
		text = "…" + strings.ToValidUTF8(text[len(text)-tailBytes:], "")
	}
	lines := strings.Split(text, "\n")
	return "\n\t" + strings.Join(lines[max(0, len(lines)-tailLines):], "\n\t")
}
