package remoting_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/workload/internal/javamq"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

func TestRealBroker(t *testing.T) {
	javamq.EachVersion(t, func(t *testing.T, jars string) {
		_, nameServer := javamq.NameServer(t, jars)
		_, broker := javamq.StartBroker(t, javamq.Broker{Jars: jars, NameServer: nameServer, Group: "broker-a"})
		client := &remoting.Client{}
		t.Cleanup(client.Close)
		ns, b := client.To(nameServer), client.To(broker)
		eventually(t, func(ctx context.Context) error {
			info, err := remoting.Brokers(ctx, ns)
			if err != nil {
				return err
			}
			if got := info.Groups["broker-a"].Addresses[0]; got != broker {
				return fmt.Errorf("registered as %q, want %q", got, broker)
			}
			return nil
		})
		ctx := t.Context()
		info, err := remoting.RuntimeInfo(ctx, b)
		t.Log(info, err)
		conf, err := remoting.Config(ctx, b)
		t.Log(conf["brokerRole"], conf["flushDiskType"], conf["inSyncReplicas"], err)
		ha, err := remoting.HA(ctx, b)
		t.Logf("%+v %v", ha, err)
		_, err = remoting.TopicOn(ctx, b, "t")
		t.Log(err)
		err = remoting.CreateTopic(ctx, b, remoting.Topic{Name: "t", Read: 4, Write: 4, Perm: 6})
		t.Log(err)
		topic, err := remoting.TopicOn(ctx, b, "t")
		t.Logf("%+v %v", topic, err)
		eventually(t, func(ctx context.Context) error {
			r, err := remoting.TopicRoute(ctx, ns, "t")
			t.Logf("%+v %v", r, err)
			return err
		})
		for i := range 3 {
			sent, err := remoting.Send(ctx, b, remoting.Message{Topic: "t", Queue: 2, Body: fmt.Appendf(nil, "m%d", i), Group: "g", Born: time.Now().UnixMilli(), Properties: map[string]string{"KEYS": "k1"}})
			t.Logf("%+v %v", sent, err)
		}
		_, err = remoting.Send(ctx, b, remoting.Message{Topic: "absent", Queue: 2, Body: []byte("x"), Group: "g"})
		t.Log(err)
		q := remoting.Queue{Topic: "t", ID: 2}
		min, err := remoting.MinOffset(ctx, b, q)
		t.Log(min, err)
		next, err := remoting.NextOffset(ctx, b, q)
		t.Log(next, err)
		eventually(t, func(ctx context.Context) error {
			max, err := remoting.MaxOffset(ctx, b, q)
			t.Log(max, err)
			if max != 3 {
				return fmt.Errorf("%d", max)
			}
			return err
		})
		batch, err := remoting.Pull(ctx, b, q, 0)
		t.Logf("%+v %v", batch, err)
		batch, err = remoting.Pull(ctx, b, q, 3)
		t.Logf("%+v %v", batch, err)
		batch, err = remoting.Pull(ctx, b, q, 5)
		t.Logf("%+v %v", batch, err)
		batch, err = remoting.Pull(ctx, b, remoting.Queue{Topic: "absent", ID: 0}, 0)
		t.Logf("%+v %v", batch, err)
		_, err = remoting.MaxOffset(ctx, b, remoting.Queue{Topic: "absent", ID: 0})
		t.Log("max of absent", err)
		_, err = remoting.TopicRoute(ctx, ns, "absent")
		t.Log(err)
	})
}

func eventually(t *testing.T, try func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		one, stop := context.WithTimeout(ctx, time.Second)
		err := try(one)
		stop()
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
