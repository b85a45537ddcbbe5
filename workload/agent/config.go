package agent

import (
	"cmp"
	"fmt"
	"regexp"
	"time"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/load"
	"github.com/rmqproof/rmqproof/workload/payload"
)

// Defaults of a run. 20 ms between probes is the resolution of outages; half a second is longer than any healthy answer
// on a slow machine, and short against an outage.
const (
	defaultWorkers       = 4
	defaultQueues        = 4
	defaultKeys          = 16
	defaultBodyBytes     = 256
	defaultProbeInterval = 20 * time.Millisecond
	defaultProbeDeadline = 500 * time.Millisecond
	maxRate              = 100_000
	maxWorkers           = 256
	maxBody              = 1 << 20
)

// name is what a file and a topic may be called.
var name = regexp.MustCompile(`^[A-Za-z0-9_-]{1,96}$`)

// complete fills in defaults and refuses what cannot run.
func complete(c agentapi.RunConfig) (agentapi.RunConfig, error) {
	c.Workers, c.Queues = cmp.Or(c.Workers, defaultWorkers), cmp.Or(c.Queues, defaultQueues)
	c.Keys, c.BodyBytes = cmp.Or(c.Keys, defaultKeys), cmp.Or(c.BodyBytes, defaultBodyBytes)
	c.ProbeInterval, c.ProbeDeadline = cmp.Or(c.ProbeInterval, defaultProbeInterval), cmp.Or(c.ProbeDeadline, defaultProbeDeadline)
	switch {
	case !name.MatchString(c.ID):
		return c, fmt.Errorf("run id %q: want 1 to 96 letters, digits, - or _", c.ID)
	case !name.MatchString(c.Topic):
		return c, fmt.Errorf("topic %q: want 1 to 96 letters, digits, - or _", c.Topic)
	case len(c.Groups) == 0:
		return c, fmt.Errorf("run %s names no broker group", c.ID)
	case c.Rate <= 0 || c.Rate > maxRate:
		return c, fmt.Errorf("rate %v: want more than 0 and at most %d messages a second", c.Rate, maxRate)
	case c.Workers < 0 || c.Workers > maxWorkers || c.Queues < 0 || c.Keys < 0 || c.BodyBytes < 0 || c.BodyBytes > maxBody:
		return c, fmt.Errorf("workers %d, queues %d, keys %d, body %d bytes: one is out of range", c.Workers, c.Queues, c.Keys, c.BodyBytes)
	case c.ProbeInterval < time.Millisecond || c.ProbeDeadline < c.ProbeInterval:
		return c, fmt.Errorf("probe each %s with deadline %s: want at least 1ms, and a deadline no shorter", c.ProbeInterval, c.ProbeDeadline)
	}
	return c, payload.CheckRun(c.ID)
}

func loadConfig(c agentapi.RunConfig) load.Config {
	return load.Config{
		ID: c.ID, Topic: c.Topic, Groups: c.Groups, Workers: c.Workers, Queues: c.Queues, Keys: c.Keys,
		Rate: c.Rate, BodyBytes: c.BodyBytes,
	}
}

// probeTopic is a group's own, created on no other group: a broker that has come to live at a stale address refuses
// what is not meant for it.
func probeTopic(c agentapi.RunConfig, group string) string { return c.Topic + "-probe-" + group }
