//go:build linux

package node

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
)

// note is a verb that remembers what it was told.
type note struct {
	mu    sync.Mutex
	calls []string
	fail  error
}

func (*note) Name() string { return "note" }
func (n *note) Do(_ context.Context, a chaos.Act) error {
	n.add("do " + a.ID)
	return n.fail
}
func (n *note) Undo(_ context.Context, a chaos.Act) error { n.add("undo " + a.ID); return nil }
func (*note) See(_ context.Context, a chaos.Act) (any, error) {
	return map[string]string{"seen": a.ID}, nil
}

func (n *note) add(call string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls = append(n.calls, call)
}

func (n *note) said() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(n.calls, ", ")
}

func ask(h *Helper, path string, a chaos.Act, token string) (int, string) {
	body, _ := json.Marshal(a)
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set(TokenHeader, token)
	w := httptest.NewRecorder()
	h.Handler("secret").ServeHTTP(w, r)
	return w.Code, strings.TrimSpace(w.Body.String())
}

func TestSilenceUndoesEverythingTheLastFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, began := &note{}, time.Now()
		h := New([]Verb{v}, 30*time.Second)
		ended := make(chan error, 1)
		go func() { ended <- h.Keep(t.Context(), time.Hour) }()
		for _, id := range []string{"a", "b", "a", "c"} {
			time.Sleep(20 * time.Second)
			if code, text := ask(h, PathAct, chaos.Act{ID: id, Verb: "note"}, "secret"); code != http.StatusOK {
				t.Errorf("act %s: %d %s", id, code, text)
			}
		}
		if code, text := ask(h, PathUndo, chaos.Act{ID: "b", Verb: "note"}, "secret"); code != http.StatusOK {
			t.Errorf("undo b: %d %s", code, text)
		}
		if err := <-ended; err != nil || time.Since(began) != 110*time.Second {
			t.Errorf("it ended after %s with %v, want 30 s after the last word", time.Since(began), err)
		}
		if want := "do a, do b, do c, undo b, undo c, undo a"; v.said() != want {
			t.Errorf("it did %q, want %q", v.said(), want)
		}
		if code, _ := ask(h, PathAct, chaos.Act{ID: "d", Verb: "note"}, "secret"); code == http.StatusOK {
			t.Error("a helper that ends takes another act")
		}
	})
}

func TestTheDeadlineEndsAnEagerRunnerToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, began := &note{fail: errors.New("half done")}, time.Now()
		h := New([]Verb{v}, 30*time.Second)
		ended := make(chan error, 1)
		go func() { ended <- h.Keep(t.Context(), time.Minute) }()
		if code, text := ask(h, PathAct, chaos.Act{ID: "a", Verb: "note"}, "secret"); code != http.StatusUnprocessableEntity || text != "half done" {
			t.Errorf("an act that failed: %d %q", code, text)
		}
		for range 10 {
			time.Sleep(6 * time.Second)
			ask(h, PathAlive, chaos.Act{}, "secret")
		}
		if err := <-ended; err != nil || time.Since(began) != time.Minute {
			t.Errorf("it ended after %s with %v, want after a minute", time.Since(began), err)
		}
		if want := "do a, undo a"; v.said() != want {
			t.Errorf("it did %q, want %q: half an act is undone as well", v.said(), want)
		}
	})
}

func TestNobodyIsHeardWithoutTheToken(t *testing.T) {
	v := &note{}
	h := New([]Verb{v}, time.Minute)
	if code, _ := ask(h, PathAct, chaos.Act{ID: "a", Verb: "note"}, "guess"); code != http.StatusUnauthorized || v.said() != "" {
		t.Errorf("answer %d, and it did %q", code, v.said())
	}
	if code, text := ask(h, PathSee, chaos.Act{ID: "a", Verb: "note"}, "secret"); code != http.StatusOK || text != `{"seen":"a"}` {
		t.Errorf("see: %d %s", code, text)
	}
	if code, text := ask(h, PathAct, chaos.Act{Verb: "fly"}, "secret"); code != http.StatusUnprocessableEntity || !strings.Contains(text, `no verb "fly"`) {
		t.Errorf("an unknown verb: %d %s", code, text)
	}
}

func TestSignalGoesToTheServerAndIsUndone(t *testing.T) {
	p := fakeProc(t)
	var sent []string
	s := Signal{p, func(p Proc, to Process, sig syscall.Signal) error {
		sent = append(sent, sig.String())
		state := map[syscall.Signal]string{syscall.SIGSTOP: "T", syscall.SIGCONT: "S"}[sig]
		p.add(t, to.PID, to.Command, state, int(to.Pages), "1:memory:/x/cri-containerd-"+brokerID+".scope\n")
		return nil
	}}
	a := chaos.Act{On: chaos.Process{ContainerID: "containerd://" + brokerID}, Args: []byte(`{"signal":19}`)}
	if err := s.Do(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	seen, err := s.See(t.Context(), a)
	if got := seen.(Server); err != nil || got.State != "T" || got.PID != 11 || got.Gone {
		t.Errorf("See = %+v, %v; want process 11 stopped", got, err)
	}
	for range 2 {
		if err := s.Undo(t.Context(), a); err != nil {
			t.Error(err)
		}
	}
	gone := chaos.Act{On: chaos.Process{ContainerID: "containerd://0"}}
	if err := s.Undo(t.Context(), gone); err != nil {
		t.Errorf("undoing on a container that is gone: %v", err)
	}
	if err := s.Do(t.Context(), chaos.Act{On: gone.On, Args: a.Args}); !errors.Is(err, ErrGone) {
		t.Errorf("acting on a container that is gone: %v", err)
	}
	if got := strings.Join(sent, ", "); got != "stopped (signal), continued" {
		t.Errorf("it sent %q", got)
	}
}
