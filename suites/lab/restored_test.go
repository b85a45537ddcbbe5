package lab

import (
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify"
)

var runBegan = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// source is a run that sent one message a second to one queue; each was acknowledged at once.
func source(n int) history.Slice {
	all := history.Slice{&history.Run{Version: history.Version, ID: "drill", Started: runBegan, Brokers: []string{"broker-a"}, Replicas: []string{"broker-a/0", "broker-a/1"}, Faults: []string{"x"}}}
	for i := range n {
		at := time.Duration(i) * time.Second
		all = append(all, &history.Send{Seq: uint64(i), Topic: "rmqproof-drill-k3-0", Intended: at, Start: at, End: at, Outcome: history.OK, Status: "SEND_OK", Broker: "broker-a", Offset: int64(i)})
	}
	return append(all, &history.Scan{Replica: "broker-a/0", Topic: "rmqproof-drill-k3-0", Broker: "broker-a", Max: int64(n), Complete: true, Master: true, End: time.Minute})
}

// derive is a restoration at 5.5 s that has the first messages.
func derive(t *testing.T, has int, group string) (d derived, made history.Slice) {
	t.Helper()
	d = derived{name: "drill-restored", moment: runBegan.Add(5500 * time.Millisecond), into: func(r history.Record) error { made = append(made, r); return nil }}
	if err := d.sends(source(10)); err != nil {
		t.Fatal(err)
	}
	at := d.at()
	for _, r := range []history.Record{
		&history.State{At: at, Broker: "broker-a", Address: "m:1", What: "look"}, &history.State{At: at, Broker: "broker-a", Address: "m:1", What: "progress", Name: "t@g/0", Value: "4"},
		&history.Span{Name: restoration, Phase: history.Fault, Start: at, Decided: at, Injected: at + 1e6, ConfirmedAt: at + 1e6, Healing: at + 1e6, Healed: at + 1e6, End: at + 1e6, Confirmed: true},
		&history.State{At: 2 * time.Minute, Broker: "broker-a", Address: "r:1", What: "look"}, &history.State{At: 2 * time.Minute, Broker: "broker-a", Address: "r:1", What: "progress", Name: "t@g/0", Value: group},
	} {
		if err := d.found(r); err != nil {
			t.Fatal(err)
		}
	}
	for i := range has {
		if err := d.found(&history.Found{Replica: "broker-a/0", Topic: "rmqproof-drill-k3-0", Broker: "broker-a", Offset: int64(i), Seq: uint64(i), Intact: true}); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.found(&history.Scan{Replica: "broker-a/0", Topic: "rmqproof-drill-k3-0", Broker: "broker-a", Max: int64(has), Complete: true, Master: true, End: 3 * time.Minute}); err != nil {
		t.Fatal(err)
	}
	return d, made
}

// TestARestorationIsHeldToItsMoment: six messages were acknowledged before it. What came later may be there or not.
func TestARestorationIsHeldToItsMoment(t *testing.T) {
	for _, c := range []struct {
		has   int
		group string
		want  verify.Verdict
		by    string
	}{
		{has: 6, group: "4", want: verify.Valid}, {has: 8, group: "9", want: verify.Valid},
		{has: 5, group: "4", want: verify.Violated, by: "no-acked-loss"}, {has: 8, group: "3", want: verify.Violated, by: "metadata-kept"},
	} {
		_, made := derive(t, c.has, c.group)
		r, err := verify.Judge(made, verify.Options{})
		if err != nil || r.Verdict != c.want {
			t.Errorf("%d messages, progress %s: %s, %v\n%s", c.has, c.group, r.Verdict, err, r.Text())
		}
		if j, _ := r.Claim(c.by); c.by != "" && j.Verdict != verify.Violated {
			t.Errorf("%d messages, progress %s: %s is %s", c.has, c.group, c.by, j.Verdict)
		}
	}
}

func TestTheRecoveryPointIsStated(t *testing.T) {
	d, _ := derive(t, 8, "4")
	want := "2026-01-02T03:04:10.5Z, the backup's moment; of 4 messages acknowledged later 2 are there as well, the newest acknowledged 1.5s after it; the first that is not was acknowledged 2.5s after it"
	if got := d.reach(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if ask := d.ask(); ask.Run != "drill-k3" || ask.Queues != 1 || len(ask.Topics) != 1 || !ask.Zero.Equal(runBegan) {
		t.Errorf("%+v", ask)
	}
}

func TestARunWithoutAScanSaysNothingOfARestoration(t *testing.T) {
	d := derived{into: func(history.Record) error { return nil }}
	if err := d.sends(history.Slice{&history.Run{Version: history.Version}}); err == nil || !strings.Contains(err.Error(), "no scan") {
		t.Errorf("%v", err)
	}
}
