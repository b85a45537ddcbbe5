//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rmqproof/rmqproof/chaos"
)

// Slow is the verb: a rule of the container's control group, for one device. Stuck is what can be seen.
type Slow struct{ Proc Proc }

// Name is the verb's.
func (Slow) Name() string { return SlowVerb }

// Do refuses where there is a rule already: nobody would know what to go back to.
func (s Slow) Do(_ context.Context, a chaos.Act) error {
	var args SlowArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return fmt.Errorf("reading how slow a disk shall be: %w", err)
	}
	g, device, err := s.find(a)
	if err != nil {
		return untouched{err}
	}
	if rule, err := g.writes(device); err != nil || rule != "" {
		return untouched{errors.Join(err, fmt.Errorf("container %s has a rule for device %s already (%q): it is left alone", a.On.Container, device, rule))}
	}
	return g.setWrites(device, strconv.Itoa(args.Writes))
}

// Undo removes the rule. One of a container that has ended went with its control group.
func (s Slow) Undo(_ context.Context, a chaos.Act) error {
	g, device, err := s.find(a)
	if err == nil {
		err = g.setWrites(device, "")
	}
	if errors.Is(err, ErrGone) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if rule, err := g.writes(device); err != nil || rule != "" {
		return errors.Join(err, fmt.Errorf("the rule for device %s of container %s was removed and is %q", device, a.On.Container, rule))
	}
	return nil
}

// See reads the rule, and counts the server's threads that wait for the disk.
func (s Slow) See(ctx context.Context, a chaos.Act) (any, error) {
	stuck, err := s.Proc.stuck(ctx, a)
	if err != nil || stuck.Gone {
		return stuck, err
	}
	g, device, err := s.find(a)
	if err != nil {
		return nil, err
	}
	stuck.Rule, err = g.writes(device)
	return stuck, err
}

// find needs no volume of the server's own: the rule is for the container alone.
func (s Slow) find(a chaos.Act) (Group, string, error) {
	var args SlowArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return Group{}, "", fmt.Errorf("reading whose disk it is: %w", err)
	}
	server, err := s.Proc.Server(a.On)
	if err != nil {
		return Group{}, "", err
	}
	mount, err := s.Proc.mountOf(server.PID, args.Folder)
	if err == nil && (mount == nil || mount.Major == 0) {
		err = fmt.Errorf("%s of container %s is on no disk", args.Folder, a.On.Container)
	}
	if err != nil {
		return Group{}, "", err
	}
	g, err := s.Proc.Group(server.PID, "blkio") // of version 1; in version 2 there is one for all
	return g, whole(mount.Major, mount.Minor), err
}

// whole names the disk that a partition is of: the kernel takes rules for disks alone.
func whole(major, minor int) string {
	device := fmt.Sprintf("%d:%d", major, minor)
	at := filepath.Join("/sys/dev/block", device)
	if _, err := os.Stat(filepath.Join(at, "partition")); err == nil {
		if disk, err := os.ReadFile(filepath.Join(at, "..", "dev")); err == nil {
			return strings.TrimSpace(string(disk))
		}
	}
	return device
}

func (g Group) writesFile() string {
	if g.Unified {
		return "io.max"
	}
	return "blkio.throttle.write_iops_device"
}

// writes is the rule for a device: "7:3 5", "7:3 rbps=max wbps=max riops=max wiops=5", or nothing.
func (g Group) writes(device string) (string, error) {
	text, err := g.read(g.writesFile())
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, device+" ") {
			return strings.TrimSpace(line), err
		}
	}
	return "", err
}

func (g Group) setWrites(device, most string) error {
	switch {
	case g.Unified && most == "":
		return g.write(g.writesFile(), device+" wiops=max")
	case g.Unified:
		return g.write(g.writesFile(), device+" wiops="+most)
	case most == "":
		most = "0"
	}
	return g.write(g.writesFile(), device+" "+most)
}
