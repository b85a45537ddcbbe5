//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/rmqproof/rmqproof/chaos"
)

// derived are the folders that a broker makes from its log, as far as its release can, and stores those that a server keeps all in
// that it has. Nothing else is ever removed.
var (
	derived = []string{"consumequeue", "index"}
	stores  = []string{"store", "controller"}
)

// Lose is the verb. What it removed is not brought back.
type Lose struct {
	Proc Proc
	Send func(Proc, Process, syscall.Signal) error
}

// Name is the verb's.
func (Lose) Name() string { return LoseVerb }

// Do freezes the server, removes the folder within the container's own root, sees that it is gone, and sends SIGKILL: this
// also where the removal failed half way.
func (l Lose) Do(_ context.Context, a chaos.Act) error {
	var args LoseArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return fmt.Errorf("reading which folder to remove: %w", err)
	}
	if err := args.check(); err != nil {
		return err
	}
	server, root, err := l.Proc.filesOf(a.On)
	if err != nil {
		return err
	}
	defer root.Close()
	name := strings.TrimPrefix(args.Folder, "/")
	if _, err := root.Stat(name); err != nil {
		return fmt.Errorf("container %s of pod %s has no folder to lose: %w", a.On.Container, a.On.Pod, err)
	}
	if err := l.Send(l.Proc, server, syscall.SIGSTOP); err != nil { // so that nothing is written there meanwhile
		return err
	}
	take := remove
	if args.Whole {
		take = empties
	}
	return errors.Join(take(root, name), l.Send(l.Proc, server, syscall.SIGKILL))
}

func (a LoseArgs) check() error {
	known := derived
	if a.Whole {
		known = stores
	}
	if !path.IsAbs(a.Folder) || path.Clean(a.Folder) != a.Folder || !slices.Contains(known, path.Base(a.Folder)) {
		return fmt.Errorf("%q is not removed: only a server's %s are", a.Folder, strings.Join(known, " and "))
	}
	return nil
}

// empties removes all that is in a folder.
func empties(root *os.Root, name string) error {
	all, err := list(root, name)
	if err != nil {
		return fmt.Errorf("looking at what to remove from /%s: %w", name, err)
	}
	errs := make([]error, 0, len(all))
	for _, entry := range all {
		errs = append(errs, remove(root, path.Join(name, entry)))
	}
	return errors.Join(errs...)
}

func list(root *os.Root, name string) ([]string, error) {
	folder, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	return folder.Readdirnames(-1)
}

func remove(root *os.Root, name string) error {
	err := root.RemoveAll(name)
	if err == nil {
		if _, err = root.Stat(name); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	return fmt.Errorf("/%s was removed and may be there still: %w", name, err)
}

// Undo has nothing to do: nobody can bring back what was removed. The server makes of its log what it can.
func (Lose) Undo(context.Context, chaos.Act) error { return nil }

// See has nothing to show: the server that would show it is dead.
func (Lose) See(context.Context, chaos.Act) (any, error) { return struct{}{}, nil }
