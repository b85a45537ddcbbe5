package workload_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
)

// cutting breaks every stream of a log after a short time, as a proxy that is restarted.
type cutting struct {
	direct
	after time.Duration
	cuts  atomic.Int64
}

func (c *cutting) Do(ctx context.Context, method, path string, body io.Reader) (io.ReadCloser, error) {
	answer, err := c.direct.Do(ctx, method, path, body)
	if err == nil && method == http.MethodGet && len(path) > 9 && path[:6] == "/runs/" {
		c.cuts.Add(1)
		time.AfterFunc(c.after, func() { answer.Close() })
	}
	return answer, err
}

// TestTheLoadAgainstFakes is the whole pipeline over two fake masters: a master that dies under load, a follower whose
// stream breaks, and an agent that is killed.
func TestTheLoadAgainstFakes(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	a, b := fakemq.NewBroker(t, "broker-a", 0, ns), fakemq.NewBroker(t, "broker-b", 0, ns)
	for _, m := range []*fakemq.Broker{a, b} {
		m.Set(func(b *fakemq.Broker) { b.HA = `{"master":true}` })
	}
	process, _ := startAgent(t, ns.Address())
	transport := &cutting{direct: direct{Base: "http://" + process.address}, after: 150 * time.Millisecond}
	s := &workload.Load{Agent: agentapi.NewAgent(transport)}
	ctx, rec, path := begin(t, s, "fakes")
	until(ctx, t, s, func(st agentapi.RunStatus) bool { return st.Acked >= 50 })
	a.Close()
	failed := until(ctx, t, s, func(st agentapi.RunStatus) bool { return st.Failed >= 5 })
	a.Listen()
	until(ctx, t, s, func(st agentapi.RunStatus) bool { return st.Acked >= failed.Acked+150 && transport.cuts.Load() >= 10 })
	process.kill()
	process.start()
	if err := s.Stop(ctx); err == nil {
		t.Error("the death of the agent in the middle of the load was not told")
	}
	if err := s.Scan(ctx); err == nil {
		t.Error("nor at the scan")
	}
	if err := s.Finish(ctx); err == nil {
		t.Error("nor at the end")
	}
	must(t, rec.Close())
	sum := summarise(t, path)
	if sum.first != history.KindRun || sum.runs != 1 || len(sum.acked) < 100 || int64(len(sum.acked)) != s.Acked() || sum.statuses["AGENT_RESTART"] != 8 {
		t.Errorf("%s, %d acknowledged by the follower", sum, s.Acked())
	}
	if len(sum.wrong) > 0 {
		t.Errorf("%v", sum.wrong)
	}
}

// until waits for what the load is to have done.
func until(ctx context.Context, t *testing.T, l *workload.Load, wanted func(agentapi.RunStatus) bool) agentapi.RunStatus {
	t.Helper()
	for {
		if status, err := l.Status(ctx); err == nil && wanted(status) {
			return status
		}
		if ctx.Err() != nil {
			t.Fatal("it never came to it")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// TestALossIsInTheRecords checks that the pipeline can show a loss at all.
func TestALossIsInTheRecords(t *testing.T) {
	ns := fakemq.NewNameServer(t)
	a := fakemq.NewBroker(t, "broker-a", 0, ns)
	a.Set(func(b *fakemq.Broker) { b.HA = `{"master":true}` })
	_, client := startAgent(t, ns.Address())
	s := &workload.Load{Agent: client, Traffics: []agentapi.Traffic{{Topic: "t"}}}
	ctx, rec, path := begin(t, s, "loss")
	until(ctx, t, s, func(st agentapi.RunStatus) bool { return st.Acked >= 80 })
	must(t, s.Stop(ctx))
	a.Truncate("t", 1, 2)
	must(t, s.Scan(ctx))
	must(t, s.Finish(ctx))
	must(t, rec.Close())
	if sum := summarise(t, path); len(sum.wrong) != 2 || !strings.Contains(sum.wrong[0], "lost") {
		t.Errorf("two messages were lost, the records say %v", sum.wrong)
	}
}
