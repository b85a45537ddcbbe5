package model

import (
	"path"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
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

// Image is a container image.
type Image struct {
	// Reference is the whole text, Repository without tag and digest.
	Reference, Repository, Tag string
	Digest                     bool
	Version                    keys.Version
}

func newImage(reference string) Image {
	i := Image{Reference: reference}
	rest, digest, pinned := strings.Cut(reference, "@")
	i.Digest = pinned && strings.Contains(digest, ":")
	i.Repository = rest
	if at := strings.LastIndex(rest, ":"); at > strings.LastIndex(rest, "/") {
		i.Repository, i.Tag = rest[:at], rest[at+1:]
	}
	i.Version, _ = keys.ParseVersion(i.Tag)
	return i
}

// Official says whether the image is the project's own (or a mirror of it): then its user, its home, its tools and
// its files are known.
func (i Image) Official() bool {
	return path.Base(i.Repository) == "rocketmq" && (strings.HasPrefix(i.Tag, "5.") || strings.HasPrefix(i.Tag, "4.")) &&
		(strings.HasSuffix(i.Repository, "apache/rocketmq") || strings.HasSuffix(i.Repository, "apacherocketmq/rocketmq"))
}

// Home is where the official image keeps RocketMQ.
func (i Image) Home() string { return "/home/rocketmq/rocketmq-" + i.Version.String() }

// RocketMQ says whether the image's name speaks of RocketMQ at all.
func (i Image) RocketMQ() bool { return strings.Contains(i.Repository, "rocketmq") }

// officialUser is the user that the official image runs as.
const officialUser = 3000

// User returns the numeric user of a container and whether it is known.
func (w *Workload) User(c *Container) (int, bool) {
	for _, v := range []node.Value{c.Value.Get("securityContext", "runAsUser"), w.Pod.Get("securityContext", "runAsUser")} {
		if uid, ok := v.Int(); ok {
			return uid, true
		}
	}
	if c.Image.Official() || w.operated != nil {
		return officialUser, true
	}
	return 0, false
}

// HomeOf returns the home folder that Java reads from the image's list of users, and whether it is known.
func (w *Workload) HomeOf(c *Container) (string, bool) {
	uid, ok := w.User(c)
	switch {
	case ok && uid == 0:
		return "/root", true
	case ok && uid == officialUser && (c.Image.Official() || w.operated != nil):
		return "/home/rocketmq", true
	}
	return "", false
}
