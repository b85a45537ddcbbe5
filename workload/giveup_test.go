package workload_test

import (
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// unheard is an agent whose load nobody acknowledges.
type unheard struct{ stopped atomic.Bool }

func (u *unheard) Do(ctx context.Context, _, path string, _ io.Reader) (io.ReadCloser, error) {
	var answer any = agentapi.RunStatus{ID: "r", Phase: agentapi.PhaseRunning, Started: time.Now()}
	switch {
	case path == "/topology":
		answer = agentapi.Reported{Brokers: []agentapi.Broker{{Group: "broker-a", Role: agentapi.RoleMaster}}}
	case path == "/time":
		answer = agentapi.Time{UnixNano: time.Now().UnixNano()}
	case strings.HasSuffix(path, "/stop"):
		u.stopped.Store(true)
	case strings.Contains(path, "/log?"):
		<-ctx.Done()
		return nil, ctx.Err()
	}
	raw, err := json.Marshal(answer)
	return io.NopCloser(strings.NewReader(string(raw))), err
}

func TestALoadThatNobodyAcknowledgesIsStopped(t *testing.T) {
	rec, err := history.Create(filepath.Join(t.TempDir(), history.FileName))
	must(t, err)
	defer rec.Close()
	agent := &unheard{}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := (&workload.Load{Agent: agentapi.NewAgent(agent)}).Start(ctx, rec, history.Run{Version: history.Version, ID: "r"}); err == nil {
		t.Error("it has started, and nothing was acknowledged")
	}
	if !agent.stopped.Load() {
		t.Error("nobody has stopped it")
	}
}
