package agent

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/payload"
	"github.com/rmqproof/rmqproof/workload/traffic"
)

// Defaults of a run. 20 ms between probes is the resolution of outages; half a second is longer than any healthy answer
// on a slow machine, and short against an outage.
const (
	defaultRate          = 200
	defaultWorkers       = 4
	defaultQueues        = 4
	defaultKeys          = 16
	defaultBodyBytes     = 256
	defaultDelay         = 10 * time.Second
	defaultProbeInterval = 20 * time.Millisecond
	defaultProbeDeadline = 500 * time.Millisecond
	maxRate              = 100_000
	maxWorkers           = 256
	maxBody              = 1 << 20
	// maxDelay is what the end of a run can wait for, beside its drain.
	maxDelay = 30 * time.Second
)

// name is what a file and a topic may be called.
var name = regexp.MustCompile(`^[A-Za-z0-9_-]{1,96}$`)

// complete fills in defaults and refuses what cannot run.
func complete(c agentapi.RunConfig) (agentapi.RunConfig, error) {
	c.ProbeInterval, c.ProbeDeadline = cmp.Or(c.ProbeInterval, defaultProbeInterval), cmp.Or(c.ProbeDeadline, defaultProbeDeadline)
	switch {
	case !name.MatchString(c.ID):
		return c, fmt.Errorf("run id %q: want 1 to 96 letters, digits, - or _", c.ID)
	case len(c.Groups) == 0:
		return c, fmt.Errorf("run %s names no broker group", c.ID)
	case len(c.Traffics) == 0:
		return c, fmt.Errorf("run %s has no traffic", c.ID)
	case c.ProbeInterval < time.Millisecond || c.ProbeDeadline < c.ProbeInterval:
		return c, fmt.Errorf("probe each %s with deadline %s: want at least 1ms, and a deadline no shorter", c.ProbeInterval, c.ProbeDeadline)
	}
	c.Traffics = slices.Clone(c.Traffics)
	for i, t := range c.Traffics {
		t = withDefaults(t, c, i)
		err := check(t)
		if slices.ContainsFunc(c.Traffics[:i], func(o agentapi.Traffic) bool { return o.Topic == t.Topic }) {
			err = fmt.Errorf("topic %s is another traffic's too: want one each, since their messages are told apart by it", t.Topic)
		}
		if err != nil {
			return c, fmt.Errorf("traffic %d: %w", i, err)
		}
		c.Traffics[i] = t
	}
	return c, payload.CheckRun(c.ID)
}

func withDefaults(t agentapi.Traffic, c agentapi.RunConfig, i int) agentapi.Traffic {
	if t.Topic == "" {
		t.Topic = agentapi.TopicName(c.ID, i)
	}
	if len(t.Groups) == 0 {
		t.Groups = c.Groups
	}
	t.Kind = cmp.Or(t.Kind, agentapi.KindSteady)
	t.Rate = cmp.Or(t.Rate, defaultRate)
	t.Workers, t.Queues = cmp.Or(t.Workers, defaultWorkers), cmp.Or(t.Queues, defaultQueues)
	t.Keys, t.BodyBytes = cmp.Or(t.Keys, defaultKeys), cmp.Or(t.BodyBytes, defaultBodyBytes)
	t.Delay, t.Consumer = cmp.Or(t.Delay, defaultDelay), t.Consumer || t.Later()
	return t
}

// ways are how a message may be made illegal.
var ways = []string{agentapi.RefusedBySize, agentapi.RefusedByProperties, agentapi.RefusedByDelay}

func check(t agentapi.Traffic) error {
	switch {
	case !name.MatchString(t.Topic):
		return fmt.Errorf("topic %q: want 1 to 96 letters, digits, - or _", t.Topic)
	case t.Rate < 0 || t.Rate > maxRate:
		return fmt.Errorf("rate %v: want more than 0 and at most %d messages a second", t.Rate, maxRate)
	case t.Workers < 0 || t.Workers > maxWorkers || t.Queues < 0 || t.Keys < 0 || t.BodyBytes < 0 || t.BodyBytes > maxBody:
		return fmt.Errorf("workers %d, queues %d, keys %d, body %d bytes: one is out of range", t.Workers, t.Queues, t.Keys, t.BodyBytes)
	case t.Delay < time.Second || t.Delay > maxDelay:
		return fmt.Errorf("a delay of up to %s: want 1s to %s, for the end of a run waits for the last message", t.Delay, maxDelay)
	case t.Refused < 0:
		return fmt.Errorf("one message in %d is to be refused: want 0 for none, or more", t.Refused)
	}
	for _, way := range t.RefusedBy {
		if !slices.Contains(ways, way) {
			return fmt.Errorf("no message is refused by %q; there are: %s", way, strings.Join(ways, ", "))
		}
	}
	return traffic.Known(t.Kind)
}

// probeTopic is a group's own, created on no other group: a broker that has come to live at a stale address refuses
// what is not meant for it.
func probeTopic(c agentapi.RunConfig, group string) string {
	return "rmqproof-" + c.ID + "-probe-" + group
}
