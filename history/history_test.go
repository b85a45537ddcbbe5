package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func sample() Slice {
	return Slice{
		&Run{Version: 1, ID: "r1", Started: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Ordered: []string{"t"},
			Promise: json.RawMessage(`{"copies":2}`), Claims: []string{"no-acked-loss"}, Seed: 7, Groups: []string{"g"}, Copies: 3, Faults: []string{"kill master"}, Tool: "v1"},
		&Send{Producer: 1, Seq: 12, Topic: "t", Key: "k<3>", Intended: 1, Start: 2, End: 9, Outcome: OK, Status: "SEND_OK", Broker: "broker-a", Queue: 3, Offset: 77},
		&Send{Producer: 1, Seq: 13, Topic: "t", Intended: -5, Start: 2, End: 9, Outcome: Failed, Queue: -1, Offset: -1, Retry: true, Detail: "x", Type: "refused"},
		&Found{Replica: "broker-a/0", Topic: "t", Broker: "broker-a", Queue: 3, Offset: 77, Producer: 1, Seq: 12, Intact: true, Misplaced: true},
		&Scan{Replica: "broker-a/0", Topic: "t", Broker: "broker-a", Queue: 3, Min: 0, Max: 1234, Complete: true, End: 10, Master: true, Process: "u/c", Epoch: 4, Holes: []int64{3, 9}},
		&Deliver{Group: "g", Consumer: 1, Topic: "t", Broker: "broker-a", Queue: 3, Offset: 77, Producer: 1, Seq: 12, Attempt: 2, Start: 11, Damaged: true},
		&Probe{Broker: "broker-a", Start: 5, End: 6, Outcome: OK, Extra: Extra{"via": json.RawMessage(`{"a":[1,2]}`)}},
		&Span{Name: "kill master", Phase: Fault, Target: "broker-a", Start: 3, End: 8, Confirmed: true, Decided: 2, Injected: 3, ConfirmedAt: 4, Healing: 7, Healed: 8},
		&Change{At: 4, Broker: "broker-a", Process: "u/c", Address: "10.0.0.1:10911", ID: 1, Role: "master", Epoch: 2, InSync: true, Writable: true, By: "10.0.0.2:9878"},
		&Problem{At: 9, Step: "drain", Text: "the agent was restarted"},
	}
}

func all(t *testing.T, r Reader) Slice {
	t.Helper()
	var s Slice
	for rec, err := range r.Records() {
		if err != nil {
			t.Fatal(err)
		}
		s = append(s, rec)
	}
	return s
}

func record(t *testing.T, s Slice) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), FileName)
	w, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range s {
		if err := w.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEveryFormKeepsEveryField(t *testing.T) {
	want, dir := sample(), t.TempDir()
	raw := record(t, want)
	steps := []string{raw, filepath.Join(dir, "a.jsonl"), filepath.Join(dir, "b.rmqh"), filepath.Join(dir, "c.jsonl")}
	for i, path := range steps {
		if i > 0 {
			if err := Convert(steps[i-1], path); err != nil {
				t.Fatal(err)
			}
		}
		f, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, all(t, f)); d != "" || f.Torn() != nil {
			t.Fatalf("%s: %s torn %v", path, d, f.Torn())
		}
	}
	a, _ := os.ReadFile(steps[1])
	c, _ := os.ReadFile(steps[3])
	if !bytes.Equal(a, c) {
		t.Fatalf("the JSON Lines changed on the way through the binary form:\n%s\n%s", a, c)
	}
}

func TestTornAtEveryByte(t *testing.T) {
	whole := sample()
	b, err := os.ReadFile(record(t, whole))
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(b) {
		d, count := NewDecoder(bytes.NewReader(b[:n])), 0
		for {
			_, err := d.Next()
			if err == nil {
				count++
				continue
			}
			if err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("cut at %d: %v", n, err)
			}
			if rest := NewDecoder(bytes.NewReader(b[d.Offset():])); count+countAll(t, rest) != len(whole) {
				t.Fatalf("cut at %d: a follower that goes on at %d does not see the rest", n, d.Offset())
			}
			break
		}
	}
}

