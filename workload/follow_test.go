package workload

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// breaking serves a finished run's log, each time only up to the next of its cuts, then breaks in one of several ways.
type breaking struct {
	log []byte

	mu     sync.Mutex
	cuts   []int // byte offsets at which a stream breaks, in turn
	how    int
	opened []int64
}

func (b *breaking) Do(_ context.Context, method, path string, _ io.Reader) (io.ReadCloser, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	u, err := url.Parse(path)
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(u.Path, "/log") {
		return io.NopCloser(strings.NewReader(fmt.Sprintf(`{"phase":%q,"logBytes":%d}`, agentapi.PhaseFinished, len(b.log)))), nil
	}
	from, err := strconv.ParseInt(u.Query().Get("from"), 10, 64)
	if err != nil || method != http.MethodGet {
		return nil, fmt.Errorf("%s %s", method, path)
	}
	b.opened = append(b.opened, from)
	if len(b.cuts) == 0 {
		return io.NopCloser(bytes.NewReader(b.log[from:])), nil
	}
	cut := max(int64(b.cuts[0]), from)
	b.cuts, b.how = b.cuts[1:], (b.how+1)%3
	part := bytes.NewReader(b.log[from:cut])
	switch b.how {
	case 0:
		return nil, errors.New("connection refused")
	case 1:
		return io.NopCloser(part), nil // a proxy ends it as if it were whole
	}
	return io.NopCloser(io.MultiReader(part, failing{})), nil
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("connection reset by peer") }

func aLog(t *testing.T, sends int) []byte {
	t.Helper()
	var b bytes.Buffer
	rec := history.NewRecorder(&b)
	records := []history.Record{&history.Run{Version: history.Version, ID: "run"}}
	for i := range sends {
		records = append(records, &history.Send{Seq: uint64(i), Topic: "t", Outcome: history.OK, Status: "SEND_OK"})
	}
	for _, r := range records {
		if err := rec.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func TestAFollowerGetsEachRecordOnceHoweverTheStreamBreaks(t *testing.T) {
	log := aLog(t, 40)
	b := &breaking{log: log}
	for cut := 0; cut < len(log); cut += 97 { // inside headers, inside payloads and between blocks
		b.cuts = append(b.cuts, cut)
	}
	b.cuts = b.cuts[:20]
	var seqs []uint64
	f := &follower{agent: agentapi.NewAgent(b), run: "run", into: func(r history.Record) error {
		seqs = append(seqs, r.(*history.Send).Seq)
		return nil
	}}
	if err := f.follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(seqs) != 40 || f.acked.Load() != 40 || f.offset.Load() != int64(len(log)) {
		t.Fatalf("%d records, %d acknowledged, %d of %d bytes", len(seqs), f.acked.Load(), f.offset.Load(), len(log))
	}
	for i, seq := range seqs {
		if seq != uint64(i) {
			t.Fatalf("record %d is %d", i, seq)
		}
	}
	if len(b.opened) < 20 {
		t.Errorf("only %d streams: nothing broke", len(b.opened))
	}
}

func TestAFollowerWhoseRecorderFailsEnds(t *testing.T) {
	full := errors.New("no space left")
	f := &follower{agent: agentapi.NewAgent(&breaking{log: aLog(t, 1)}), run: "run", into: func(history.Record) error { return full }}
	if err := f.follow(t.Context()); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}

// An agent of another release is one for good: nobody waits for it.
func TestAFollowerOfANewerAgentEnds(t *testing.T) {
	log := aLog(t, 1)
	log[2]++ // the version of the first block
	f := &follower{agent: agentapi.NewAgent(&breaking{log: log}), run: "run", into: func(history.Record) error { return nil }}
	if err := f.follow(t.Context()); !errors.Is(err, history.ErrNewer) || !strings.Contains(err.Error(), "make down") {
		t.Errorf("%v", err)
	}
}

func TestADamagedLogIsNoEnd(t *testing.T) {
	log := aLog(t, 3)
	log[len(log)/2] ^= 1
	synctest.Test(t, func(t *testing.T) {
		f := &follower{agent: agentapi.NewAgent(&breaking{log: log}), run: "run", into: func(history.Record) error { return nil }}
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		if err := f.follow(ctx); err == nil || !strings.Contains(err.Error(), "broke last with") || !strings.Contains(err.Error(), "only") {
			t.Errorf("%v", err)
		}
	})
}

func TestTimesOfTheRunnerAreTimesOfTheRun(t *testing.T) {
	now, ahead := time.Now(), 90*time.Minute
	s := &Load{clock: agentapi.Clock{Ahead: ahead}, zero: now.Add(ahead)}
	if since := s.Since(now.Add(10 * time.Second)); since != 10*time.Second {
		t.Errorf("10s after the start is %s", since)
	}
}

func TestALoadRefusesToFinishWhatWasNeverStarted(t *testing.T) {
	if err := (&Load{}).Finish(t.Context()); err == nil {
		t.Error("no error")
	}
	rec, err := history.Create(filepath.Join(t.TempDir(), "h"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	s := &Load{Agent: agentapi.NewAgent(nobody{})}
	if err := s.Start(ctx, rec, history.Run{ID: "r"}); err == nil || s.Acked() != 0 {
		t.Errorf("started without an agent: %v", err)
	}
}

// nobody is the way to an agent that does not answer.
type nobody struct{}

func (nobody) Do(context.Context, string, string, io.Reader) (io.ReadCloser, error) {
	return nil, errors.New("connection refused")
}
