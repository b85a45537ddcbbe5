package model

import (
	"strings"

	"github.com/rmqproof/rmqproof/audit/node"
	"github.com/rmqproof/rmqproof/audit/properties"
)

// located remembers where the keys of the files that one container mounts stand: its pods ask for the same ones.
type located struct {
	of *Container
	at map[string]node.Pos
}

// locate finds where the line of a file that a script made comes from: a file that the container mounts, or the
// script itself.
func (m *Model) locate(w *Workload, c *Container, key string) node.Pos {
	if m.located.of != c {
		m.located = located{c, m.mountedKeys(w, c)}
	}
	at, ok := m.located.at[key]
	if !ok {
		at = inCommand(c, key)
		m.located.at[key] = at
	}
	return at
}

// mountedKeys are the keys of all files that a container mounts, each where it stands first.
func (m *Model) mountedKeys(w *Workload, c *Container) map[string]node.Pos {
	at := map[string]node.Pos{}
	for _, o := range m.Providers(w, c) {
		data := contents(o)
		for _, key := range sortedKeys(data) {
			for _, line := range properties.Parse(data[key].text) {
				if _, before := at[line.Key]; !before {
					at[line.Key] = data[key].value.LineOf(line.Line)
				}
			}
		}
	}
	return at
}

// inCommand is the line of a container's command that holds a text, the container's own where none does.
func inCommand(c *Container, text string) node.Pos {
	for _, list := range []string{"command", "args"} {
		for _, item := range c.Value.Get(list).Items() {
			for n, line := range strings.Split(item.Text(), "\n") {
				if strings.Contains(line, text) {
					return item.LineOf(n + 1)
				}
			}
		}
	}
	return c.Value.Pos()
}
