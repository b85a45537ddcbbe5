package ledger

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"

	"github.com/rmqproof/rmqproof/chaos"
)

// file is a file of JSON lines. Each line is on the disk before append returns. The last line of an id counts.
type file struct {
	mu sync.Mutex
	f  *os.File
}

func openFile(path string) (*file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening the ledger of faults: %w", err)
	}
	l := &file{f: f}
	if err := l.cutTornLine(); err != nil {
		f.Close()
		return nil, fmt.Errorf("mending the ledger of faults %s: %w", path, err)
	}
	return l, nil
}

// cutTornLine removes a last line without an end: its writer was killed before append returned, so its act was
// never begun.
func (l *file) cutTornLine() error {
	b, err := l.bytes()
	if err != nil {
		return err
	}
	if whole := bytes.LastIndexByte(b, '\n') + 1; whole < len(b) {
		return l.f.Truncate(int64(whole))
	}
	return nil
}

func (l *file) bytes() ([]byte, error) {
	info, err := l.f.Stat()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.NewSectionReader(l.f, 0, info.Size()))
}

func (l *file) append(e chaos.Entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("writing to the ledger of faults: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.f.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("writing to the ledger of faults: %w", err)
	}
	if err := l.f.Sync(); err != nil {
		return fmt.Errorf("syncing the ledger of faults %s: %w", l.f.Name(), err)
	}
	return nil
}

func (l *file) read() ([]chaos.Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, err := l.bytes()
	if err != nil {
		return nil, fmt.Errorf("reading the ledger of faults: %w", err)
	}
	var entries []chaos.Entry
	for n, line := range bytes.Split(bytes.TrimSuffix(b, []byte("\n")), []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		var e chaos.Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("ledger of faults %s, line %d: %w", l.f.Name(), n+1, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// merge returns the open entries of several sources, oldest first. Later sources, and later lines, win.
func merge(sources ...[]chaos.Entry) []chaos.Entry {
	byID := map[string]chaos.Entry{}
	for _, e := range slices.Concat(sources...) {
		byID[e.ID] = e
	}
	maps.DeleteFunc(byID, func(_ string, e chaos.Entry) bool { return e.Healed != nil })
	return slices.SortedFunc(maps.Values(byID), func(a, b chaos.Entry) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
}
