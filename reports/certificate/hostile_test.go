package certificate

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestAnyChangedByteIsRefused changes one byte of every file in turn, at its ends and in its middle, and adds and takes
// away files. The bundle is signed or not: its digests are held against its files either way.
func TestAnyChangedByteIsRefused(t *testing.T) {
	for _, key := range []*Key{nil, newKey(t, Ed25519)} {
		dir, _ := bundle(t, runOf(t, sound()...), key)
		checks := Checks{Profiles: profiles}
		for _, name := range filesOf(t, dir) {
			path := filepath.Join(dir, name)
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range []int{0, 1, len(whole) / 3, len(whole) / 2, len(whole) - 2, len(whole) - 1} {
				if at < 0 || at >= len(whole) {
					continue
				}
				put(t, path, string(flipped(whole, at)))
				refused(t, name, dir, checks)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			refused(t, "without "+name, dir, checks)
			put(t, path, string(whole))
		}
		put(t, filepath.Join(dir, "scenarios", "kill-one", "more.txt"), "")
		refused(t, "with one more", dir, checks)
	}
}

// TestFilesThatChangeShapeOrPlaceAreRefused cuts, lengthens and renames every file, and lets every two change places.
func TestFilesThatChangeShapeOrPlaceAreRefused(t *testing.T) {
	dir, _ := bundle(t, runOf(t, sound()...), newKey(t, Ed25519))
	checks, names := Checks{Profiles: profiles}, filesOf(t, dir)
	rename := func(from, to string) {
		if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
			t.Fatal(err)
		}
	}
	for i, name := range names {
		path := filepath.Join(dir, name)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for what, changed := range map[string][]byte{"empty": {}, "cut": whole[:len(whole)/2], "without its last byte": whole[:len(whole)-1], "longer": append(slices.Clone(whole), '\n')} {
			put(t, path, string(changed))
			refused(t, what+" "+name, dir, checks)
		}
		put(t, path, string(whole))
		rename(name, name+".x")
		refused(t, "renamed "+name, dir, checks)
		rename(name+".x", name)
		other := names[(i+1)%len(names)]
		swap := func() { rename(name, "aside"); rename(other, name); rename("aside", other) }
		swap()
		refused(t, name+" and "+other+" changed places", dir, checks)
		swap()
	}
	if _, err := Check(t.Context(), dir, checks); err != nil {
		t.Errorf("as it was made: %v", err)
	}
}

func TestAnyByteOfTheStatementCounts(t *testing.T) {
	dir, _ := bundle(t, runOf(t), newKey(t, ECDSA))
	path := filepath.Join(dir, AttestationFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := range whole {
		put(t, path, string(flipped(whole, at)))
		refused(t, "byte", dir, Checks{Profiles: profiles})
	}
}

func TestAnyChangedByteOfTheArchiveIsRefused(t *testing.T) {
	dir, _ := bundle(t, runOf(t, sound()...), nil)
	whole, err := os.ReadFile(dir + archiveEnding)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.tar.gz")
	positions := []int{len(whole) / 3, len(whole) / 2, len(whole) - 9, len(whole) - 8, len(whole) - 1}
	for at := range 12 {
		positions = append(positions, at)
	}
	for _, at := range positions {
		put(t, path, string(flipped(whole, at)))
		refused(t, "archive", path, Checks{Profiles: profiles})
	}
	for _, cut := range [][]byte{whole[:len(whole)/2], whole[:len(whole)-1], append(bytes.Clone(whole), 0), append(bytes.Clone(whole), whole...), {}} {
		put(t, path, string(cut))
		refused(t, "archive", path, Checks{Profiles: profiles})
	}
}

func TestHostileArchivesAreRefused(t *testing.T) {
	file := func(name string) tar.Header {
		return tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: 1}
	}
	link := func(kind byte, name, to string) tar.Header {
		return tar.Header{Typeflag: kind, Name: name, Linkname: to, Mode: 0o777}
	}
	for what, headers := range map[string][]tar.Header{
		"a name above":       {file("certificate/../../outside")},
		"an absolute name":   {file("/outside")},
		"absolute below":     {file("certificate//outside")},
		"outside the folder": {file("outside")},
		"a dot":              {file("certificate/./outside")},
		"a backslash":        {file(`certificate/..\outside`)},
		"twice":              {file("certificate/a"), file("certificate/a")},
		"a file as a folder": {file("certificate/a"), file("certificate/a/b")},
		"a symbolic link":    {link(tar.TypeSymlink, "certificate/a", "/etc/passwd")},
		"a link and a file":  {link(tar.TypeSymlink, "certificate/a", ".."), file("certificate/a/outside")},
		"a hard link":        {link(tar.TypeLink, "certificate/a", "certificate/b")},
		"a device":           {link(tar.TypeChar, "certificate/a", "")},
		"a pipe":             {link(tar.TypeFifo, "certificate/a", "")},
		"a folder":           {{Typeflag: tar.TypeDir, Name: "certificate/a/", Mode: 0o755}},
		"a name too long":    {file("certificate/" + strings.Repeat("x", 300))},
	} {
		root := t.TempDir()
		if err := unpack(bytes.NewReader(archiveOf(t, headers)), filepath.Join(root, "in"), mostUnpacked); err == nil {
			t.Errorf("%s: not refused", what)
		}
		if exists(filepath.Join(root, "outside")) || exists("/outside") {
			t.Errorf("%s: it was written outside", what)
		}
	}
	if err := unpack(bytes.NewReader(archiveOf(t, []tar.Header{file("certificate/a"), file("certificate/b/c")})), t.TempDir(), mostUnpacked); err != nil {
		t.Errorf("a harmless one: %v", err)
	}
	for what, headers := range map[string][]tar.Header{"nothing": {}, "only some file": {file("certificate/a")}} {
		path := filepath.Join(t.TempDir(), "x.tar.gz")
		put(t, path, string(archiveOf(t, headers)))
		refused(t, what, path, Checks{Profiles: profiles})
	}
}

