package remoting_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// bench runs a test on a network and with a clock of its own.
func bench(t *testing.T, test func(*testing.T, *fakemq.Network, *remoting.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := &fakemq.Network{}
		c := &remoting.Client{Dialer: n.Dial}
		t.Cleanup(c.Close)
		test(t, n, c)
	})
}

func send(ctx context.Context, p remoting.Peer, topic string) (remoting.Sent, error) {
	return remoting.Send(ctx, p, remoting.Message{Topic: topic, Body: []byte("x"), Group: "g", Properties: map[string]string{"KEYS": "k"}})
}

func TestSendAndPull(t *testing.T) {
	bench(t, func(t *testing.T, n *fakemq.Network, c *remoting.Client) {
		b := n.NewBroker(t, "broker-a", 0)
		b.CreateTopic("t", 1)
		p, ctx := c.To(b.Address()), within(t, 5*time.Second)
		for want := range int64(5) {
			sent, err := send(ctx, p, "t")
			if err != nil || sent.Offset != want || sent.Code != remoting.Success {
				t.Fatalf("send %d: %+v, %v", want, sent, err)
			}
		}
		q := remoting.Queue{Topic: "t"}
		batch, err := remoting.Pull(ctx, p, q, 3)
		if err != nil || len(batch.Messages) != 2 || batch.Messages[0].Offset != 3 || batch.Next != 5 || batch.Messages[0].Properties["KEYS"] != "k" {
			t.Errorf("pull: %+v, %v", batch, err)
		}
		if end, err := remoting.Pull(ctx, p, q, 5); !errors.Is(err, remoting.ErrNotFound) || end.Next != 5 {
			t.Errorf("pull at the end: %+v, %v", end, err)
		}
		if _, err := remoting.Pull(ctx, p, remoting.Queue{Topic: "absent"}, 0); errors.Is(err, remoting.ErrNotFound) || err == nil {
			t.Errorf("pull from an absent topic: %v", err)
		}
	})
}

func TestRequestsArePipelinedOnOneConnection(t *testing.T) {
	bench(t, func(t *testing.T, n *fakemq.Network, c *remoting.Client) {
		b := n.NewBroker(t, "broker-a", 0)
		b.CreateTopic("t", 1)
		b.Delay(100 * time.Millisecond)
		began := time.Now()
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if _, err := send(within(t, 5*time.Second), c.To(b.Address()), "t"); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if took := time.Since(began); took != 100*time.Millisecond {
			t.Errorf("50 requests of 100ms took %s", took)
		}
		if n := b.Connections(); n != 1 {
			t.Errorf("%d connections", n)
		}
	})
}

func TestASilentPeerCostsItsOwnCallersTheirDeadlineOnly(t *testing.T) {
	bench(t, func(t *testing.T, n *fakemq.Network, c *remoting.Client) {
		silent, lively := n.NewBroker(t, "broker-a", 0), n.NewBroker(t, "broker-b", 0)
		lively.CreateTopic("t", 1)
		silent.Silent(true)
		began := time.Now()
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				_, err := send(within(t, 300*time.Millisecond), c.To(silent.Address()), "t")
				if outcome, status := remoting.Judge(remoting.Sent{}, err); outcome != history.Unknown || status != remoting.StatusTimeout {
					t.Errorf("silent peer: %s, %v", status, err)
				}
				if took := time.Since(began); took != 300*time.Millisecond {
					t.Errorf("a deadline of 300ms took %s", took)
				}
			})
		}
		if _, err := send(within(t, 5*time.Second), c.To(lively.Address()), "t"); err != nil || time.Since(began) != 0 {
			t.Errorf("the lively peer was waited for %s: %v", time.Since(began), err)
		}
		all.Wait()
	})
}

func TestAHalfOpenConnectionIsReplaced(t *testing.T) {
	bench(t, func(t *testing.T, n *fakemq.Network, c *remoting.Client) {
		b := n.NewBroker(t, "broker-a", 0)
		b.CreateTopic("t", 1)
		p := c.To(b.Address())
		if _, err := send(within(t, time.Second), p, "t"); err != nil {
			t.Fatal(err)
		}
		b.Silent(true)
		if _, err := send(within(t, 100*time.Millisecond), p, "t"); err == nil {
			t.Fatal("a silent peer answered")
		}
		b.Silent(false)
		if _, err := send(within(t, time.Second), p, "t"); err != nil {
			t.Errorf("after it came back: %v", err)
		}
		if n := b.Connections(); n != 2 {
			t.Errorf("%d connections, want the old one and a new one", n)
		}
	})
}

