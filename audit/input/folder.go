package input

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/rmqproof/rmqproof/audit/node"
)

// walk reads a folder. Symbolic links that stay inside are followed, each file once, whatever it is called; one that
// leaves the folder is noted by its name and not read.
type walk struct {
	name string
	// real is the folder without links, by which a link's target is told to be inside.
	real string
	root *os.Root
	seen map[string]bool
	set  Set
}

func folder(name string) (Set, error) {
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return Set{}, &Unreadable{name, bare(err)}
	}
	if real, err = filepath.Abs(real); err != nil {
		return Set{}, &Unreadable{name, err}
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return Set{}, &Unreadable{name, bare(err)}
	}
	defer root.Close()
	w := &walk{name: name, real: real, root: root, seen: map[string]bool{}}
	err = w.below(".")
	return w.set, err
}

// below reads everything under a path of the folder.
func (w *walk) below(start string) error {
	return fs.WalkDir(w.root.FS(), start, func(p string, d fs.DirEntry, err error) error {
		full := filepath.Join(w.name, p)
		switch {
		case err != nil:
			return &Unreadable{full, bare(err)}
		case d.Type()&fs.ModeSymlink != 0:
			return w.link(p, full)
		case d.IsDir():
			if w.again(p) {
				return fs.SkipDir
			}
			return nil
		case !manifest(p):
			return refuse(full, d)
		case w.again(p):
			return nil
		}
		return readInto(&w.set, w.root, p, full)
	})
}

// again says whether a file or folder was read before, under this name or another.
func (w *walk) again(p string) bool {
	real, err := filepath.EvalSymlinks(filepath.Join(w.real, p))
	if err != nil {
		return false
	}
	seen := w.seen[real]
	w.seen[real] = true
	return seen
}

// link follows a link that stays inside, and notes one that does not. What is no manifest is left alone.
func (w *walk) link(p, full string) error {
	real, err := filepath.EvalSymlinks(filepath.Join(w.real, p))
	if err != nil {
		w.note(full, "is a symbolic link that leads to nothing that can be read")
		return nil //nolint:nilerr // the note says it
	}
	if !inside(w.real, real) {
		w.note(full, "is a symbolic link out of the folder; it is not read. Give what it leads to with a -f of its own")
		return nil
	}
	info, err := os.Stat(real)
	switch {
	case err != nil:
		return &Unreadable{full, bare(err)}
	case info.IsDir():
		return w.below(target(w.real, real))
	case !manifest(p) || w.again(p):
		return nil
	}
	return readInto(&w.set, w.root, target(w.real, real), full)
}

func (w *walk) note(full, reason string) {
	w.set.Notes = append(w.set.Notes, Note{Object: full, Pos: node.Pos{File: full}, Reason: reason})
}

// inside says whether a path without links is the folder or lies below it.
func inside(folder, name string) bool {
	return name == folder || strings.HasPrefix(name, strings.TrimSuffix(folder, string(filepath.Separator))+string(filepath.Separator))
}

// target is the path of a link's target in the folder.
func target(folder, name string) string {
	short, err := filepath.Rel(folder, name)
	if err != nil {
		return "."
	}
	return path.Clean(filepath.ToSlash(short))
}

// noLinksOut refuses a folder with a symbolic link that leaves it, for loaders that would follow it: a chart without
// one of its parts is another chart.
func noLinksOut(name string) error {
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return &Unreadable{name, bare(err)}
	}
	return filepath.WalkDir(name, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return &Unreadable{p, bare(err)}
		}
		if d.Type()&fs.ModeSymlink == 0 || p == name {
			return nil
		}
		to, err := filepath.EvalSymlinks(p)
		switch {
		case err != nil:
			return unreadable(p, "is a symbolic link that leads to nothing that can be read")
		case !inside(real, to):
			return unreadable(p, "is a symbolic link out of the folder; only what is inside is read")
		}
		return nil
	})
}
