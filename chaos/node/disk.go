//go:build linux

package node

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/moby/sys/mountinfo"
)

// kubeletDir is where a kubelet mounts the volumes of pods.
const kubeletDir = "/kubelet/"

// mountOf returns the mount that holds a folder of a process, or nil.
func (p Proc) mountOf(pid int, folder string) (at *mountinfo.Info, err error) {
	mine, err := p.mounts(pid)
	for _, m := range mine {
		below := m.Mountpoint == "/" || folder == m.Mountpoint || strings.HasPrefix(folder, m.Mountpoint+"/")
		if below && (at == nil || len(m.Mountpoint) >= len(at.Mountpoint)) {
			at = m
		}
	}
	return at, err
}

// ownDisk is mountOf, if nothing but volumes is on its file system. Any other one is the node's own, and everything on the node
// would be hit.
func (p Proc) ownDisk(pid int, folder string) (*mountinfo.Info, error) {
	at, err := p.mountOf(pid, folder)
	if err != nil {
		return nil, err
	}
	if at == nil || at.Root != "/" || !hasBlocks(at) {
		return nil, fmt.Errorf("%s is not a volume with an ext4 or XFS of its own: others would be hit, too (%+v)", folder, at)
	}
	all, err := p.mounts(1)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if m.Major == at.Major && m.Minor == at.Minor && !strings.Contains(m.Mountpoint, kubeletDir) {
			return nil, fmt.Errorf("the file system of %s is mounted at %s of the node, too: others would be hit, too", folder, m.Mountpoint)
		}
	}
	return at, nil
}

func (p Proc) mounts(pid int) ([]*mountinfo.Info, error) {
	f, err := os.Open(filepath.Join(string(p), strconv.Itoa(pid), "mountinfo"))
	if err != nil {
		return nil, fmt.Errorf("looking at what is mounted: %w", err)
	}
	defer f.Close()
	return mountinfo.GetMountsFromReader(f, nil)
}

// hasBlocks tells whether a mount is of a file system that we know how to shut down and to fill.
func hasBlocks(m *mountinfo.Info) bool { return m.FSType == "ext4" || m.FSType == "xfs" }

// volumesOf returns where the kubelet has the volumes of a pod mounted, as paths of this process.
func (p Proc) volumesOf(pod string) (paths []string, err error) {
	all, err := p.mounts(1)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if pod != "" && hasBlocks(m) && strings.Contains(m.Mountpoint, kubeletDir+"pods/"+pod+"/volumes/") {
			paths = append(paths, filepath.Join(string(p), "1", "root", m.Mountpoint))
		}
	}
	return paths, nil
}
