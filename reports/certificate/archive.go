package certificate

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const archiveEnding = ".tar.gz"

// topFolder is the folder that an archive holds, whatever the archive's own name.
const topFolder = "certificate"

// pack writes the archive of a bundle beside it: the same bytes for the same bundle.
func pack(dir string) error {
	digests, err := digestsOf(dir)
	if err != nil {
		return err
	}
	digests[AttestationFile] = ""
	out, err := os.CreateTemp(filepath.Dir(dir), ".certificate-*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	zip := gzip.NewWriter(out)
	tape := tar.NewWriter(zip)
	for _, name := range sortedKeys(digests) {
		if err := packFile(tape, dir, name); err != nil {
			return errors.Join(fmt.Errorf("put %s into the archive: %w", name, err), out.Close())
		}
	}
	if err := errors.Join(tape.Close(), zip.Close(), out.Chmod(0o644), out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), dir+archiveEnding)
}

func packFile(to *tar.Writer, dir, name string) error {
	raw, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	if err := to.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: path.Join(topFolder, name), Mode: 0o644, Size: int64(len(raw)), ModTime: time.Unix(0, 0)}); err != nil {
		return err
	}
	_, err = to.Write(raw)
	return err
}

// bounds keep a hostile archive from filling a disk.
type bounds struct {
	files int
	bytes int64
}

var mostUnpacked = bounds{files: 100_000, bytes: 4 << 30}

// gzipHead is the head of every archive that pack writes: no name, no time, nothing that could be changed unseen.
var gzipHead = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}

// unpack writes an archive's files below dir, which is empty. It refuses all that pack does not write: links, devices,
// names that lead elsewhere, a name that stands twice, too much, and whatever stands behind the archive's end.
func unpack(from io.Reader, dir string, most bounds) error {
	in := bufio.NewReader(from)
	if head, err := in.Peek(len(gzipHead)); err != nil || !bytes.Equal(head, gzipHead) {
		return errors.New("it is no archive that rmqproof wrote: its head is another")
	}
	zip, err := gzip.NewReader(in)
	if err != nil {
		return err
	}
	zip.Multistream(false)
	bounded := &bounded{from: zip, left: most.bytes}
	tape := tar.NewReader(bounded)
	for files := 0; ; {
		h, err := tape.Next()
		if errors.Is(err, io.EOF) {
			return behind(bounded, in)
		}
		if err == nil {
			files += strings.Count(h.Name, "/") // the file, and the folders that its name may make
			if files > most.files {
				err = fmt.Errorf("it holds more than %d files and folders", most.files)
			}
		}
		if err == nil {
			err = unpackFile(tape, h, dir)
		}
		if err != nil {
			return err
		}
	}
}

func unpackFile(from io.Reader, h *tar.Header, dir string) error {
	name, below := strings.CutPrefix(h.Name, topFolder+"/")
	switch {
	case h.Typeflag != tar.TypeReg:
		return fmt.Errorf("entry %q is no ordinary file, but a link, a folder or a device", h.Name)
	case !below || !local(name):
		return fmt.Errorf("entry %q leads out of the bundle", h.Name)
	case slices.ContainsFunc(sortedKeys(h.PAXRecords), func(key string) bool { return key != "path" }):
		// Such a record can make a file of any length of a few bytes: its holes are not on the tape, where what is unpacked is counted.
		return fmt.Errorf("entry %q says more of itself than its name and length, and rmqproof writes no more", h.Name)
	}
	to := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("entry %q stands twice, or cannot be written: %w", h.Name, err)
	}
	_, err = io.Copy(out, from)
	return errors.Join(err, out.Close())
}

// local tells whether a name is one that pack writes: clean, relative, below its folder.
func local(name string) bool {
	return filepath.IsLocal(filepath.FromSlash(name)) && path.Clean(name) == name && name != "." && !strings.ContainsAny(name, "\\\x00")
}
