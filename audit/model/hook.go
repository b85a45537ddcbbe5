package model

import (
	"path"

	"github.com/rmqproof/rmqproof/audit/node"
	"github.com/rmqproof/rmqproof/audit/shell"
)

// Hook follows a command that Kubernetes runs in a server's container, beside the server.
func (m *Model) Hook(p *Process, argv []string) shell.Trace {
	return m.trace(m.newPod(p.Workload, 0), p.Container, argv)
}

// MountedFile is a text of the manifests at its path in a container.
type MountedFile struct {
	Path, Text string
	Value      node.Value
	Mount      Mount
}

// Mounted lists the texts of ConfigMaps that a container finds in its file system.
func (m *Model) Mounted(w *Workload, c *Container) []MountedFile {
	var all []MountedFile
	for _, mount := range c.Mounts {
		files := m.inVolume(w, mount.Volume)
		for _, name := range sortedKeys(files) {
			at := path.Join(mount.Path, name)
			switch {
			case mount.SubPath == name:
				at = mount.Path
			case mount.SubPath != "" && !below(name, mount.SubPath):
				continue
			}
			all = append(all, MountedFile{at, files[name].text, files[name].value, mount})
		}
	}
	return all
}
