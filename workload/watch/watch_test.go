package watch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// reported is a group of two as servers report it.
func reported(master, slave string, epoch int64) agentapi.Reported {
	return agentapi.Reported{
		NameServers: []agentapi.NameServer{{Host: "ns", Table: []agentapi.Registration{{Group: "a", ID: 0, Address: master}, {Group: "a", ID: 2, Address: slave}}}},
		Brokers: []agentapi.Broker{
			{Group: "a", ID: 0, Address: master, Role: agentapi.RoleMaster, Epoch: epoch, InSync: true, Writable: true},
			{Group: "a", ID: 2, Address: slave, Role: agentapi.RoleSlave, Epoch: epoch, InSync: true},
		},
		Controllers: []agentapi.Controller{{Host: "ctl", Leader: true, Groups: []agentapi.SyncStateSet{{
			Group: "a", MasterAddress: master, MasterEpoch: epoch, InSync: []agentapi.Replica{{ID: 1, Address: master}}, NotInSync: []agentapi.Replica{{ID: 2, Address: slave}},
		}}}},
	}
}

// watched gives what is recorded of a sequence of reports, one each second.
func watched(t *testing.T, reports ...agentapi.Reported) (lines []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		zero := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		w := Watcher{
			Report: func(context.Context) agentapi.Reported {
				if len(reports) == 0 {
					cancel()
					return agentapi.Reported{}
				}
				defer func() { reports = reports[1:] }()
				return reports[0]
			},
			Since: func() time.Duration { return time.Since(zero) },
			Record: func(r history.Record) error {
				c := r.(*history.Change)
				line := fmt.Sprintf("%s: %s/%d at %s %s epoch %d", c.By, c.Broker, c.ID, c.Address, c.Role, c.Epoch)
				if c.InSync {
					line += " in sync"
				}
				if c.Writable {
					line += " writable"
				}
				if c.Since > 0 {
					line += fmt.Sprintf(" since %s", c.Since)
				}
				lines = append(lines, fmt.Sprintf("%s %s", c.At, line))
				return nil
			},
		}
		if err := w.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	return lines
}

func has(t *testing.T, lines []string, want ...string) {
	t.Helper()
	all := "\n" + strings.Join(lines, "\n") + "\n"
	for _, w := range want {
		if !strings.Contains(all, "\n"+w+"\n") {
			t.Errorf("nothing says %q:%s", w, all)
		}
	}
}

func TestOnlyChangesAreRecordedAndUntilWhenAMasterWasHeard(t *testing.T) {
	quiet := reported("m:1", "s:1", 3)
	lines := watched(t, quiet, quiet, quiet)
	has(t, lines, "0s ns: a/0 at m:1 master epoch 0", "0s ns: a/2 at s:1 slave epoch 0", "0s m:1: a/0 at m:1 master epoch 3 in sync writable",
		"0s s:1: a/2 at s:1 slave epoch 3 in sync", "0s ctl: a/1 at m:1 master epoch 3 in sync", "0s ctl: a/2 at s:1 slave epoch 0")
	has(t, lines, "2s m:1: a/0 at m:1 master epoch 3 in sync writable since 1ns")
	if len(lines) != 7 {
		t.Errorf("%d lines: %v", len(lines), lines)
	}
}

func TestAnElectionIsSeenInEverybodysWords(t *testing.T) {
	during := reported("m:1", "s:1", 3)
	during.Brokers[0] = agentapi.Broker{Group: "a", ID: 0, Address: "m:1", Role: agentapi.RoleMaster, Error: "connection refused"}
	after := reported("s:1", "m:1", 4)
	after.Brokers = after.Brokers[:1]
	after.NameServers[0].Table = after.NameServers[0].Table[:1]
	lines := watched(t, reported("m:1", "s:1", 3), during, after)
	has(t, lines, "1s m:1: a/0 at m:1 gone epoch 0", "2s s:1: a/0 at s:1 master epoch 4 in sync writable", "2s ns: a/0 at m:1 gone epoch 0",
		"2s ctl: a/1 at s:1 master epoch 4 in sync")
}

func TestWhoDoesNotAnswerHasSaidNothing(t *testing.T) {
	silent := reported("m:1", "s:1", 3)
	silent.NameServers = []agentapi.NameServer{{Host: "ns", Error: "no answer"}}
	silent.Controllers[0] = agentapi.Controller{Host: "ctl", Error: "no answer"}
	if lines := watched(t, reported("m:1", "s:1", 3), silent); len(lines) != 7 {
		t.Errorf("%v", lines)
	}
}

func TestAWatchThatCannotBeRecordedFails(t *testing.T) {
	full := errors.New("no space left")
	w := Watcher{
		Report: func(context.Context) agentapi.Reported { return reported("m:1", "s:1", 3) },
		Since:  func() time.Duration { return 0 }, Record: func(history.Record) error { return full },
	}
	if err := w.Run(t.Context()); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}
