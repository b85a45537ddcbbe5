package remoting_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/workload/internal/javamq"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

func TestRealHA(t *testing.T) {
	javamq.EachVersion(t, func(t *testing.T, jars string) {
		_, nameServer := javamq.NameServer(t, jars)
		extra := []string{"inSyncReplicas=2", "totalReplicas=2", "slaveTimeout=1000"}
		ha := javamq.FreePort(t)
		m, master := javamq.StartBroker(t, javamq.Broker{Jars: jars, NameServer: nameServer, Group: "broker-a", HAPort: ha, Extra: append(extra, "brokerRole=SYNC_MASTER")})
		s, slave := javamq.StartBroker(t, javamq.Broker{Jars: jars, NameServer: nameServer, Group: "broker-a", ID: 1, Extra: append(extra, "brokerRole=SLAVE")})
		client := &remoting.Client{}
		t.Cleanup(client.Close)
		show := func(what string) {
			for _, a := range []string{master, slave} {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				h, err := remoting.HA(ctx, client.To(a))
				t.Logf("%s %+v client %+v %v now %d", what, h, h.Client, err, time.Now().UnixMilli())
				cancel()
			}
		}
		send := func() {
			sent, err := remoting.Send(t.Context(), client.To(master), remoting.Message{Topic: "t", Queue: 0, Body: []byte("x"), Group: "g"})
			t.Logf("send %+v %v", sent, err)
		}
		show("started")
		c, err := remoting.Config(t.Context(), client.To(slave))
		t.Log(c["brokerId"], c["brokerName"], c["brokerRole"], c["haMasterAddress"], err)
		t.Log(remoting.CreateTopic(t.Context(), client.To(master), remoting.Topic{Name: "t", Read: 1, Write: 1, Perm: 6}))
		send()
		eventually(t, func(ctx context.Context) error {
			h, err := remoting.HA(ctx, client.To(master))
			if err == nil && len(h.Connections) == 0 {
				err = fmt.Errorf("none")
			}
			return err
		})
		show("connected")
		send()
		send()
		show("sent")
		time.Sleep(7 * time.Second)
		show("idle")
		s.Kill()
		send()
		show("slave gone")
		s.Start()
		javamq.WaitListening(t, slave)
		eventually(t, func(ctx context.Context) error {
			h, err := remoting.HA(ctx, client.To(master))
			if err == nil && len(h.Connections) == 0 {
				err = fmt.Errorf("none")
			}
			return err
		})
		show("slave back")
		time.Sleep(2 * time.Second)
		show("slave back 2s")
		m.Kill()
		time.Sleep(2 * time.Second)
		show("master gone")
		time.Sleep(6 * time.Second)
		show("master gone 8s")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		info, err := remoting.Brokers(ctx, client.To(nameServer))
		cancel()
		t.Log(info, err)
	})
}
