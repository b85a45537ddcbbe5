package model

import "path"

// folder says whether a path of the container is known to be a folder: what is copied to it then lands inside.
func (c *Container) folder(name string) bool {
	for _, m := range c.Mounts {
		if m.Path == name && m.SubPath == "" {
			return true
		}
	}
	if !c.Image.Layout() {
		return false
	}
	home := c.Image.Home()
	return name == home || name == path.Join(home, "conf") || name == path.Join(home, "bin")
}
