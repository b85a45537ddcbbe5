package shell

import (
	"path"
	"strings"
)

// folders that every image has.
var folders = map[string]bool{"/": true, "/tmp": true, "/etc": true, "/opt": true, "/var": true, "/home": true, "/root": true, "/data": true}

// folder says whether a path is known to be a folder: it was made, something lies in it, or the container has it.
func (m *machine) folder(name string) bool {
	if name == "." || name == ".." || strings.HasSuffix(name, "/") || strings.HasSuffix(name, "/.") || strings.HasSuffix(name, "/..") {
		return true
	}
	full := m.abs(name)
	if m.dirs[full] || folders[full] || full == m.dir || m.world.Folder != nil && m.world.Folder(full) {
		return true
	}
	for file := range m.files {
		if strings.HasPrefix(file, full+"/") {
			return true
		}
	}
	return false
}

func mkdir(m *machine, c call) string {
	o := parse(c.args[1:], "m")
	for _, name := range o.names {
		if Known(name) && len(m.dirs) < 200 {
			m.dirs[m.abs(name)] = true
		}
	}
	return ""
}

// cp copies files, into a folder or to another name; ln makes another name, which is the same to a reader.
func cp(m *machine, c call) string {
	names := operands(c.args[1:])
	if len(names) < 2 {
		return ""
	}
	target := names[len(names)-1]
	for _, from := range names[:len(names)-1] {
		to := target
		if len(names) > 2 || m.folder(target) {
			to = path.Join(target, path.Base(from))
		}
		text, ok := m.read(from)
		switch {
		case ok:
		case m.copyFolder(from, to):
			continue
		default:
			text = Mark("the file " + Show(from) + " is not among the manifests")
			to = m.guessTarget(from, to)
		}
		m.write(to, text, false)
	}
	return ""
}

// copyFolder copies what is known to lie in a folder.
func (m *machine) copyFolder(from, to string) bool {
	from, to = m.abs(from), m.abs(to)
	found := false
	for name, text := range m.files {
		if rest, ok := strings.CutPrefix(name, from+"/"); ok && len(m.files) < 200 {
			m.files[path.Join(to, rest)] = text
			found = true
		}
	}
	return found
}

// guessTarget keeps a copy of a folder from turning the folder's path into a file.
func (m *machine) guessTarget(from, to string) string {
	if path.Ext(from) == "" {
		return path.Join(to, ".copied")
	}
	return to
}

func mv(m *machine, c call) string {
	cp(m, c)
	names := operands(c.args[1:])
	for i, name := range names {
		if i < len(names)-1 && Known(name) {
			m.remove(m.abs(name))
		}
	}
	return ""
}

func rm(m *machine, c call) string {
	for _, name := range operands(c.args[1:]) {
		if Known(name) {
			m.remove(m.abs(name))
		}
	}
	return ""
}

// remove forgets a file, and what lies in a folder.
func (m *machine) remove(full string) {
	for name := range m.files {
		if name == full || strings.HasPrefix(name, full+"/") {
			delete(m.files, name)
		}
	}
	delete(m.dirs, full)
	m.gone[full] = true
}
