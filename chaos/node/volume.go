//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/moby/sys/mountinfo"
	"github.com/rmqproof/rmqproof/chaos"
)

// volume is the file system below a folder of a server, on which there is nothing but volumes.
type volume struct {
	server Process
	mount  *mountinfo.Info
	folder string // as this process sees it
	asked  string // the same as the container sees it
}

// volumeOf finds the server of an act and its volume.
func (p Proc) volumeOf(a chaos.Act) (volume, error) {
	var args FolderArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return volume{}, fmt.Errorf("reading whose volume it is: %w", err)
	}
	server, err := p.Server(a.On)
	if err != nil {
		return volume{}, err
	}
	mount, err := p.ownDisk(server.PID, args.Folder)
	if err != nil {
		return volume{}, fmt.Errorf("container %s of pod %s: %w", a.On.Container, a.On.Pod, err)
	}
	return volume{server, mount, filepath.Join(string(p), strconv.Itoa(server.PID), "root", args.Folder), args.Folder}, nil
}

// rootOf is volumeOf where the folder has to be the root of the volume: what undoes the act looks there alone.
func (p Proc) rootOf(a chaos.Act) (volume, error) {
	v, err := p.volumeOf(a)
	if err == nil && v.asked != v.mount.Mountpoint {
		err = fmt.Errorf("container %s of pod %s: %s is not the root of its volume, which is %s", a.On.Container, a.On.Pod, v.asked, v.mount.Mountpoint)
	}
	return v, err
}

// between two looks. A thread that waits for a disk that works has long gone on.
const between = 300 * time.Millisecond

// stuck looks twice at the threads of an act's server.
func (p Proc) stuck(ctx context.Context, a chaos.Act) (Stuck, error) {
	server, err := p.Server(a.On)
	if errors.Is(err, ErrGone) {
		return Stuck{Gone: true}, nil
	}
	if err != nil {
		return Stuck{}, err
	}
	first := p.waiting(server.PID)
	t := time.NewTimer(between)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return Stuck{}, ctx.Err()
	case <-t.C:
	}
	var s Stuck
	for thread, switches := range p.waiting(server.PID) {
		if was, ok := first[thread]; ok && was == switches {
			s.Threads++
		}
	}
	return s, nil
}

// waiting are the threads that nothing can interrupt, each with how often it has given its processor away until then.
func (p Proc) waiting(pid int) map[string]string {
	found := map[string]string{}
	threads, _ := filepath.Glob(filepath.Join(string(p), strconv.Itoa(pid), "task", "*"))
	for _, thread := range threads {
		status, err := os.ReadFile(filepath.Join(thread, "status"))
		if err != nil {
			continue // it has ended
		}
		var state, switches string
		for line := range strings.Lines(string(status)) {
			name, value, _ := strings.Cut(line, ":")
			switch name {
			case "State":
				state = strings.TrimSpace(value)
			case "voluntary_ctxt_switches":
				switches = strings.TrimSpace(value)
			}
		}
		if strings.HasPrefix(state, "D") {
			found[filepath.Base(thread)] = switches
		}
	}
	return found
}
