package history

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// drawn draws records whose fields are often the same, often extreme, and often related to the record before, which is
// what the columns are made for.
type drawn struct {
	*rand.Rand
	before map[Kind]Record
}

var kindsOfRecord = []func() Record{
	func() Record { return &Run{Version: Version} }, func() Record { return &Send{} }, func() Record { return &Scan{} },
	func() Record { return &Found{} }, func() Record { return &Deliver{} }, func() Record { return &Probe{} },
	func() Record { return &Span{Phase: After} }, func() Record { return &Change{} }, func() Record { return &State{} }, func() Record { return &Problem{} },
}

func (d drawn) record() Record {
	r := kindsOfRecord[d.IntN(len(kindsOfRecord))]()
	if b := d.before[r.Kind()]; b != nil && d.IntN(4) > 0 {
		r = clone(b)
	}
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		if d.IntN(3) == 0 && v.Type().Field(i).Name != "Version" {
			d.field(v.Field(i))
		}
	}
	settle(r)
	d.before[r.Kind()] = r
	return r
}

// settle makes the record one that means the same in every form.
func settle(r Record) {
	switch r := r.(type) {
	case *Send:
		r.Producer, r.Seq, r.RetryOf = min(r.Producer, math.MaxUint32-1), min(r.Seq, math.MaxUint64-1), min(r.RetryOf, math.MaxUint64-1)
		if !r.Retry {
			r.RetryOf = 0
		}
	case *Found:
		r.Producer, r.Seq = min(r.Producer, math.MaxUint32-1), min(r.Seq, math.MaxUint64-1)
		if !r.Misplaced {
			r.Stored = 0
		}
	case *Deliver:
		r.Producer, r.Seq = min(r.Producer, math.MaxUint32-1), min(r.Seq, math.MaxUint64-1)
	}
}

func (d drawn) field(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *time.Duration:
		*x = []time.Duration{0, *x, *x + time.Duration(d.IntN(1e6)), timeBound, -timeBound, time.Duration(d.Int64()) / 2}[d.IntN(6)]
		*x = max(min(*x, timeBound), -timeBound)
	case *time.Time:
		*x = []time.Time{{}, time.Unix(0, d.Int64()).UTC(), time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)}[d.IntN(4)]
	case *json.RawMessage:
		*x = []json.RawMessage{nil, json.RawMessage(`{"a":[1,"ü"]}`), json.RawMessage(`"x"`)}[d.IntN(3)]
	case *Extra:
		*x = []Extra{nil, {"new": json.RawMessage(`12345678901234567890.5`)}, {"a b": json.RawMessage(`null`), "ü\n": json.RawMessage(`[{}]`)}}[d.IntN(3)]
	case *[]string:
		*x = [][]string{nil, {"a"}, {"", "ü", "a\"b"}}[d.IntN(3)]
	case *[]int64:
		*x = [][]int64{nil, {math.MinInt64, 0, math.MaxInt64}}[d.IntN(2)]
	case *Phase:
		*x = []Phase{Before, Fault, After}[d.IntN(3)]
	case *Outcome:
		*x = Outcome(d.IntN(3))
	case *string:
		*x = []string{"", "a", "broker-a", "ü€𝄞", "a\"\\\n\u2028<&>", strings.Repeat("x", d.IntN(300))}[d.IntN(6)]
		if d.IntN(1000) == 0 {
			*x = strings.Repeat("é", maxString/2)
		}
	case *bool:
		*x = !*x
	default:
		d.number(v)
	}
}

func (d drawn) number(v reflect.Value) {
	if v.CanInt() {
		least := int64(math.MinInt64) >> (64 - v.Type().Bits())
		v.SetInt([]int64{0, -1, v.Int() + 1, least, ^least, d.Int64() >> (64 - v.Type().Bits() + d.IntN(v.Type().Bits()-1))}[d.IntN(6)])
		return
	}
	most := uint64(math.MaxUint64) >> (64 - v.Type().Bits())
	v.SetUint([]uint64{0, v.Uint() + 1, most, d.Uint64() >> (64 - v.Type().Bits() + d.IntN(v.Type().Bits()-1))}[d.IntN(4)] & most)
}

func drawnSlice(seed uint64, n int) (s Slice) {
	d := drawn{rand.New(rand.NewPCG(seed, 0)), map[Kind]Record{}}
	for range n {
		s = append(s, d.record())
	}
	return s
}

func TestEveryFieldOfEveryKindSurvivesEveryForm(t *testing.T) {
	for seed := range uint64(20) {
		want, dir := drawnSlice(seed, 1+int(seed)*60), t.TempDir()
		lines, packed, again := filepath.Join(dir, "a.jsonl"), filepath.Join(dir, "b.rmqh"), filepath.Join(dir, "c.jsonl")
		for _, err := range []error{Convert(record(t, want), lines), Convert(lines, packed), Convert(packed, again)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, path := range []string{lines, packed, again} {
			f, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, all(t, f)); d != "" {
				t.Fatalf("seed %d, %s: %.2000s", seed, path, d)
			}
		}
	}
}

func TestEachGivesWhatRecordsGives(t *testing.T) {
	want := drawnSlice(99, 2000)
	for _, name := range []string{"a.rmqh", "a.jsonl"} {
		path := filepath.Join(t.TempDir(), name)
		if err := rewriteSlice(path, want); err != nil {
			t.Fatal(err)
		}
		f, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for r, err := range f.Each() {
			if err != nil || cmp.Diff(want[n], r) != "" {
				t.Fatalf("%s, record %d: %v %s", name, n, err, cmp.Diff(want[n], r))
			}
			n++
		}
		for range f.Each() {
			break // a reader that stops early leaves nothing running
		}
		if n != len(want) {
			t.Fatalf("%s: %d records", name, n)
		}
	}
}

func TestLinesAreReadInAnyOrder(t *testing.T) {
	for _, want := range drawnSlice(7, 300) {
		line, err := EncodeLine(want)
		if err != nil || !utf8.Valid(line) {
			t.Fatal(err)
		}
		var m map[string]json.RawMessage
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		var shuffled bytes.Buffer
		separator := " { "
		for name, v := range m { // in the random order of maps
			quoted, _ := json.Marshal(name)
			shuffled.WriteString(separator + string(quoted) + "\t: " + string(v) + " ")
			separator = ", "
		}
		shuffled.WriteString("} \r\n")
		if got, err := DecodeLine(shuffled.Bytes()); err != nil || cmp.Diff(want, got) != "" {
			t.Fatalf("%s: %v %s", &shuffled, err, cmp.Diff(want, got))
		}
	}
}
