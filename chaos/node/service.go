//go:build linux

package node

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/rmqproof/rmqproof/chaos"
)

// Service is the verb. Control runs systemctl on the node.
type Service struct {
	Control func(ctx context.Context, args ...string) (string, error)
}

// Name is the verb's.
func (Service) Name() string { return ServiceVerb }

// Do stops the service.
func (s Service) Do(ctx context.Context, a chaos.Act) error {
	return s.bring(ctx, a, "stop", "inactive")
}

// Undo starts it; one that runs stays as it is.
func (s Service) Undo(ctx context.Context, a chaos.Act) error {
	return s.bring(ctx, a, "start", "active")
}

func (s Service) bring(ctx context.Context, a chaos.Act, verb, want string) error {
	unit, err := unitOf(a)
	if err != nil {
		return err
	}
	if _, err := s.Control(ctx, verb, unit); err != nil {
		return err
	}
	if state, _ := s.Control(ctx, "is-active", unit); state != want { // its exit code is another way to say the same
		return fmt.Errorf("systemctl %s %s went well, but it is %q and not %s", verb, unit, state, want)
	}
	return nil
}

// See asks systemd.
func (s Service) See(ctx context.Context, a chaos.Act) (any, error) {
	unit, err := unitOf(a)
	if err != nil {
		return nil, err
	}
	state, err := s.Control(ctx, "is-active", unit)
	if state == "" {
		return nil, err
	}
	return ServiceState{state}, nil
}

func unitOf(a chaos.Act) (string, error) {
	var args ServiceArgs
	if err := json.Unmarshal(a.Args, &args); err != nil || args.Unit == "" || strings.HasPrefix(args.Unit, "-") {
		return "", fmt.Errorf("which service is meant: %q (%w)", a.Args, err)
	}
	return args.Unit, nil
}

// systemctl runs the node's own program with the file system of the node's first process as its root.
func systemctl(p Proc) func(context.Context, ...string) (string, error) {
	return func(ctx context.Context, args ...string) (string, error) {
		cmd := exec.CommandContext(ctx, "/usr/bin/systemctl", args...)
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: filepath.Join(string(p), "1", "root")}
		out, err := cmd.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%s on the node: %w: %s", cmd, err, out)
		}
		return strings.TrimSpace(string(out)), err
	}
}
