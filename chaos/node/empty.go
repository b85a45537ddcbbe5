//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/rmqproof/rmqproof/chaos"
)

// Emptiable are the files that are emptied. No message is in any of them.
var Emptiable = []string{"config/topics.json", "config/consumerOffset.json", "checkpoint", "abort"}

// Empty is the verb. What it emptied is not filled again.
type Empty struct {
	proc Proc
	send func(Proc, Process, syscall.Signal) error
	saw  *byAct[Emptied]
}

func newEmpty(p Proc) Empty { return Empty{p, sendByPidfd, &byAct[Emptied]{}} }

// Name is the verb's.
func (Empty) Name() string { return EmptyVerb }

// Do freezes the server, empties the file within the container's own root, looks at it, and sends SIGKILL: this also where it
// could not be emptied.
func (e Empty) Do(_ context.Context, a chaos.Act) error {
	var args EmptyArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return fmt.Errorf("reading which file to empty: %w", err)
	}
	if !slices.Contains(Emptiable, args.File) {
		return fmt.Errorf("%q is not emptied: only a broker's %s are", args.File, strings.Join(Emptiable, ", "))
	}
	server, root, err := e.proc.filesOf(a.On)
	if err != nil {
		return err
	}
	defer root.Close()
	name := strings.TrimPrefix(path.Join(args.Folder, args.File), "/")
	if was, err := root.Stat(name); err != nil || was.Size() == 0 {
		return errors.Join(err, fmt.Errorf("container %s of pod %s has no /%s with anything in it: nothing to empty", a.On.Container, a.On.Pod, name))
	}
	if err := e.send(e.proc, server, syscall.SIGSTOP); err != nil { // so that it does not write the file again
		return err
	}
	saw, err := empty(root, name)
	if err == nil {
		e.saw.put(a, saw)
	}
	return errors.Join(err, e.send(e.proc, server, syscall.SIGKILL))
}

// empty truncates a file that is there, writes that to the disk, and looks at what is left.
func empty(root *os.Root, name string) (saw Emptied, err error) {
	f, err := root.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return saw, fmt.Errorf("emptying: %w", err)
	}
	defer f.Close()
	was, err := f.Stat()
	if err == nil {
		err = errors.Join(f.Truncate(0), f.Sync())
	}
	if err != nil {
		return saw, fmt.Errorf("emptying: %w", err)
	}
	now, err := root.Stat(name)
	if err != nil {
		return saw, fmt.Errorf("looking at what was emptied: %w", err)
	}
	return Emptied{File: "/" + name, Had: was.Size(), Left: now.Size()}, nil
}

// Undo has nothing to do: the server goes on with what it makes of it.
func (Empty) Undo(context.Context, chaos.Act) error { return nil }

// See tells what was seen before the server was killed: its successor writes the file again.
func (e Empty) See(_ context.Context, a chaos.Act) (any, error) {
	saw, _ := e.saw.get(a)
	return saw, nil
}
