package scan

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// queueOf is what was found in one queue of a replica, as place:sequence, with what a message itself says of its place.
func queueOf(found []*history.Found, replica string, queue int32) string {
	var b strings.Builder
	for _, f := range found {
		if f.Replica != replica || f.Queue != queue {
			continue
		}
		fmt.Fprintf(&b, "%d:%d", f.Offset, f.Seq)
		if f.Misplaced {
			fmt.Fprintf(&b, "(%d)", f.Stored)
		}
		b.WriteString(" ")
	}
	return b.String()
}

const whole = "0:0 1:1 2:2 3:3 4:4 5:5 6:6 7:7 8:8 9:9 "

func TestEachAnomalyOfAnOffsetIsInTheRecords(t *testing.T) {
	for name, tc := range map[string]struct {
		change      func(*fakemq.Broker)
		found, scan string
	}{
		"none":     {func(*fakemq.Broker) {}, whole, "[0,10) true"},
		"holes":    {func(b *fakemq.Broker) { b.Holes = map[int64]bool{0: true, 4: true, 5: true} }, "1:1 2:2 3:3 6:6 7:7 8:8 9:9 ", "[0,10) true without [0 4 5]"},
		"hole end": {func(b *fakemq.Broker) { b.Holes = map[int64]bool{9: true} }, "0:0 1:1 2:2 3:3 4:4 5:5 6:6 7:7 8:8 ", "[0,10) true without [9]"},
		"repeat":   {func(b *fakemq.Broker) { b.Repeats = map[int64]bool{4: true} }, "0:0 1:1 2:2 3:3 4:3(3) 5:5 6:6 7:7 8:8 9:9 ", "[0,10) true"},
		"batches out of order": {
			func(b *fakemq.Broker) { b.Reversed = true },
			"0:2(2) 1:1 2:0(0) 3:5(5) 4:4 5:3(3) 6:8(8) 7:7 8:6(6) 9:9 ", "[0,10) true",
		},
		"one back in each batch": {func(b *fakemq.Broker) { b.SendsBack = 1 }, whole[:len(whole)-len("9:9 ")], "[0,10) false"},
		"back to where it was":   {func(b *fakemq.Broker) { b.SendsBack = 3 }, "", "[0,10) false"},
		"an end too low":         {func(b *fakemq.Broker) { b.Denied = 4 }, whole, "[0,10) true"},
	} {
		t.Run(name, func(t *testing.T) {
			within(t, 10, func(t *testing.T, c testCluster) {
				c.a.Set(tc.change)
				found, scans := scanned(t, c)
				if got := queueOf(found, "broker-a/0", 0); got != tc.found {
					t.Errorf("found %s, want %s", got, tc.found)
				}
				want(t, scans[:1], "broker-a/0 q0 "+tc.scan)
			})
		})
	}
}

// TestOffsetsThatWereGivenAway is RocketMQ's #6570: what is refused takes an offset with it, and every later message
// says that it lies behind where it lies.
func TestOffsetsThatWereGivenAway(t *testing.T) {
	within(t, 2, func(t *testing.T, c testCluster) {
		c.a.Set(func(b *fakemq.Broker) { b.GivesAway = true })
		v := c.scanner(t, nil).Cluster
		to := v.Client.To(c.a.Address())
		illegal := sent(70)
		illegal.Properties = map[string]string{"filler": strings.Repeat("x", 33_000)}
		if _, err := remoting.Send(t.Context(), to, illegal); err == nil || !strings.Contains(err.Error(), "MESSAGE_ILLEGAL") {
			t.Errorf("%v", err)
		}
		for seq := range uint64(5) {
			if s, err := remoting.Send(t.Context(), to, sent(80+seq)); err != nil || s.Offset != int64(seq)+3 {
				t.Errorf("acknowledged at %d, %v", s.Offset, err)
			}
		}
		found, scans := scanned(t, c)
		if got, want := queueOf(found, "broker-a/0", 0), "0:0 1:1 2:80(3) 3:81(4) 4:82(5) 5:83(6) 6:84(7) "; got != want {
			t.Errorf("found %s, want %s", got, want)
		}
		want(t, scans[:1], "broker-a/0 q0 [0,7) true")
	})
}

func TestSlavesAreReadFromTheirOwnLog(t *testing.T) {
	within(t, 10, func(t *testing.T, c testCluster) {
		c.a.Set(func(b *fakemq.Broker) { b.Repeats = map[int64]bool{4: true} }) // only the master's view of it
		slave := c.network.NewBroker(t, "broker-a", 1, c.ns)
		slave.Replicate(c.a)
		slave.Truncate("t", 1, 3)
		slave.Set(func(b *fakemq.Broker) { b.Holes = map[int64]bool{2: true} })
		found, scans := scanned(t, c)
		if got, want := queueOf(found, "broker-a/1", 0), strings.Replace(whole, "2:2 ", "", 1); got != want {
			t.Errorf("found %s, want %s", got, want)
		}
		want(t, scans[:4], "broker-a/0 q0 [0,10) true", "broker-a/0 q1 [0,10) true",
			"broker-a/1 q0 [0,10) true without [2]", "broker-a/1 q1 [0,7) true without [2]")
	})
}

func TestASlaveThatLacksOfItsMastersLogIsNotRead(t *testing.T) {
	within(t, 2, func(t *testing.T, c testCluster) {
		slave := c.network.NewBroker(t, "broker-a", 1, c.ns)
		slave.Replicate(c.a)
		c.a.Set(func(b *fakemq.Broker) { b.HA = `{"master":true,"masterCommitLogMaxOffset":1000}` })
		found, scans := scanned(t, c)
		want(t, scans[2:4], "broker-a/1 q0 [0,2) false", "broker-a/1 q1 [0,2) false")
		if got := queueOf(found, "broker-a/1", 0); got != "" {
			t.Errorf("found %s", got)
		}
	})
}

func TestAnElectedMasterIsScannedUnderTheControllersIDAndItsEpoch(t *testing.T) {
	within(t, 2, func(t *testing.T, c testCluster) {
		leader := c.network.NewController(t)
		config := map[string]string{"enableControllerMode": "true", "controllerAddr": leader.Address()}
		c.a.Set(func(b *fakemq.Broker) { b.Config, b.Epoch = config, 7 })
		old := c.network.NewBroker(t, "broker-a", 0) // it has not heard of its successor, and one NameServer neither
		old.Set(func(b *fakemq.Broker) { b.Config, b.Epoch = config, 6 })
		s := c.scanner(t, nil)
		if p, err := s.find(t.Context(), target{group: "broker-a"}); err == nil || !strings.Contains(err.Error(), "no controller says") {
			t.Errorf("no controller leads, and the master is taken for replica %s: %v", p.name, err)
		}
		time.Sleep(booksWithin)
		if p, err := s.find(t.Context(), target{group: "broker-a"}); err != nil || p.name != "broker-a/0" {
			t.Errorf("no controller leads for long, and the master is %q: %v", p.name, err)
		}
		s = c.scanner(t, nil)
		leader.Lead(leader, fmt.Sprintf(`{"broker-a":{"masterBrokerId":3,"masterAddress":%q,"masterEpoch":7,"inSyncReplicas":[{"brokerId":3,"brokerAddress":%q}]}}`,
			c.a.Address(), c.a.Address()))
		p, err := s.find(t.Context(), target{group: "broker-a"})
		if err != nil || p.Epoch != 7 || p.Address != c.a.Address() || p.name != "broker-a/3" {
			t.Errorf("%+v, %v", p, err)
		}
	})
}
