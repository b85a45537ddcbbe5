package model

import (
	"path"
	"strings"

	"github.com/rmqproof/rmqproof/audit/node"
)

// Container is one container of a pod.
type Container struct {
	Value   node.Value
	Name    string
	Image   Image
	Command []string
	Args    []string
	Mounts  []Mount
}

// Mount puts a volume, or a part of it, at a path.
type Mount struct {
	Volume, Path, SubPath string
	// PerPod says that the part depends on the pod's name or the like, by subPathExpr.
	PerPod bool
	At     node.Pos
}

func newContainer(v node.Value) *Container {
	c := &Container{
		Value: v, Name: v.Get("name").Text(), Image: newImage(v.Get("image").Text()),
		Command: v.Get("command").Texts(), Args: v.Get("args").Texts(),
	}
	for _, m := range v.Get("volumeMounts").Items() {
		sub, expr := m.Get("subPath").Text(), m.Get("subPathExpr").Text()
		c.Mounts = append(c.Mounts, Mount{
			Volume: m.Get("name").Text(), Path: path.Clean("/" + m.Get("mountPath").Text()),
			SubPath: sub + expr, PerPod: expr != "", At: m.Pos(),
		})
	}
	return c
}

// MountOf returns the mount that holds a path: the deepest one.
func (c *Container) MountOf(name string) (Mount, bool) {
	var best Mount
	found := false
	for _, m := range c.Mounts {
		if below(name, m.Path) && (!found || len(m.Path) > len(best.Path)) {
			best, found = m, true
		}
	}
	return best, found
}

// below says whether a path is a folder or lies in it.
func below(name, folder string) bool {
	return name == folder || folder == "/" || strings.HasPrefix(name, folder+"/")
}
