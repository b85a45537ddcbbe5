package remoting_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/workload/internal/javamq"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// realBound is for a test that would never end; no answer is expected to take it.
const realBound = 3 * time.Minute

// TestRealBroker holds every request of this package against a real NameServer and a real broker.
func TestRealBroker(t *testing.T) {
	javamq.EachVersion(t, func(t *testing.T, jars string) {
		_, nameServer := javamq.NameServer(t, jars)
		_, broker := javamq.StartBroker(t, javamq.Broker{Jars: jars, NameServer: nameServer, Group: "broker-a"})
		c := realClient(t)
		ns, b := c.To(nameServer), c.To(broker)
		eventually(t, func(ctx context.Context) error {
			info, err := remoting.Brokers(ctx, ns)
			if err == nil && info.Groups["broker-a"].Addresses[0] != broker {
				err = fmt.Errorf("registered: %+v", info)
			}
			return err
		})
		realState(t, b)
		realTopic(t, ns, b, broker)
		realMessages(t, b)
		realRemoval(t, ns, b)
	})
}

func realState(t *testing.T, b remoting.Peer) {
	eventually(t, func(ctx context.Context) error { // right after its start a broker has no statistics, and says so
		info, err := remoting.RuntimeInfo(ctx, b)
		if err == nil && !strings.HasPrefix(info["brokerVersionDesc"], "V5_") {
			err = fmt.Errorf("runtime info %v", info)
		}
		return err
	})
	config, err := remoting.Config(within(t, realBound), b)
	if err != nil || config["brokerName"] != "broker-a" || config["brokerId"] != "0" || config["brokerRole"] != "ASYNC_MASTER" || config["inSyncReplicas"] != "1" {
		t.Errorf("configuration %v, %v", config, err)
	}
}

func realTopic(t *testing.T, ns, b remoting.Peer, address string) {
	ctx := within(t, realBound)
	var code *remoting.CodeError
	if _, err := remoting.TopicOn(ctx, b, "t"); !errors.As(err, &code) || code.Code != remoting.TopicNotExist {
		t.Errorf("before it is created: %v", err)
	}
	if _, err := remoting.TopicRoute(ctx, ns, "t"); !errors.As(err, &code) || code.Code != remoting.TopicNotExist {
		t.Errorf("route before it is created: %v", err)
	}
	want := remoting.Topic{Name: "t", Read: 4, Write: 4, Perm: remoting.PermRead | remoting.PermWrite}
	if err := remoting.CreateTopic(ctx, b, want); err != nil {
		t.Fatal(err)
	}
	if got, err := remoting.TopicOn(ctx, b, "t"); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	eventually(t, func(ctx context.Context) error {
		route, err := remoting.TopicRoute(ctx, ns, "t")
		if err == nil && (route.Master("broker-a") != address || route.Queues[0].Write != 4) {
			err = fmt.Errorf("route %+v", route)
		}
		return err
	})
}

// realRemoval takes everything away again, twice: what is gone already is no error.
func realRemoval(t *testing.T, ns, b remoting.Peer) {
	ctx := within(t, realBound)
	for range 2 {
		if err := errors.Join(remoting.DeleteTopic(ctx, b, "t"), remoting.DeleteGroup(ctx, b, "g"), remoting.ForgetTopic(ctx, ns, "t")); err != nil {
			t.Error(err)
		}
	}
	var code *remoting.CodeError
	if _, err := remoting.TopicOn(ctx, b, "t"); !errors.As(err, &code) || code.Code != remoting.TopicNotExist {
		t.Errorf("after it was deleted: %v", err)
	}
	if _, err := remoting.TopicRoute(ctx, ns, "t"); !errors.As(err, &code) || code.Code != remoting.TopicNotExist {
		t.Errorf("route after it was deleted: %v", err)
	}
}

func realMessages(t *testing.T, b remoting.Peer) {
	ctx, q := within(t, realBound), remoting.Queue{Topic: "t", ID: 2}
	const n = 50
	for i := range int64(n) {
		m := remoting.Message{Topic: "t", Queue: 2, Body: fmt.Appendf(nil, "m%d", i), Group: "g", Born: time.Now().UnixMilli(), Properties: map[string]string{"KEYS": "k1"}}
		if sent, err := remoting.Send(ctx, b, m); err != nil || sent.Code != remoting.Success || sent.Queue != 2 || sent.Offset != i {
			t.Fatalf("send %d: %+v, %v", i, sent, err)
		}
	}
	eventually(t, func(ctx context.Context) error {
		behind, err := remoting.DispatchBehind(ctx, b)
		if err == nil && behind > 0 {
			err = fmt.Errorf("%d bytes not dispatched", behind)
		}
		return err
	})
	if next, err := remoting.NextOffset(ctx, b, q); err != nil || next != n {
		t.Errorf("next offset %d, %v", next, err)
	}
	if end, err := remoting.MaxOffset(ctx, b, q); err != nil || end != n {
		t.Errorf("max offset %d, %v", end, err)
	}
	for next := int64(0); next < n; {
		batch, err := remoting.Pull(ctx, b, q, next)
		if err != nil || batch.Min != 0 || batch.Max != n {
			t.Fatalf("pull at %d: %+v, %v", next, batch, err)
		}
		for _, m := range batch.Messages {
			if m.Offset != next || string(m.Body) != fmt.Sprintf("m%d", next) || !m.Intact || m.Properties["KEYS"] != "k1" || m.Topic != "t" || m.Queue != 2 {
				t.Errorf("message %d: %+v", next, m)
			}
			next++
		}
	}
	realRefusals(t, b, q)
}

// realRefusals pins what a broker says where there is nothing: the scan relies on each of these answers.
func realRefusals(t *testing.T, b remoting.Peer, q remoting.Queue) {
	ctx, absent := within(t, realBound), remoting.Queue{Topic: "absent"}
	var code *remoting.CodeError
	if _, err := remoting.Pull(ctx, b, q, 50); !errors.Is(err, remoting.ErrNotFound) {
		t.Errorf("pull at the end: %v", err)
	}
	if _, err := remoting.Pull(ctx, b, q, 99); !errors.As(err, &code) || code.Code != remoting.PullOffsetMoved {
		t.Errorf("pull beyond the end: %v", err)
	}
	if _, err := remoting.Pull(ctx, b, absent, 0); !errors.As(err, &code) || code.Code != remoting.TopicNotExist {
		t.Errorf("pull from an absent topic: %v", err)
	}
	if end, err := remoting.MaxOffset(ctx, b, absent); err != nil || end != 0 {
		t.Errorf("max offset of an absent topic: %d, %v", end, err)
	}
	if _, err := remoting.Send(ctx, b, remoting.Message{Topic: "absent", Group: "g", Body: []byte("x")}); !errors.As(err, &code) || !remoting.Refused(code.Code) {
		t.Errorf("send to an absent topic: %v", err)
	}
}

func eventually(t *testing.T, try func(context.Context) error) {
	t.Helper()
	ctx := within(t, realBound)
	for {
		one, stop := context.WithTimeout(ctx, 3*time.Second)
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

func realClient(t *testing.T) *remoting.Client {
	c := &remoting.Client{}
	t.Cleanup(c.Close)
	return c
}
