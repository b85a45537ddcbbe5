package redact

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// mostUnpacked bounds what is read of one file, so that a hostile archive cannot fill the memory.
const mostUnpacked = 1 << 30

// nesting is how deep archives within archives are opened.
const nesting = 4

// Scan looks for secrets in every file below dir, also in archives, compressed files and the compressed blocks of
// histories, as they are and in base64, hexadecimal and URL form. It returns where each was found: a path relative to
// dir, with the members of archives after a "!".
func Scan(dir string, secrets ...string) (found []string, err error) {
	s := scanner{forms: forms(secrets)}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		s.look(rel, raw, nesting)
		return err
	})
	slices.Sort(s.found)
	return slices.Compact(s.found), err
}

// forms are the ways in which a secret may be written. Of base64 only the part is taken that does not depend on what
// stands before and after it.
func forms(secrets []string) (all [][]byte) {
	for _, secret := range secrets {
		all = append(all, []byte(secret), []byte(hex.EncodeToString([]byte(secret))), []byte(url.QueryEscape(secret)))
		for shift := range 3 {
			encoded := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), secret...))
			if stable := encoded[[]int{0, 2, 3}[shift] : len(encoded)-1]; len(stable) >= 6 {
				all = append(all, []byte(stable))
			}
		}
	}
	return all
}

type scanner struct {
	forms [][]byte
	found []string
}

func (s *scanner) look(name string, raw []byte, depth int) {
	if slices.ContainsFunc(s.forms, func(form []byte) bool { return bytes.Contains(raw, form) }) {
		s.found = append(s.found, name)
	}
	if depth == 0 {
		return
	}
	s.frames(name, raw, depth)
	if r, err := gzip.NewReader(bytes.NewReader(raw)); err == nil {
		s.look(name+"!", unpack(r), depth-1)
	}
	if r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw))); err == nil {
		for _, f := range r.File {
			s.member(name+"!"+f.Name, f, depth)
		}
	}
	s.tar(name, raw, depth)
}

func (s *scanner) member(name string, f *zip.File, depth int) {
	if r, err := f.Open(); err == nil {
		defer r.Close()
		s.look(name, unpack(r), depth-1)
	}
}

func (s *scanner) tar(name string, raw []byte, depth int) {
	for r := tar.NewReader(bytes.NewReader(raw)); ; {
		h, err := r.Next()
		if err != nil {
			return
		}
		s.look(name+"!"+h.Name, unpack(r), depth-1)
	}
}

var zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// frames opens every frame of Zstandard, wherever in the file it begins: a history is a row of blocks of which each
// holds one.
func (s *scanner) frames(name string, raw []byte, depth int) {
	z, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(mostUnpacked), zstd.WithDecoderConcurrency(1))
	if err != nil {
		panic(fmt.Sprintf("constant options are refused: %v", err))
	}
	defer z.Close()
	for at := bytes.Index(raw, zstdMagic); at >= 0; {
		if err := z.Reset(bytes.NewReader(raw[at:])); err == nil {
			s.look(fmt.Sprintf("%s!%d", name, at), unpack(z), depth-1)
		}
		next := bytes.Index(raw[at+1:], zstdMagic)
		if next < 0 {
			return
		}
		at += 1 + next
	}
}

// unpack returns what could be read: a torn archive may hold a secret too.
func unpack(r io.Reader) []byte {
	raw, _ := io.ReadAll(io.LimitReader(r, mostUnpacked))
	return raw
}
