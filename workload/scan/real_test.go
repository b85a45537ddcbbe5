package scan

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/internal/javamq"
	"github.com/rmqproof/rmqproof/workload/payload"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// TestRealPairIsScanned reads a real master and its slave, which refuses to be pulled from, and finds the same in both.
// One message in the middle is refused: 5.1.0 then says of each later one that it lies behind where it lies.
func TestRealPairIsScanned(t *testing.T) {
	const messages = 300
	javamq.EachVersion(t, func(t *testing.T, jars string) {
		_, ns := javamq.NameServer(t, jars)
		extra := []string{"inSyncReplicas=2", "totalReplicas=2", "slaveReadEnable=false"}
		_, master := javamq.StartBroker(t, javamq.Broker{Jars: jars, NameServer: ns, Group: "broker-a", Extra: append(extra, "brokerRole=SYNC_MASTER")})
		javamq.StartBroker(t, javamq.Broker{Jars: jars, NameServer: ns, Group: "broker-a", ID: 1, Extra: append(extra, "brokerRole=SLAVE")})
		v, err := cluster.New(ns)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(v.Client.Close)
		awaitPair(t, v)
		if err := v.CreateTopicOn(t.Context(), []string{"broker-a"}, remoting.Topic{Name: "t", Read: 1, Write: 1}); err != nil {
			t.Fatal(err)
		}
		for seq := range uint64(messages) {
			m := remoting.Message{Topic: "t", Group: "g", Body: payload.Encode(payload.ID{Run: "run", Seq: seq}, 100, 0)}
			if seq == messages/2 {
				m.Properties = map[string]string{"filler": strings.Repeat("x", 33_000)}
			}
			if _, err := remoting.Send(t.Context(), v.Client.To(master), m); (err != nil) != (seq == messages/2) {
				t.Fatalf("message %d: %v", seq, err)
			}
		}
		found, scans := scanPair(t, v)
		if len(scans) != 2 || !scans[0].Complete || !scans[1].Complete || scans[0].Max != messages-1 || scans[1].Max != messages-1 {
			t.Error("not all of it was read")
		}
		if len(found["broker-a/0"]) != messages-1 || fmt.Sprint(found["broker-a/0"]) != fmt.Sprint(found["broker-a/1"]) {
			t.Errorf("master: %v\nslave: %v", found["broker-a/0"], found["broker-a/1"])
		}
		misplaced := strings.Count(fmt.Sprint(found["broker-a/0"]), "true")
		if buggy := strings.Contains(filepath.Base(jars), "5.1.0"); buggy && misplaced != messages/2-1 || !buggy && misplaced != 0 {
			t.Errorf("%d messages state another place than theirs", misplaced)
		}
	})
}

func scanPair(t *testing.T, v *cluster.View) (found map[string][]string, scans []*history.Scan) {
	t.Helper()
	var mu sync.Mutex
	found = map[string][]string{}
	s := &Scanner{
		Config:  Config{Topic: "t", Groups: []string{"broker-a"}, Queues: 1, RunID: "run", Patience: time.Minute}, // slaves hear of topics now and then
		Cluster: v, Since: func() time.Duration { return 1 },
		Record: func(r history.Record) error {
			mu.Lock()
			defer mu.Unlock()
			switch r := r.(type) {
			case *history.Found:
				found[r.Replica] = append(found[r.Replica], fmt.Sprint(r.Offset, r.Seq, r.Misplaced, r.Stored))
			case *history.Scan:
				scans = append(scans, r)
				t.Logf("%s [%d,%d) %t %s %s", r.Replica, r.Min, r.Max, r.Complete, r.Gone, r.Why)
			}
			return nil
		},
	}
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return found, scans
}

func awaitPair(t *testing.T, v *cluster.View) {
	t.Helper()
	for t.Context().Err() == nil {
		brokers, err := v.Brokers(t.Context())
		if err == nil && len(brokers) == 2 && brokers[1].Connected && brokers[1].Behind == 0 && brokers[1].InSync {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}