func countAll(t *testing.T, d *Decoder) (n int) {
	t.Helper()
	for {
		_, err := d.Next()
		if err == io.EOF {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
}

func TestResumeCutsTheTornTail(t *testing.T) {
	path := record(t, sample())
	b, _ := os.ReadFile(path)
	for _, cut := range []int{1, 20} {
		torn := filepath.Join(t.TempDir(), "torn.rmqh")
		if err := os.WriteFile(torn, b[:len(b)-cut], 0o644); err != nil {
			t.Fatal(err)
		}
		w, err := Resume(torn)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Append(&Probe{Broker: "x"}); err != nil {
			t.Fatal(err)
		}
		w.Close()
		f, _ := Open(torn)
		got := all(t, f)
		if len(got) != len(sample()) || f.Torn() != nil || got[len(got)-1].(*Probe).Broker != "x" {
			t.Fatalf("cut %d: %d records, torn %v", cut, len(got), f.Torn())
		}
	}
}

func TestDamageIsNamed(t *testing.T) {
	path := record(t, sample())
	b, _ := os.ReadFile(path)
	b[40] ^= 1
	os.WriteFile(path, b, 0o644)
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	err = firstError(f)
	if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "byte 0") || !strings.Contains(err.Error(), "checksum") {
		t.Fatalf("error %v", err)
	}
}

func firstError(r Reader) error {
	for _, err := range r.Records() {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestDamagedOrZeroedLastBlockIsTorn(t *testing.T) {
	path := record(t, sample())
	b, _ := os.ReadFile(path)
	damaged := append(bytes.Clone(b[:len(b)-1]), b[len(b)-1]^1)
	for name, content := range map[string][]byte{"damaged": damaged, "zeros": append(bytes.Clone(b), make([]byte, 4096)...)} {
		os.WriteFile(path, content, 0o644)
		f, _ := Open(path)
		if err := firstError(f); err != nil || f.Torn() == nil {
			t.Errorf("%s: error %v, torn %v", name, err, f.Torn())
		}
	}
}

func TestLongLinesAreRead(t *testing.T) {
	for _, n := range []int{1 << 16, 1<<16 - 30, 1 << 20} {
		in := Slice{&Probe{Broker: "b", Extra: Extra{"x": json.RawMessage(`"` + strings.Repeat("y", n) + `"`)}}, &Probe{Broker: "c"}}
		var b bytes.Buffer
		if err := WriteLines(&b, in); err != nil {
			t.Fatal(err)
		}
		d := NewLineDecoder(&b)
		for _, want := range in {
			if got, err := d.Next(); err != nil || cmp.Diff(want, got) != "" {
				t.Fatalf("%d: %v", n, err)
			}
		}
	}
}

func TestBadLinesAreNamed(t *testing.T) {
	good := `{"kind":"probe","broker":"b","start":1,"end":2,"outcome":"ok"}`
	for bad, want := range map[string]string{
		`{"kind":"prob"}`: `kind "prob"`,
		`{"broker":"b"}`:  `"kind" is missing`,
		`[1]`:             "not a JSON object",
		`{"kind":"probe","broker":"b","start":1,"end":2}`:                                      `"outcome" is missing`,
		`{"kind":"probe","broker":"b","start":1,"end":2,"outcome":"fine"}`:                     `"fine"`,
		`{"kind":"probe","broker":"b","start":1.5,"end":2,"outcome":"ok"}`:                     `"start" is 1.5`,
		`{"kind":"probe","broker":"b","broker":"c","start":1,"end":2,"outcome":"ok"}`:          `stands twice`,
		`{"kind":"probe","broker":"b","start":1,"end":2,"outcome":"ok"} x`:                     "follows",
		`{"kind":"run","version":2,"id":"x"}`:                                                  `"version" is 2`,
		`{"kind":"send","producer":-1,"seq":0,"topic":"t","start":1,"end":2,"outcome":"ok"}`:   `"producer" is -1`,
		`{"kind":"span","name":"s","phase":"during","start":1,"end":2,"confirmed":true}`:       `"during"`,
		`{"kind":"found","replica":"r","topic":"t","broker":"b","queue":0,"offset":1,"seq":1}`: `"intact" is missing`,
	} {
		path := filepath.Join(t.TempDir(), "h.jsonl")
		os.WriteFile(path, []byte(good+"\n\n"+bad+"\n"+good+"\n"), 0o644)
		f, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err = firstError(f); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path+": line 3") {
			t.Errorf("%s: %v, want %s", bad, err, want)
		}
	}
}

func TestAppendFromManyGoroutines(t *testing.T) {
	var out bytes.Buffer
	w := NewRecorder(&out)
	var wg sync.WaitGroup
	for p := range 8 {
		wg.Go(func() {
			for s := range 500 {
				if err := w.Append(&Send{Producer: uint32(p), Seq: uint64(s), Topic: fmt.Sprint(p)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	next, d := map[uint32]uint64{}, NewDecoder(&out)
	for range 4000 {
		r, err := d.Next()
		if err != nil {
			t.Fatal(err)
		}
		s := r.(*Send)
		if s.Seq != next[s.Producer] {
			t.Fatalf("producer %d: %d where %d was due", s.Producer, s.Seq, next[s.Producer])
		}
		next[s.Producer]++
	}
}

type failing struct{ after int }

func (f *failing) Write(b []byte) (int, error) {
	if f.after--; f.after < 0 {
		return 3, errors.New("no space left on device")
	}
	return len(b), nil
}

func TestNothingFollowsAFailedWrite(t *testing.T) {
	w := NewRecorder(&failing{after: 1})
	if err := w.Append(&Probe{}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Append(&Probe{}); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Fatalf("error %v", err)
		}
	}
}

func TestCreateKeepsWhatIsThere(t *testing.T) {
	path := record(t, sample())
	if _, err := Create(path); err == nil {
		t.Fatal("an existing history was opened for writing")
	}
}
