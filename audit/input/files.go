package input

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Files reads files and folders; "-" is the standard input. A folder is read with everything below it; symbolic
// links are followed as far as they stay inside.
func Files(ctx context.Context, names []string, stdin io.Reader) (Set, error) {
	var set Set
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return set, err
		}
		part, err := file(name, stdin)
		if err != nil {
			return set, err
		}
		set.Add(part)
	}
	return set, nil
}

func file(name string, stdin io.Reader) (Set, error) {
	if name == "-" {
		return read(stdin, "stdin")
	}
	info, err := os.Stat(name)
	if err != nil {
		return Set{}, &Unreadable{name, bare(err)}
	}
	if info.IsDir() {
		return folder(name)
	}
	f, err := os.Open(name)
	if err != nil {
		return Set{}, &Unreadable{name, bare(err)}
	}
	defer f.Close()
	return read(f, name)
}

// bare removes the path that an error of the os package repeats.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func read(r io.Reader, name string) (Set, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return Set{}, &Unreadable{name, err}
	}
	return Parse(data, name)
}

func manifest(p string) bool {
	switch filepath.Ext(p) {
	case ".yaml", ".yml", ".json":
		return !special(filepath.Base(p))
	}
	return false
}

func special(base string) bool {
	return base == "Chart.yaml" || base == "kustomization.yaml" || base == "kustomization.yml"
}

// refuse stops at what must be rendered first: its files are parts, not manifests.
func refuse(full string, d fs.DirEntry) error {
	switch base := d.Name(); {
	case d.IsDir() || !special(base) && base != "Kustomization":
		return nil
	case base == "Chart.yaml":
		return unreadable(filepath.Dir(full), "is a Helm chart; give it with --chart")
	}
	return unreadable(filepath.Dir(full), "is a kustomization; give it with -k")
}

func readInto(set *Set, root *os.Root, p, full string) error {
	f, err := root.Open(p)
	if err != nil {
		return &Unreadable{full, bare(err)}
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return unreadable(full, "is not a regular file")
	}
	part, err := read(f, full)
	if err != nil {
		return err
	}
	set.Add(part)
	return nil
}
