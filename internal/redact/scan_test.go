package redact

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func TestScanFindsASecretWhereverItHides(t *testing.T) {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	frame := z.EncodeAll([]byte("detail: "+planted), nil)
	files := map[string][]byte{
		"plain.txt":   []byte("x" + planted + "x"),
		"base64.0":    []byte(base64.StdEncoding.EncodeToString([]byte(planted))),
		"base64.1":    []byte(base64.StdEncoding.EncodeToString([]byte("a" + planted + "bc"))),
		"base64.2":    []byte(base64.StdEncoding.EncodeToString([]byte("ab" + planted + "b"))),
		"hex":         []byte(hex.EncodeToString([]byte(planted))),
		"history":     append([]byte("a block's header"), append(frame, frame...)...),
		"a.gz":        zipped(t, []byte(planted)),
		"a.tar.gz":    zipped(t, archived(t, "inner/conf", []byte(planted))),
		"a.zip":       packed(t, "conf.gz", zipped(t, []byte(planted))),
		"sub/deep.gz": zipped(t, zipped(t, []byte(planted))),
	}
	dir := t.TempDir()
	for name, raw := range files {
		write(t, filepath.Join(dir, name), raw)
	}
	write(t, filepath.Join(dir, "clean"), []byte("nothing here"))
	found, err := Scan(dir, planted)
	if err != nil {
		t.Fatal(err)
	}
	for name := range files {
		if !slices.ContainsFunc(found, func(f string) bool { return f == name || len(f) > len(name) && f[:len(name)+1] == name+"!" }) {
			t.Errorf("%s: not found among %q", name, found)
		}
	}
	if slices.Contains(found, "clean") {
		t.Errorf("found in a clean file: %q", found)
	}
}

func write(t *testing.T, path string, raw []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, raw, 0o644); err != nil {
		t.Fatal(err)
	}
}

func zipped(t *testing.T, raw []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func archived(t *testing.T, name string, raw []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: name, Size: int64(len(raw)), Mode: 0o644}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func packed(t *testing.T, name string, raw []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
