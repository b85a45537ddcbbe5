//go:build linux

package node

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Group is a control group of one controller, in the hierarchy that the node itself has mounted.
type Group struct {
	Dir     string
	Unified bool // version 2: one hierarchy, other files
}

// Group finds a process's control group of a controller ("cpu", "memory", "pids"). The mounts are those of the node's
// first process, for the helper's own container sees other ones.
func (p Proc) Group(pid int, controller string) (Group, error) {
	own, err := os.ReadFile(filepath.Join(string(p), strconv.Itoa(pid), "cgroup"))
	if err != nil {
		return Group{}, err
	}
	path, unified, ok := groupPath(own, controller)
	if !ok {
		return Group{}, fmt.Errorf("the node has no control groups of the controller %s", controller)
	}
	mounts, err := os.ReadFile(filepath.Join(string(p), "1", "mountinfo"))
	if err != nil {
		return Group{}, fmt.Errorf("reading where the node has mounted control groups: %w", err)
	}
	for _, m := range groupMounts(mounts, controller, unified) {
		inside, ok := strings.CutPrefix(path, m.root)
		if !ok && m.root != "/" {
			inside = path // the process's path is told from another root than the mount's
		}
		g := Group{filepath.Join(string(p), "1", "root", m.point, inside), unified}
		if g.holds(pid) {
			return g, nil
		}
	}
	return Group{}, fmt.Errorf("the control group %s of process %d (controller %s) is nowhere under the node's mounts", path, pid, controller)
}

// groupPath reads /proc/PID/cgroup: "4:cpu,cpuacct:/path" in version 1, "0::/path" in version 2.
func groupPath(own []byte, controller string) (path string, unified, ok bool) {
	lines := bufio.NewScanner(bytes.NewReader(own))
	for lines.Scan() {
		parts := strings.SplitN(lines.Text(), ":", 3)
		if len(parts) != 3 {
			continue
		}
		if slices.Contains(strings.Split(parts[1], ","), controller) {
			return parts[2], false, true
		}
		if parts[0] == "0" && parts[1] == "" {
			path, unified, ok = parts[2], true, true
		}
	}
	return path, unified, ok
}

type groupMount struct{ root, point string }

// groupMounts reads mountinfo: "36 35 0:31 root point options ... - type source options-of-all".
func groupMounts(mounts []byte, controller string, unified bool) (found []groupMount) {
	lines := bufio.NewScanner(bytes.NewReader(mounts))
	for lines.Scan() {
		before, after, ok := strings.Cut(lines.Text(), " - ")
		head, tail := strings.Fields(before), strings.Fields(after)
		if !ok || len(head) < 5 || len(tail) < 3 {
			continue
		}
		v1 := tail[0] == "cgroup" && slices.Contains(strings.Split(tail[2], ","), controller)
		if unified && tail[0] == "cgroup2" || !unified && v1 {
			found = append(found, groupMount{head[3], head[4]})
		}
	}
	return found
}

// holds says that the process is in the group: a path alone may be of a namesake.
func (g Group) holds(pid int) bool {
	procs, err := g.read("cgroup.procs")
	return err == nil && slices.Contains(strings.Fields(procs), strconv.Itoa(pid))
}

func (g Group) read(file string) (string, error) {
	b, err := os.ReadFile(filepath.Join(g.Dir, file))
	return strings.TrimSpace(string(b)), err
}

// write makes no file: a group that is gone stays gone.
func (g Group) write(file, value string) error {
	f, err := os.OpenFile(filepath.Join(g.Dir, file), os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(value)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing %s to %s of the container's control group: %w", value, file, err)
	}
	return nil
}

// counter reads a line "name N" of a file, 0 where there is none.
func (g Group) counter(file, name string) (int64, error) {
	text, err := g.read(file)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == name {
			return strconv.ParseInt(f[1], 10, 64)
		}
	}
	return 0, err
}
