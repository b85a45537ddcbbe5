package verify

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rmqproof/rmqproof/history"
)

// TestACutHistoryProvesNothing cuts a clean history anywhere: what is left is neither valid nor violated.
func TestACutHistoryProvesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), history.FileName)
	rec, err := history.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	ends := []int64{}
	for _, r := range cleanRun() {
		if err := rec.Append(r); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, rec.Offset())
	}
	rec.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 5; i < len(ends); i += 397 {
		for cut, torn := range map[int64]bool{ends[i-1]: false, ends[i-1] + 5: true, ends[i] - 1: true} {
			if err := os.WriteFile(path, whole[:cut], 0o644); err != nil {
				t.Fatal(err)
			}
			f, err := history.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			r, err := Judge(f, Options{})
			if err != nil || r.Verdict != Inconclusive || (len(r.Notes) > 0) != torn {
				t.Fatalf("cut at %d: %v, torn %t\n%s", cut, err, torn, r.Text())
			}
		}
	}
}

// TestATornTailMayHideASend finds a message whose send may have been in the tail that was lost.
func TestATornTailMayHideASend(t *testing.T) {
	path := filepath.Join(t.TempDir(), history.FileName)
	rec, err := history.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	h := cleanRun()
	for _, r := range append(h, &history.Found{Replica: "broker-a/0", Topic: "t", Broker: "broker-a", Offset: 150, Seq: 999, Intact: true}) {
		if err := rec.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	rec.Close()
	for _, want := range []Verdict{Violated, Inconclusive} {
		f, err := history.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Judge(f, Options{Claims: named(NoUnexpected)})
		if err != nil || r.Verdict != want {
			t.Errorf("want %s: %v\n%s", want, err, r.Text())
		}
		tail, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		tail.WriteString("RH") // the beginning of a block
		tail.Close()
	}
}
