package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/health"
	"github.com/rmqproof/rmqproof/workload/internal/javamq"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// TestRealMasterAndSlave follows a pair that acknowledges only what both have, while the slave and then the master go.
func TestRealMasterAndSlave(t *testing.T) {
	javamq.EachVersion(t, func(t *testing.T, jars string) {
		_, nameServer := javamq.NameServer(t, jars)
		extra := []string{"inSyncReplicas=2", "totalReplicas=2", "slaveTimeout=5000"}
		m, master := javamq.StartBroker(t, javamq.Broker{Jars: jars, NameServer: nameServer, Group: "broker-a", Extra: append(extra, "brokerRole=SYNC_MASTER")})
		s, slave := javamq.StartBroker(t, javamq.Broker{Jars: jars, NameServer: nameServer, Group: "broker-a", ID: 1, Extra: append(extra, "brokerRole=SLAVE")})
		d, err := cluster.New(nameServer)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(d.Client.Close)
		ready := func(id int64, address string) error {
			ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
			defer cancel()
			return health.Ready(ctx, health.Self{Group: "broker-a", NameServers: nameServer, Address: address, IPs: []string{"127.0.0.1"}})
		}
		both := func() error { return errors.Join(caughtUp(t, d), ready(0, master), ready(1, slave)) }
		eventually(t, "master and slave are ready", both)
		send(t, d, master, remoting.Success)

		s.Kill()
		send(t, d, master, remoting.FlushSlaveTimeout)
		if err := ready(0, master); err == nil {
			t.Error("a master that can acknowledge nothing is ready")
		}
		s.Start()
		eventually(t, "the slave is back", both)
		send(t, d, master, remoting.Success)

		m.Kill()
		eventually(t, "the slave stands alone", func() error {
			b, err := broker(t, d, 1)
			if err == nil && (b.Connected || b.Behind != -1 || b.Error != "") {
				err = fmt.Errorf("%+v", b)
			}
			return errors.Join(err, ready(1, slave))
		})
		if err := ready(0, master); err == nil {
			t.Error("a killed master is ready")
		}
	})
}

func caughtUp(t *testing.T, d *cluster.View) error {
	master, err := broker(t, d, 0)
	if err != nil {
		return err
	}
	slave, err := broker(t, d, 1)
	if err != nil {
		return err
	}
	if !master.Connected || !slave.Connected || slave.Behind != 0 || slave.Role != agentapi.RoleSlave || master.Config["inSyncReplicas"] != "2" {
		return fmt.Errorf("%+v and %+v", master, slave)
	}
	return nil
}

func broker(t *testing.T, d *cluster.View, id int64) (agentapi.Broker, error) {
	brokers, err := d.Brokers(t.Context())
	if err != nil {
		return agentapi.Broker{}, err
	}
	for _, b := range brokers {
		if b.ID == id && b.Error == "" {
			return b, nil
		}
	}
	return agentapi.Broker{}, fmt.Errorf("broker %d does not answer: %+v", id, brokers)
}

// send sends to the readiness probe's own topic, which is there by now.
func send(t *testing.T, d *cluster.View, master string, want int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	sent, err := remoting.Send(ctx, d.Client.To(master), remoting.Message{Topic: health.TopicPrefix + "broker-a", Body: []byte("x"), Group: "g"})
	if err != nil || sent.Code != want {
		t.Errorf("sent: %s, %v; want %s", remoting.CodeName(sent.Code), err, remoting.CodeName(want))
	}
}

func eventually(t *testing.T, what string, try func() error) {
	t.Helper()
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	for {
		err := try()
		if err == nil {
			t.Logf("%s after %s", what, time.Since(began).Round(100*time.Millisecond))
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: %v", what, err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}