func TestADialThatHangsHoldsNoOther(t *testing.T) {
	bench(t, func(t *testing.T, n *fakemq.Network, c *remoting.Client) {
		b := n.NewBroker(t, "broker-a", 0)
		b.CreateTopic("t", 1)
		c.Dialer = func(ctx context.Context, address string) (net.Conn, error) {
			if address == b.Address() {
				return n.Dial(ctx, address)
			}
			<-ctx.Done() // no handshake is answered
			return nil, ctx.Err()
		}
		done := make(chan error, 1)
		go func() {
			_, err := send(within(t, 400*time.Millisecond), c.To("10.9.9.9:1"), "t")
			done <- err
		}()
		began := time.Now()
		synctest.Wait()
		if _, err := send(within(t, 2*time.Second), c.To(b.Address()), "t"); err != nil || time.Since(began) != 0 {
			t.Errorf("another address was waited for %s: %v", time.Since(began), err)
		}
		err := <-done
		if outcome, status := remoting.Judge(remoting.Sent{}, err); outcome != history.Failed {
			t.Errorf("a message for which there was no connection: %v %s, %v", outcome, status, err)
		}
		time.Sleep(2 * time.Second) // the attempt to connect outlives the call
	})
}

func TestAKilledPeerIsReachedAgain(t *testing.T) {
	bench(t, func(t *testing.T, n *fakemq.Network, c *remoting.Client) {
		b := n.NewBroker(t, "broker-a", 0)
		b.CreateTopic("t", 1)
		p := c.To(b.Address())
		if _, err := send(within(t, time.Second), p, "t"); err != nil {
			t.Fatal(err)
		}
		b.Close()
		synctest.Wait()
		_, err := send(within(t, time.Second), p, "t")
		if outcome, status := remoting.Judge(remoting.Sent{}, err); outcome != history.Failed || status != remoting.StatusNoConnect {
			t.Errorf("refused connection: %v %s, %v", outcome, status, err)
		}
		b.Listen()
		if _, err := send(within(t, time.Second), p, "t"); err != nil {
			t.Errorf("after the restart: %v", err)
		}
	})
}

func TestJudge(t *testing.T) {
	for _, tc := range []struct {
		name    string
		sent    remoting.Sent
		err     error
		outcome history.Outcome
		status  string
	}{
		{"ok", remoting.Sent{}, nil, history.OK, "SEND_OK"},
		{"flush disk", remoting.Sent{Code: remoting.FlushDiskTimeout}, nil, history.Unknown, "FLUSH_DISK_TIMEOUT"},
		{"flush slave", remoting.Sent{Code: remoting.FlushSlaveTimeout}, nil, history.Unknown, "FLUSH_SLAVE_TIMEOUT"},
		{"no slave", remoting.Sent{Code: remoting.SlaveNotAvailable}, nil, history.Unknown, "SLAVE_NOT_AVAILABLE"},
		{"system error", remoting.Sent{}, &remoting.CodeError{Code: 1}, history.Unknown, "SYSTEM_ERROR"},
		{"busy", remoting.Sent{}, &remoting.CodeError{Code: 2}, history.Unknown, "SYSTEM_BUSY"},
		{"unavailable", remoting.Sent{}, &remoting.CodeError{Code: 14}, history.Failed, "SERVICE_NOT_AVAILABLE"},
		{"permission", remoting.Sent{}, &remoting.CodeError{Code: 16}, history.Failed, "NO_PERMISSION"},
		{"no topic", remoting.Sent{}, &remoting.CodeError{Code: 17}, history.Failed, "TOPIC_NOT_EXIST"},
		{"illegal", remoting.Sent{}, &remoting.CodeError{Code: 13}, history.Failed, "MESSAGE_ILLEGAL"},
		{"a new code", remoting.Sent{}, &remoting.CodeError{Code: 777}, history.Unknown, "CODE_777"},
		{"not sent", remoting.Sent{}, &remoting.NotSentError{Err: errors.New("x")}, history.Failed, "NOT_CONNECTED"},
		{"time-out", remoting.Sent{}, context.DeadlineExceeded, history.Unknown, "TIMEOUT"},
		{"reset", remoting.Sent{}, errors.New("reset"), history.Unknown, "CONNECTION_FAILED"},
	} {
		if outcome, status := remoting.Judge(tc.sent, tc.err); outcome != tc.outcome || status != tc.status {
			t.Errorf("%s: %v %s, want %v %s", tc.name, outcome, status, tc.outcome, tc.status)
		}
	}
}
