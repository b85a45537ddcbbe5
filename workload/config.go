package workload

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

const (
	// longestName leaves room in a topic's 127 letters for what is put around it.
	longestName = 50
	// oneIn messages of an ordinary traffic is sent to be refused.
	oneIn = 2000
)

// config is what the agent is asked for.
func (l *Load) config(run string, reported agentapi.Reported) (agentapi.RunConfig, error) {
	c := agentapi.RunConfig{
		ID: agentRun(run, time.Now()), Seed: l.Seed, Groups: l.Groups, Traffics: slices.Clone(l.Traffics),
		ProbeInterval: l.ProbeInterval, ProbeDeadline: l.ProbeDeadline, NoProbe: l.NoProbe,
	}
	if len(c.Groups) == 0 {
		c.Groups = groupsWithMaster(reported)
	}
	if len(c.Groups) == 0 {
		return c, errors.New("no master answers: there is nothing to send to")
	}
	if len(c.Traffics) == 0 {
		c.Traffics = []agentapi.Traffic{{}}
	}
	for i := range c.Traffics {
		c.Traffics[i] = refusals(c.Traffics[i], reported)
		c.Traffics[i].Consumer = c.Traffics[i].Consumer || c.Traffics[i].Later()
	}
	return c, nil
}

// refusals settles how many messages of a traffic are sent to be refused, and in which ways: brokers that give an offset
// away before they refuse are spared what makes them do it, unless the traffic asks for it.
func refusals(t agentapi.Traffic, reported agentapi.Reported) agentapi.Traffic {
	if t.Refused == 0 {
		t.Refused = oneIn
	}
	if t.Refused < 0 {
		t.Refused = 0
	}
	if len(t.RefusedBy) == 0 {
		t.RefusedBy = []string{agentapi.RefusedByDelay}
		if !slices.ContainsFunc(reported.Brokers, givesOffsetsAway) {
			t.RefusedBy = append(t.RefusedBy, agentapi.RefusedBySize, agentapi.RefusedByProperties)
		}
	}
	return t
}

// givesOffsetsAway tells whether a broker has bug #6570, which 5.1.1 mended. One that did not say its version may have it.
func givesOffsetsAway(b agentapi.Broker) bool {
	return b.Version == "" || b.Version == "V5_1_0" || strings.HasPrefix(b.Version, "V5_0_")
}

func groupsWithMaster(reported agentapi.Reported) []string {
	var groups []string
	for _, b := range reported.Brokers {
		if b.Role == agentapi.RoleMaster && b.Error == "" {
			groups = append(groups, b.Group)
		}
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

// agentRun names the run to the agent, which may remember runs of the same name: letters, digits and dashes, and the time.
func agentRun(id string, now time.Time) string {
	clean := strings.Map(func(r rune) rune {
		if r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return '-'
	}, id)
	return clean[:min(len(clean), longestName)] + "-" + strconv.FormatInt(now.UnixMilli(), 36)
}

// announce writes into the run's first line what the load means to show, so that what is missing later is missed.
func announce(run *history.Run, c agentapi.RunConfig, reported agentapi.Reported) {
	run.Seed, run.Brokers = c.Seed, slices.Clone(c.Groups)
	if !c.NoProbe {
		run.Probes = slices.Clone(c.Groups)
	}
	for i, t := range c.Traffics {
		if t.Consumer {
			run.Groups = append(run.Groups, agentapi.ConsumerGroup(c.ID, i))
			run.Consumes = append(run.Consumes, cmp.Or(t.Topic, agentapi.TopicName(c.ID, i)))
		}
	}
	for _, b := range reported.Brokers {
		if id, stays := replicaID(b, reported); stays && slices.Contains(c.Groups, b.Group) {
			run.Replicas = append(run.Replicas, fmt.Sprintf("%s/%d", b.Group, id))
		}
	}
}

// replicaID tells whether the id will be the broker's also when another master is elected: only then it can be announced.
func replicaID(b agentapi.Broker, reported agentapi.Reported) (id int64, stays bool) {
	id = agentapi.ReplicaID(b, reported.Controllers)
	master := slices.IndexFunc(reported.Brokers, func(m agentapi.Broker) bool { return m.Group == b.Group && m.Role == agentapi.RoleMaster })
	elected := b.Config["enableControllerMode"] == "true" || b.Config["enableDLegerCommitLog"] == "true"
	return id, !elected || master >= 0 && agentapi.ReplicaID(reported.Brokers[master], reported.Controllers) > 0
}
