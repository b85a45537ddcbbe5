package history

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

func blocks(t testing.TB, s Slice) []byte {
	t.Helper()
	var raw bytes.Buffer
	w := NewRecorder(&raw)
	for _, r := range s {
		if err := w.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	return raw.Bytes()
}

// sameInEveryForm fails unless r comes back unchanged from both forms.
func sameInEveryForm(t *testing.T, r Record) {
	t.Helper()
	line, err := EncodeLine(r)
	if err != nil {
		t.Fatalf("%#v: %v", r, err)
	}
	again, err := DecodeLine(line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	if d := cmp.Diff(r, again); d != "" {
		t.Fatalf("JSON: %s", d)
	}
	binary, err := NewDecoder(bytes.NewReader(blocks(t, Slice{r}))).Next()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r, binary); d != "" {
		t.Fatalf("binary: %s", d)
	}
}

func FuzzDecoder(f *testing.F) {
	whole := blocks(f, sample())
	var compact bytes.Buffer
	if err := WriteCompact(&compact, sample()); err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(compact.Bytes())
	f.Add(whole[:len(whole)-3])
	f.Add(compact.Bytes()[:40])
	f.Fuzz(func(t *testing.T, b []byte) {
		for d := NewDecoder(bytes.NewReader(b)); ; {
			_, err := d.Next()
			if d.Offset() > int64(len(b)) {
				t.Fatalf("offset %d of %d bytes", d.Offset(), len(b))
			}
			if err != nil {
				return
			}
		}
	})
}

// FuzzPayload puts bytes behind a header that fits them, to get past the checksum.
func FuzzPayload(f *testing.F) {
	var w blockWriter
	for _, r := range sample() {
		w.reset()
		if err := w.add(r); err != nil {
			f.Fatal(err)
		}
		b, err := w.payload()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(bytes.Clone(b), false)
		f.Add(bytes.Clone(b), true)
	}
	z, _ := zstd.NewWriter(nil)
	f.Fuzz(func(t *testing.T, b []byte, compressed bool) {
		block := appendBlock(nil, codecRaw, b, len(b))
		if compressed {
			block = appendBlock(nil, codecZstd, z.EncodeAll(b, nil), len(b))
		}
		readsOrSaysWhy(t, block)
	})
}

// FuzzRows does the same for blocks of version 1.
func FuzzRows(f *testing.F) {
	for _, b := range rowPayloads(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { readsOrSaysWhy(t, rowBlock(b)) })
}

// readsOrSaysWhy fails unless each record of the block is the same in every form, or there is an error with words.
func readsOrSaysWhy(t *testing.T, block []byte) {
	t.Helper()
	for d := NewDecoder(bytes.NewReader(block)); ; {
		r, err := d.Next()
		if err != nil {
			if err != io.EOF && err.Error() == "" {
				t.Fatal("an error without a word")
			}
			return
		}
		sameInEveryForm(t, r)
	}
}

func FuzzLine(f *testing.F) {
	for _, r := range sample() {
		line, err := EncodeLine(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := DecodeLine(b); err == nil {
			sameInEveryForm(t, r)
		}
	})
}

func TestHostileSizes(t *testing.T) {
	block := func(codec byte, stored []byte, size int) []byte { return appendBlock(nil, codec, stored, size) }
	huge := block(codecRaw, []byte{1}, 1)
	binary.LittleEndian.PutUint32(huge[4:], 1<<31)
	z, _ := zstd.NewWriter(nil)
	bomb := z.EncodeAll(make([]byte, 1<<30), nil)
	longString := append([]byte{codeProbe, 0}, binary.AppendUvarint(nil, 1<<62)...)
	longList := append([]byte{codeRun, 1, 0, 0, 0, 0}, binary.AppendUvarint(nil, 1<<62)...)
	manyStrings := binary.AppendUvarint(nil, 1<<40)
	longest := append([]byte{1, 0}, binary.AppendUvarint(nil, 1<<63)...)
	for name, b := range map[string][]byte{
		"a block of 2 GiB": huge, "a bomb": block(codecZstd, bomb, 1<<20), "a bomb that says so": block(codecZstd, bomb, 1<<30),
		"a string of 4 EiB": rowBlock(longString), "a list of 2^62": rowBlock(longList), "2^40 strings": block(codecRaw, manyStrings, len(manyStrings)),
		"a string of 2^62 bytes": block(codecRaw, longest, len(longest)),
		"a cut frame":            block(codecZstd, bomb[:len(bomb)/2], 1<<20), "an unknown codec": block(9, []byte{1}, 1), "an empty block": block(codecRaw, nil, 0),
		"another version": append([]byte("RH\x09\x00"), make([]byte, 12)...), "noise": bytes.Repeat([]byte("noise"), 10),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := NewDecoder(bytes.NewReader(append(b, whole(t)...))).Next()
		runtime.ReadMemStats(&after)
		if err == nil || err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) && name != "a block of 2 GiB" {
			t.Errorf("%s: %v", name, err)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 200<<20 {
			t.Errorf("%s: %d MiB were allocated", name, grown>>20)
		}
	}
}

func whole(t *testing.T) []byte { return blocks(t, sample()) }

func TestLongLineIsAnError(t *testing.T) {
	_, err := NewLineDecoder(io.MultiReader(strings.NewReader(`{"kind":"`), endless{})).Next()
	if err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Fatal(err)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return copy(b, bytes.Repeat([]byte("x"), len(b))), nil }

func TestTornLastLine(t *testing.T) {
	line, _ := EncodeLine(sample()[1])
	path := t.TempDir() + "/h.jsonl"
	if err := os.WriteFile(path, append(append(bytes.Clone(line), '\n'), line[:20]...), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := all(t, f); len(got) != 1 || f.Torn() == nil {
		t.Fatalf("%d records, torn %v", len(got), f.Torn())
	}
}
