//go:build !agent

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/suites/lab"
)

func killed(victim, fault string, kills, restored int) lab.Killed {
	return lab.Killed{Victim: victim, Fault: fault, Kills: kills, Restored: restored}
}

func TestKillsAreSummedByVictim(t *testing.T) {
	var b strings.Builder
	err := writeKills(&b, []lab.Killed{killed("runner", "cut", 2, 2), killed("runner", "never", 0, 0), killed("helper", "cut", 1, 0), killed("helper", "lose", 3, 3)})
	var got []string
	for line := range strings.Lines(b.String()) {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	want := "KILLS RESTORED VICTIM FAULT|2 2 runner cut|1 0 helper cut|3 3 helper lose|6 5 any in all|4 3 helper in all|2 2 runner in all"
	if err != nil || strings.Join(got, "|") != want {
		t.Errorf("%v\n%s\nwant %s", err, strings.Join(got, "|"), want)
	}
}

func TestASelftestThatCannotBeMeantIsRefused(t *testing.T) {
	for _, args := range [][]string{{"--kills", "-1"}, {"--kills", "3", "--bite"}, {"--kills", "3", "--victim", "broker"}, {"--only", "("}, {"--only", "no such fault"}} {
		if code := run(t.Context(), append([]string{"selftest"}, args...)); code != exitUsage {
			t.Errorf("selftest %v: exit code %d, want %d", args, code, exitUsage)
		}
	}
}

func TestASelftestThatCouldNotLookHasFoundNothing(t *testing.T) {
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	found := errors.New("something was left")
	for _, c := range []struct {
		ctx    context.Context
		failed error
		want   int
	}{{t.Context(), found, exitViolated}, {interrupted, found, exitInconclusive}, {t.Context(), fmt.Errorf("%w: no engine", lab.ErrNotStanding), exitInconclusive}} {
		if got := failedCode(c.ctx, c.failed); got != c.want {
			t.Errorf("%v: exit code %d, want %d", c.failed, got, c.want)
		}
	}
}
