package history

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// stretches are many records of one kind after another, of which now and then a field changes for a while.
func stretches(n int) (s Slice) {
	d := drawn{rand.New(rand.NewPCG(3, 0)), map[Kind]Record{}}
	for len(s) < n {
		r := d.record()
		for range d.IntN(1500) {
			if f, ok := r.(*Found); ok {
				c := *f
				c.Offset++
				r = &c
			}
			s = append(s, r)
		}
		if d.IntN(2) == 0 {
			s = append(s, d.record(), r)
		}
	}
	return s
}

// opened is the history as a file of the given content.
func opened(t *testing.T, name string, content []byte) *File {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// sameInSlabs fails unless the file's slabs hold the records, and says how many of them were known to be alike.
func sameInSlabs(t *testing.T, f *File, want Slice) (alike int) {
	t.Helper()
	take := func(r Record) {
		if len(want) == 0 || cmp.Diff(want[0], r) != "" {
			t.Fatalf("%s, %d before the end: %s", f.Path(), len(want), cmp.Diff(want[0], r))
		}
		want = want[1:]
	}
	for l, err := range f.Slabs() {
		if err != nil {
			t.Fatal(err)
		}
		for i := range l.Sends {
			take(&l.Sends[i])
		}
		for i := range l.Founds {
			a, b := &l.Founds[0], &l.Founds[i]
			if l.Alike && (a.Replica != b.Replica || a.Topic != b.Topic || a.Broker != b.Broker || a.Queue != b.Queue) {
				t.Fatalf("%+v and %+v are not of one queue", a, b)
			}
			take(b)
		}
		if l.Alike {
			alike += len(l.Founds)
		}
		if l.Other != nil {
			take(l.Other)
		}
	}
	if len(want) > 0 {
		t.Fatalf("%s: %d records are missing", f.Path(), len(want))
	}
	return alike
}

// TestSlabsHoldWhatEachGives also where fields stay the same from one group of records to the next, and where blocks of single records
// stand between.
func TestSlabsHoldWhatEachGives(t *testing.T) {
	want := stretches(30_000)
	var compact, lines bytes.Buffer
	if err := WriteCompact(&compact, want); err != nil {
		t.Fatal(err)
	}
	if err := WriteLines(&lines, want); err != nil {
		t.Fatal(err)
	}
	if n := sameInSlabs(t, opened(t, "a.rmqh", compact.Bytes()), want); n == 0 {
		t.Fatal("no messages are known to be of one queue")
	}
	sameInSlabs(t, opened(t, "a.jsonl", lines.Bytes()), want)
	some := want[:3000]
	sameInSlabs(t, opened(t, "b.rmqh", append(bytes.Clone(compact.Bytes()), blocks(t, some)...)), append(want[:len(want):len(want)], some...))
}

// TestRowsAndColumnsShareABatch reads what an earlier build wrote between columns that stay the same.
func TestRowsAndColumnsShareABatch(t *testing.T) {
	rows, err := os.ReadFile("testdata/rows.rmqh")
	if err != nil {
		t.Fatal(err)
	}
	var compact bytes.Buffer
	want := stretches(5000)
	if err := WriteCompact(&compact, want); err != nil {
		t.Fatal(err)
	}
	between := all(t, opened(t, "rows.rmqh", rows))
	content := bytes.Join([][]byte{compact.Bytes(), rows, compact.Bytes()}, nil)
	sameInSlabs(t, opened(t, "a.rmqh", content), append(append(append(Slice{}, want...), between...), want...))
}
