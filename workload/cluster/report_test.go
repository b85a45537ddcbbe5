package cluster

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
)

// elected is a group of two in controller mode in the middle of an election: one NameServer still has the old master.
func elected(t *testing.T) (*View, *fakemq.Controller) {
	old, fresh := fakemq.NewNameServer(t), fakemq.NewNameServer(t)
	leader, follower := fakemq.NewController(t), fakemq.NewController(t)
	master, slave := fakemq.NewBroker(t, "broker-a", 0, fresh), fakemq.NewBroker(t, "broker-a", 2, fresh)
	old.Register("broker-a", 0, slave.Address())
	old.Register("broker-a", 1, master.Address())
	controllers := leader.Address() + ";" + follower.Address()
	for b, ha := range map[*fakemq.Broker]string{
		master: `{"master":true,"masterCommitLogMaxOffset":1000,"inSyncSlaveNums":0,"haConnectionInfo":[]}`,
		slave:  `{"master":false,"haClientRuntimeInfo":{"maxOffset":900}}`,
	} {
		b.Set(func(b *fakemq.Broker) {
			b.HA, b.Epoch = ha, 7
			b.Config = map[string]string{"enableControllerMode": "true", "controllerAddr": controllers, "minInSyncReplicas": "2"}
		})
	}
	groups := fmt.Sprintf(`{"broker-a":{"masterBrokerId":1,"masterAddress":%q,"masterEpoch":8,"syncStateSetEpoch":9,
		"inSyncReplicas":[{"brokerId":1,"brokerAddress":%q}],"notInSyncReplicas":[{"brokerId":2,"address":%q}]}}`,
		master.Address(), master.Address(), slave.Address())
	leader.Lead(leader, groups)
	follower.Lead(leader, groups)
	return newView(t, old, fresh), leader
}

func TestAnElectionIsReportedAsEachServerSeesIt(t *testing.T) {
	v, _ := elected(t)
	r := v.Report(t.Context())
	var brokers []string
	for _, b := range r.Brokers {
		brokers = append(brokers, fmt.Sprintf("%s/%d %s epoch %d writable %t %s", b.Group, b.ID, b.Role, b.Epoch, b.Writable, b.Error))
	}
	want := "[broker-a/0 master epoch 8 writable false  broker-a/2 slave epoch 7 writable false ]"
	if fmt.Sprint(brokers) != want {
		t.Errorf("got  %v\nwant %s", brokers, want)
	}
	if a, b := r.NameServers[0].Table[0].Address, r.NameServers[1].Table[0].Address; a == b {
		t.Errorf("both NameServers name %s as the master", a)
	}
	leaders := 0
	for _, c := range r.Controllers {
		if !c.Leader {
			continue
		}
		leaders++
		if s := c.Groups[0]; s.MasterID != 1 || s.MasterEpoch != 8 || s.Epoch != 9 || len(s.InSync) != 1 || s.NotInSync[0].Address == "" {
			t.Errorf("%+v", s)
		}
	}
	if len(r.Controllers) != 2 || leaders != 1 {
		t.Errorf("%+v", r.Controllers)
	}
}

func TestWhoDoesNotAnswerIsReportedWithTheReason(t *testing.T) {
	v, leader := elected(t)
	v.Report(t.Context())
	leader.Close()
	dead := fakemq.NewNameServer(t)
	dead.Close()
	v.Resolver = newView(t, dead).Resolver
	r := v.Report(t.Context())
	if len(r.NameServers) != 1 || r.NameServers[0].Error == "" || len(r.Brokers) != 0 {
		t.Errorf("%+v, %+v", r.NameServers, r.Brokers)
	}
	if len(r.Controllers) != 2 || !oneErrs(r.Controllers) {
		t.Errorf("controllers known before are to be asked without a NameServer too: %+v", r.Controllers)
	}
}

func oneErrs(list []agentapi.Controller) bool {
	return (list[0].Error == "") != (list[1].Error == "") && strings.Contains(list[0].Error+list[1].Error, "connect")
}
