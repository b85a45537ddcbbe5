package cluster_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/internal/javamq"
)

// TestRealElection reports a pair whose master a real controller chooses, before and after that master is killed.
func TestRealElection(t *testing.T) {
	javamq.EachVersion(t, func(t *testing.T, jars string) {
		controller := fmt.Sprintf("127.0.0.1:%d", javamq.FreePort(t))
		_, ns := javamq.NameServer(t, jars, "enableControllerInNamesrv=true", "controllerDLegerGroup=ctl", "controllerDLegerPeers=n0-"+controller, "controllerDLegerSelfId=n0")
		javamq.WaitListening(t, controller)
		extra := []string{
			"brokerId=-1", "brokerRole=SLAVE", "enableControllerMode=true", "controllerAddr=" + controller, "minInSyncReplicas=1", "totalReplicas=2",
		}
		brokers := map[string]*javamq.Process{}
		for range 2 {
			p, address := javamq.StartBroker(t, javamq.Broker{Jars: jars, NameServer: ns, Group: "broker-a", Extra: extra})
			brokers[address] = p
		}
		v, err := cluster.New(ns)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(v.Client.Close)
		var master, slave agentapi.Broker
		eventually(t, "an elected master has a slave in sync", func() error {
			r := v.Report(t.Context())
			master, slave, err = pair(r)
			return errors.Join(err, booksSay(r, master, 2))
		})
		ids := map[string]int64{}
		for _, b := range []agentapi.Broker{master, slave} {
			ids[b.Address] = agentapi.ReplicaID(b, v.Report(t.Context()).Controllers)
		}
		brokers[master.Address].Kill()
		eventually(t, "the slave is master", func() error {
			r := v.Report(t.Context())
			for _, b := range r.Brokers {
				if b.Address != slave.Address || b.Role != agentapi.RoleMaster || !b.Writable || b.Error != "" {
					continue
				}
				silent := strings.HasPrefix(b.Version, "V5_1_0") // its controller does not say a master's id
				if b.Epoch <= master.Epoch || !silent && agentapi.ReplicaID(b, r.Controllers) != ids[b.Address] {
					t.Errorf("elected after epoch %d: %+v; as replica %d, before %d", master.Epoch, b, agentapi.ReplicaID(b, r.Controllers), ids[b.Address])
				}
				return nil
			}
			return fmt.Errorf("%+v", r.Brokers)
		})
	})
}

// pair is the one master and its one slave in sync.
func pair(r agentapi.Reported) (master, slave agentapi.Broker, err error) {
	for _, b := range r.Brokers {
		if b.Role == agentapi.RoleMaster && b.Writable && b.Epoch > 0 {
			master = b
		} else if b.InSync && b.Behind == 0 {
			slave = b
		}
	}
	if len(r.Brokers) != 2 || master.Address == "" || slave.Address == "" {
		err = fmt.Errorf("%+v", r.Brokers)
	}
	return master, slave, err
}

// booksSay checks what the controller's leader says.
func booksSay(r agentapi.Reported, master agentapi.Broker, inSync int) error {
	if len(r.Controllers) != 1 || !r.Controllers[0].Leader || len(r.Controllers[0].Groups) != 1 {
		return fmt.Errorf("%+v", r.Controllers)
	}
	g := r.Controllers[0].Groups[0]
	if g.MasterAddress != master.Address || g.MasterEpoch != master.Epoch || len(g.InSync) != inSync || !strings.Contains(g.InSync[0].Address, ":") {
		return fmt.Errorf("the controller says %+v of %+v", g, master)
	}
	return nil
}
