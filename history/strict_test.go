package history

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatWouldOverflowIsRefused(t *testing.T) {
	for name, r := range map[string]Record{
		"a time 292 years on":  &Send{Start: math.MaxInt64, End: math.MaxInt64},
		"a time 292 years ago": &Probe{Start: math.MinInt64},
		"a producer":           &Send{Producer: math.MaxUint32},
		"a seq":                &Send{Seq: math.MaxUint64},
		"a retried seq":        &Send{Retry: true, RetryOf: math.MaxUint64},
		"an outcome":           &Probe{Outcome: 3},
		"a phase":              &Span{Phase: "during"},
		"a version":            &Run{Version: 2},
		"a field's name":       &Probe{Extra: Extra{"skipped": json.RawMessage("1")}},
		"no JSON":              &Probe{Extra: Extra{"x": json.RawMessage("{")}},
		"no promise":           &Run{Version: 1, Promise: json.RawMessage("}")},
	} {
		if _, err := EncodeLine(r); err == nil {
			t.Errorf("%s is written as JSON", name)
		}
		w := NewRecorder(io.Discard)
		if err := w.Append(r); err == nil {
			t.Errorf("%s is recorded", name)
		}
		if err := w.Append(&Probe{}); err != nil {
			t.Errorf("%s ends the history: %v", name, err)
		}
	}
}

// TestADamagedIDIsRecorded: what a damaged message says must not end the recording.
func TestADamagedIDIsRecorded(t *testing.T) {
	for _, r := range []Record{
		&Found{Producer: math.MaxUint32, Seq: math.MaxUint64}, &Deliver{Producer: math.MaxUint32, Seq: math.MaxUint64, Damaged: true},
	} {
		line, err := EncodeLine(r)
		if err != nil || !strings.Contains(string(line), `"producer":4294967294`) {
			t.Errorf("%s %v", line, err)
		}
		if _, err := NewDecoder(bytes.NewReader(blocks(t, Slice{r}))).Next(); err != nil {
			t.Error(err)
		}
	}
}

func TestTheMasterOfAnOldScanIsBrokerZero(t *testing.T) {
	for line, want := range map[string]bool{
		`{"replica":"a/0"}`: true, `{"replica":"a/1"}`: false, `{"replica":"a/0","master":false}`: false, `{"replica":"a/1","master":true}`: true,
		`{"replica":"a/10"}`: false,
	} {
		rest := `{"kind":"scan","topic":"t","broker":"a","queue":0,"min":0,"max":1,"complete":true,"end":1,`
		r, err := DecodeLine([]byte(rest + line[1:]))
		if err != nil || r.(*Scan).Master != want {
			t.Errorf("%s: %+v %v", line, r, err)
		}
	}
}

// TestAFieldOfALaterBuildIsAnError adds a column that this build does not know.
func TestAFieldOfALaterBuildIsAnError(t *testing.T) {
	var w blockWriter
	w.reset()
	if err := w.add(&Problem{Text: "x"}); err != nil {
		t.Fatal(err)
	}
	b, err := w.payload()
	if err != nil {
		t.Fatal(err)
	}
	// strings, group of one, its kind, the bitmap: columns 3 alone; then column 3.
	if b[len(b)-3] != 1<<3 {
		t.Fatalf("the bitmap is not where it was: % x", b)
	}
	b = append(b[:len(b)-3], 1<<3|1<<4, b[len(b)-2], b[len(b)-1], 0, 2)
	_, err = NewDecoder(bytes.NewReader(appendBlock(nil, codecRaw, b, len(b)))).Next()
	if err == nil || !strings.Contains(err.Error(), "problem") || !strings.Contains(err.Error(), "not known to this build") {
		t.Fatal(err)
	}
}

// TestRecordsBeforeTheDamageAreGiven: an error comes after what stands before it, by every way of reading.
func TestRecordsBeforeTheDamageAreGiven(t *testing.T) {
	good, bad := blocks(t, sample()), blocks(t, sample()[:1])
	bad[20] ^= 1
	content := append(append(bytes.Clone(good), bad...), good...)
	path := filepath.Join(t.TempDir(), FileName)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	var failed error
	for _, failed = range f.Each() {
		if failed == nil {
			n++
		}
	}
	if n != len(sample()) || failed == nil || !strings.Contains(failed.Error(), "checksum") {
		t.Fatalf("%d records, then %v", n, failed)
	}
}

func TestConvertRefusesOtherNames(t *testing.T) {
	in, dir := record(t, sample()), t.TempDir()
	for _, name := range []string{"out.json", "out", "out.jsonl.gz"} {
		out := filepath.Join(dir, name)
		if err := Convert(in, out); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), ".jsonl") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}
