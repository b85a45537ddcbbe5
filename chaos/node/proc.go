//go:build linux

package node

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rmqproof/rmqproof/chaos"
)

// Proc is the folder in which the node's processes are mounted: /proc in a pod with hostPID.
type Proc string

// filesOf returns the process that serves, and the files as it sees them; nothing outside of them can be reached.
func (p Proc) filesOf(of chaos.Process) (Process, *os.Root, error) {
	server, err := p.Server(of)
	if err != nil {
		return server, nil, err
	}
	root, err := os.OpenRoot(filepath.Join(string(p), strconv.Itoa(server.PID), "root"))
	if err != nil {
		return server, nil, fmt.Errorf("opening the files of container %s of pod %s: %w", of.Container, of.Pod, err)
	}
	return server, root, nil
}

// Server returns the process that serves: the container's JVM, or what has the most memory where there is none.
// In the official images PID 1 is a shell that only waits for it.
func (p Proc) Server(of chaos.Process) (Process, error) {
	all, err := p.In(of.ContainerID)
	if err != nil {
		return Process{}, fmt.Errorf("container %s of pod %s: %w", of.Container, of.Pod, err)
	}
	best := all[0]
	for _, q := range all[1:] {
		if java := q.Command == "java"; java != (best.Command == "java") {
			if java {
				best = q
			}
		} else if q.Pages > best.Pages {
			best = q
		}
	}
	return best, nil
}

// In returns the processes of a container, at least one. The kernel names the container in the path of the
// process's control group, in version 1 in each line and in version 2 in the only one.
func (p Proc) In(containerID string) ([]Process, error) {
	id := plainID(containerID)
	if id == "" {
		return nil, fmt.Errorf("%w (it has no id)", ErrGone)
	}
	var found []Process
	err := p.each(func(pid int, group []byte) {
		if q, err := p.read(pid); err == nil && q.State != "Z" && containerIn(group) == id {
			found = append(found, q)
		}
	})
	if err == nil && len(found) == 0 {
		err = ErrGone
	}
	return found, err
}

// Stopped returns the ids of the containers that have a stopped process.
func (p Proc) Stopped() (ids []string, err error) {
	seen := map[string]bool{}
	err = p.each(func(pid int, group []byte) {
		q, err := p.read(pid)
		if id := containerIn(group); err == nil && q.State == "T" && id != "" && !seen[id] {
			seen[id], ids = true, append(ids, id)
		}
	})
	return ids, err
}

// each calls f with every process and its control groups. One that ends meanwhile is left out.
func (p Proc) each(f func(pid int, group []byte)) error {
	entries, err := os.ReadDir(string(p))
	if err != nil {
		return fmt.Errorf("listing the node's processes: %w", err)
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		group, err := os.ReadFile(filepath.Join(string(p), e.Name(), "cgroup"))
		if errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("the helper may not see the node's processes: %w", err)
		}
		if err == nil {
			f(pid, group)
		}
	}
	return nil
}

// read parses /proc/PID/stat: the program's name may itself hold spaces and brackets.
func (p Proc) read(pid int) (Process, error) {
	b, err := os.ReadFile(filepath.Join(string(p), strconv.Itoa(pid), "stat"))
	if err != nil {
		return Process{}, err
	}
	open, end := bytes.IndexByte(b, '('), bytes.LastIndexByte(b, ')')
	if open < 0 || end < open {
		return Process{}, fmt.Errorf("/proc/%d/stat is %q", pid, b)
	}
	fields := strings.Fields(string(b[end+1:])) // from the third on: state is the 3rd, starttime the 22nd, rss the 24th
	if len(fields) < 22 {
		return Process{}, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields)+2)
	}
	start, errStart := strconv.ParseUint(fields[19], 10, 64)
	pages, errPages := strconv.ParseInt(fields[21], 10, 64)
	return Process{PID: pid, Start: start, State: fields[0], Command: string(b[open+1 : end]), Pages: pages}, errors.Join(errStart, errPages)
}

// plainID drops the runtime's name: "containerd://abc" is abc.
func plainID(id string) string {
	if _, plain, ok := strings.Cut(id, "://"); ok {
		return plain
	}
	return id
}

// idLength is that of a container id: 32 bytes in hexadecimal.
const idLength = 64

// containerIn returns the container id in a process's control groups, or nothing. Where the node is a container itself
// the innermost is the last.
func containerIn(group []byte) (id string) {
	run := 0
	for n, b := range group {
		if (b >= '0' && b <= '9') || (b >= 'a' && b <= 'f') {
			run++
		} else {
			run = 0
		}
		if run == idLength {
			id = string(group[n+1-idLength : n+1])
		}
	}
	return id
}

// inPod says that a control group is of the pod: its path holds the UID, under systemd with underscores.
func inPod(group []byte, uid string) bool {
	return uid != "" && (bytes.Contains(group, []byte(uid)) || bytes.Contains(group, []byte(strings.ReplaceAll(uid, "-", "_"))))
}
