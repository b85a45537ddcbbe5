package ledger

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"k8s.io/client-go/kubernetes"
)

// Ledger is what one run writes down, in whichever namespaces.
type Ledger struct {
	run  string
	file *file // nil: the ConfigMaps alone

	mu   sync.Mutex
	last int

	intends sync.Mutex
}

// Open opens or creates a ledger file for a new run. An empty path keeps the ConfigMaps alone.
func Open(path string) (*Ledger, error) {
	var b [4]byte
	rand.Read(b[:]) // never fails: it ends the program rather
	l := &Ledger{run: time.Now().UTC().Format("20060102-150405") + "-" + hex.EncodeToString(b[:])}
	if path == "" {
		return l, nil
	}
	var err error
	l.file, err = openFile(path)
	return l, err
}

// Close closes the file. Entries that are open stay so.
func (l *Ledger) Close() error {
	if l.file == nil {
		return nil
	}
	return l.file.f.Close()
}

// For returns the journal of a namespace, which writes to the ledger's file and to the namespace's ConfigMap.
func (l *Ledger) For(client kubernetes.Interface, namespace string) *Journal {
	return &Journal{l, client, namespace}
}

func (l *Ledger) newID() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	return fmt.Sprintf("%s.%d", l.run, l.last)
}

func (l *Ledger) append(e chaos.Entry) error {
	if l.file == nil {
		return nil
	}
	return l.file.append(e)
}

func (l *Ledger) entries() ([]chaos.Entry, error) {
	if l.file == nil {
		return nil, nil
	}
	return l.file.read()
}

func done(e chaos.Entry) chaos.Entry {
	now := time.Now().UTC()
	e.Healed = &now
	return e
}
