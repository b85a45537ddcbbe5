package flat

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLedgerFileSurvivesATornLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	whole := `{"id":"r.1","run":"r","undo":"uncordon","prior":{"node":"w1"},"at":"2026-01-01T00:00:00Z"}` + "\n"
	if err := os.WriteFile(path, []byte(whole+`{"id":"r.2","ru`), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := openLedgerFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.close()
	if err := file.append(Entry{ID: "r.3", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	got, err := file.read()
	if err != nil || len(got) != 2 || got[0].ID != "r.1" || got[1].ID != "r.3" {
		t.Errorf("read = %v, %v; want r.1 and r.3", got, err)
	}
}

func TestLedgerFileNamesABadLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	if err := os.WriteFile(path, []byte("{}\nrubbish\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := openLedgerFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.close()
	if _, err := file.read(); err == nil || !strings.Contains(err.Error(), "ledger.jsonl, line 2") {
		t.Errorf("read = %v, want it to name the line", err)
	}
}

func TestOpenLedgerSaysWhatFailed(t *testing.T) {
	if _, err := OpenLedger(filepath.Join(t.TempDir(), "missing", "ledger.jsonl")); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("OpenLedger = %v, want it to name the path", err)
	}
}

func TestMergeKeepsWhatIsOpenInOrder(t *testing.T) {
	at := time.Now()
	first, second, third := Entry{ID: "a", At: at}, Entry{ID: "b", At: at.Add(1)}, Entry{ID: "c", At: at.Add(2)}
	got := merge([]Entry{third, second, first}, []Entry{second, done(second)})
	if len(got) != 2 || got[0].ID != "a" || got[1].ID != "c" {
		t.Errorf("merge = %v, want a and c", got)
	}
}

func TestUnknownUndoIsAnError(t *testing.T) {
	f := newFakeCluster(t)
	ctx, l := testContext(t)
	e, err := l.intend(ctx, f, Entry{Fault: "x", Target: "y", Undo: "from-the-future"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Recover(ctx, l, f); err == nil || !strings.Contains(err.Error(), "from-the-future") {
		t.Errorf("Recover = %v, want an error", err)
	}
	if open, err := l.open(ctx, f); err != nil || len(open) != 1 || open[0].ID != e.ID {
		t.Errorf("open = %v, %v; want the entry to stay", open, err)
	}
}
