package traffic

import (
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/internal/javamq"
	"github.com/rmqproof/rmqproof/workload/payload"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// TestRealBrokersRefuse says what each way of being refused does to the offsets that a real broker names afterwards: 5.1.0
// gives an offset away before it refuses two of them (#6570), later ones and the third way do not.
func TestRealBrokersRefuse(t *testing.T) {
	javamq.EachVersion(t, func(t *testing.T, jars string) {
		_, ns := javamq.NameServer(t, jars)
		javamq.StartBroker(t, javamq.Broker{Jars: jars, NameServer: ns, Group: "broker-a", Extra: []string{"timerWheelEnable=true"}})
		v, err := cluster.New(ns)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(v.Client.Close)
		awaitRegistered(t, v)
		if err := v.CreateTopicOn(t.Context(), []string{"broker-a"}, remoting.Topic{Name: "t", Read: 3, Write: 3}); err != nil {
			t.Fatal(err)
		}
		l := &libraryClient{clients: Clients{Resolver: v.Resolver, Recreated: &atomic.Int64{}}, name: t.Name()}
		t.Cleanup(l.close)
		buggy := strings.Contains(filepath.Base(jars), "5.1.0")
		for queue, way := range []string{agentapi.RefusedByDelay, agentapi.RefusedBySize, agentapi.RefusedByProperties} {
			id := payload.ID{Run: "r", Seq: uint64(queue)}
			good := message{topic: "t", group: "broker-a", key: "k", queue: queue, body: payload.Encode(id, 100, 0)}
			if r := l.send(t.Context(), illegal(good, id, way)); r.outcome != history.Failed || r.status != "MESSAGE_ILLEGAL" {
				t.Errorf("%s: %+v", way, r)
			}
			ahead := int64(0)
			if buggy && way != agentapi.RefusedByDelay {
				ahead = 1
			}
			if r := l.send(t.Context(), good); r.outcome != history.OK || r.offset != ahead {
				t.Errorf("after one refused by %s: %+v, want offset %d", way, r, ahead)
			}
		}
	})
}

func awaitRegistered(t *testing.T, v *cluster.View) {
	t.Helper()
	for t.Context().Err() == nil {
		if masters, err := v.Masters(t.Context()); err == nil && len(masters) == 1 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}