func TestBombsAreRefused(t *testing.T) {
	var many []tar.Header
	for _, c := range "abcdef" {
		many = append(many, tar.Header{Typeflag: tar.TypeReg, Name: "certificate/" + string(c), Size: 1})
	}
	large := []tar.Header{{Typeflag: tar.TypeReg, Name: "certificate/a", Size: 1 << 20}}
	for _, headers := range [][]tar.Header{many, large} {
		err := unpack(bytes.NewReader(archiveOf(t, headers)), t.TempDir(), bounds{files: 5, bytes: 1 << 19})
		if err == nil || !strings.Contains(err.Error(), "more than") {
			t.Errorf("%v", err)
		}
	}
}

// A sparse file's holes are on no tape, so that a few bytes of it are unpacked to as many as its header says.
func TestAFileWithHolesIsRefused(t *testing.T) {
	dir := t.TempDir()
	err := unpack(bytes.NewReader(holes(t, 1<<22)), dir, bounds{files: 5, bytes: 1 << 19})
	if info, missing := os.Stat(filepath.Join(dir, "a")); err == nil || missing == nil {
		t.Errorf("%v; it was unpacked: %+v", err, info)
	}
}

// holes is an archive with a file of one byte and nothing but a hole behind it. Go's own writer makes none, so that the entry
// with the records is written as a file and made what it is afterwards.
func holes(t *testing.T, size int) []byte {
	t.Helper()
	record := func(key, value string) string {
		for n := len(key) + len(value) + 3; ; n++ {
			if line := fmt.Sprintf("%d %s=%s\n", n, key, value); len(line) == n {
				return line
			}
		}
	}
	records := record("GNU.sparse.numblocks", "1") + record("GNU.sparse.map", "0,1") + record("GNU.sparse.size", strconv.Itoa(size))
	var b, tape bytes.Buffer
	w := tar.NewWriter(&tape)
	for _, e := range [][2]string{{"records", records}, {"certificate/a", "x"}} {
		wrong := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: e[0], Size: int64(len(e[1]))})
		if _, err := io.WriteString(w, e[1]); errors.Join(wrong, err) != nil {
			t.Fatal(wrong, err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	raw := tape.Bytes()
	raw[156] = tar.TypeXHeader
	sum := 8 * int(' ') // the checksum counts as blanks
	for i, c := range raw[:512] {
		if i < 148 || i >= 156 {
			sum += int(c)
		}
	}
	copy(raw[148:], fmt.Sprintf("%06o\x00 ", sum))
	zip := gzip.NewWriter(&b)
	_, err := zip.Write(raw)
	if err := errors.Join(err, zip.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLinksInAFolderAreRefused(t *testing.T) {
	dir, _ := bundle(t, runOf(t, sound()...), nil)
	way := filepath.Join(t.TempDir(), "way")
	if err := os.Symlink(dir, way); err != nil {
		t.Fatal(err)
	}
	if _, err := Check(t.Context(), way, Checks{Profiles: profiles}); err != nil {
		t.Errorf("a link that leads to the bundle: %v", err)
	}
	path := filepath.Join(dir, markdownFile)
	moved := filepath.Join(t.TempDir(), "moved")
	if err := errors.Join(os.Rename(path, moved), os.Symlink(moved, path)); err != nil {
		t.Fatal(err)
	}
	refused(t, "a link", dir, Checks{Profiles: profiles})
}

func archiveOf(t *testing.T, headers []tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	tape := tar.NewWriter(zip)
	for _, h := range headers {
		if err := tape.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := tape.Write(make([]byte, h.Size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(tape.Close(), zip.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// refused fails the test where a bundle is accepted.
func refused(t *testing.T, what, path string, checks Checks) {
	t.Helper()
	if _, err := Check(t.Context(), path, checks); !errors.Is(err, ErrRefused) {
		t.Errorf("%s: not refused: %v", what, err)
	}
}

func flipped(raw []byte, at int) []byte {
	out := slices.Clone(raw)
	out[at] ^= 1
	return out
}

func filesOf(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		names = append(names, rel)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
