package ledger

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
)

func TestFileSurvivesATornLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	whole := `{"id":"r.1","run":"r","undo":"uncordon","prior":{"node":"w1"},"at":"2026-01-01T00:00:00Z"}` + "\n"
	if err := os.WriteFile(path, []byte(whole+`{"id":"r.2","ru`), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := openFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.f.Close()
	if err := f.append(chaos.Entry{ID: "r.3", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	got, err := f.read()
	if err != nil || len(got) != 2 || got[0].ID != "r.1" || got[1].ID != "r.3" {
		t.Errorf("read = %v, %v; want r.1 and r.3", got, err)
	}
}

func TestFileNamesABadLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	if err := os.WriteFile(path, []byte("{}\nrubbish\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := openFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.f.Close()
	if _, err := f.read(); err == nil || !strings.Contains(err.Error(), "ledger.jsonl, line 2") {
		t.Errorf("read = %v, want it to name the line", err)
	}
}

func TestOpenSaysWhatFailed(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "missing", "ledger.jsonl")); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("Open = %v, want it to name the path", err)
	}
}

func TestMergeKeepsWhatIsOpenInOrder(t *testing.T) {
	at := time.Now()
	first, second, third := chaos.Entry{ID: "a", At: at}, chaos.Entry{ID: "b", At: at.Add(1)}, chaos.Entry{ID: "c", At: at.Add(2)}
	got := merge([]chaos.Entry{third, second, first}, []chaos.Entry{second, done(second)})
	if len(got) != 2 || got[0].ID != "a" || got[1].ID != "c" {
		t.Errorf("merge = %v, want a and c", got)
	}
}
