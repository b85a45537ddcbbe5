package rules

import (
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/promise"
)

// bug is a defect of releases that loses messages or takes a cluster down.
type bug struct {
	// id is the number of the project's issue, or a name for a defect without one.
	id          string
	severity    Severity
	title, harm string
	// first and last are the releases that have it; fixed is the first without it, "" when there is none yet.
	first, last, fixed string
	// hits says whether the group is affected; nil means that every group is.
	hits func(*model.Group) bool
	// role is the server that has it, a broker when it is left out.
	role keys.Server
	// leads says that only the broker that gives acknowledgements has it, and no slave.
	leads bool
	// loses and stops are those of the rule.
	loses []promise.Failure
	stops bool
	// workaround is a setting that avoids it.
	workaround string
	// source says where it is known from when it has no number.
	source string
	// shown is its name in the track record, where it is in there: a command shows it.
	shown string
	// on is the layout of the example, with what else has to change in it.
	on   string
	also []Change
}

// bugRules makes a rule of each defect.
func bugRules() []Rule {
	var all []Rule
	for _, table := range [][]bug{electedBugs, storeBugs, timedBugs, openBugs} {
		for _, b := range table {
			all = append(all, Rule{
				ID: "bug-" + b.id, Severity: b.severity, Title: b.title, Explain: b.explain(), Source: b.origin(),
				Example: b.example(), check: b.check,
			})
		}
	}
	return all
}

// origin is the issue or the measurement, and the command that shows it.
func (b bug) origin() string {
	from := "apache/rocketmq#" + b.id
	if b.source != "" {
		from = b.source
	}
	if b.shown != "" {
		from += "; rmqproof repro " + b.shown + " shows it"
	}
	return from
}

func (b bug) explain() string {
	text := fmt.Sprintf("Releases %s to %s: %s.", b.first, b.last, b.harm)
	if b.first == b.last {
		text = fmt.Sprintf("Release %s: %s.", b.first, b.harm)
	}
	if b.fixed == "" {
		return text + " Not repaired yet in a release known here."
	}
	return text + " Repaired in " + b.fixed + "."
}

func (b bug) fix() string {
	switch {
	case b.workaround != "" && b.fixed != "":
		return b.workaround + "\nor an image of " + b.fixed + " or later"
	case b.workaround != "":
		return b.workaround
	case b.fixed == "":
		return "none yet; follow the issue"
	}
	return "an image of " + b.fixed + " or later"
}

func (b bug) check(r *run) {
	first, _ := keys.ParseVersion(b.first)
	last, _ := keys.ParseVersion(b.last)
	sound := func(p *model.Process) bool { // what no release is known to repair is in later ones, too
		v := p.Version()
		return v.Known() && (v.Less(first) || last.Less(v) && b.fixed != "")
	}
	r.groups(func(g *model.Group) {
		servers := b.processes(g)
		if !slices.ContainsFunc(servers, func(p *model.Process) bool { return !sound(p) }) || b.hits != nil && (!g.Known() || !b.hits(g)) {
			return
		}
		for _, p := range servers {
			if !sound(p) {
				b.judge(r, p, last)
			}
		}
	})
}

// processes lists the servers of a group, or of its cluster, that can have the defect.
func (b bug) processes(g *model.Group) []*model.Process {
	switch b.role {
	case keys.NameServer:
		return g.Cluster.NameServers
	case keys.Controller:
		return g.Cluster.Controllers
	}
	var all []*model.Process
	for _, broker := range g.Brokers {
		if n := len(all); n > 0 && all[n-1] == broker.Process {
			continue // the pods of one StatefulSet
		}
		if !b.leads || broker.Role != model.Slave {
			all = append(all, broker.Process)
		}
	}
	return all
}

// judge reports a release that has the defect, and takes the promise back for one that may have it.
func (b bug) judge(r *run, p *model.Process, last keys.Version) {
	v := p.Version()
	if !v.Known() {
		message := fmt.Sprintf("The release of %s is not known, and in %s to %s %s", p.Container.Image.Reference, b.first, b.last, b.harm)
		loses := b.loses
		if b.stops {
			loses = promise.All()
		}
		r.doubt(p.Workload.Object.String(), message, loses, false)
		return
	}
	message := fmt.Sprintf("RocketMQ %s: %s.", v, b.harm)
	if last.Less(v) {
		message = fmt.Sprintf("RocketMQ %s, as far as is known: %s.", v, b.harm)
	}
	r.report(p.Workload.Object, p.Container.Value.Get("image").Pos(), b.fix(), "%s", message)
	r.doubt(p.Workload.Object.String(), message, b.loses, b.stops)
}

// newest is the release of the layouts.
const newest = "5.5.0"

// example changes the release of a sound layout to the last one that has the defect.
func (b bug) example() Example {
	e := Example{On: b.on, Also: b.also}
	if b.last == newest {
		e.Clean = "static"
		if b.role == keys.NameServer {
			e.Clean = "shared" // whose NameServers run a release that their digest does not tell
		}
	}
	image := "image: apache/rocketmq:5.5.0 # brokers"
	if b.on == "dledger" {
		image = "image: apache/rocketmq:5.5.0"
	}
	if b.role == keys.NameServer || b.role == keys.Controller {
		image = "image: apache/rocketmq:5.5.0 # names"
	}
	if b.last != newest {
		e.Sound, e.Broken = image, "image: apache/rocketmq:"+b.last
	}
	return e
}

func elected(g *model.Group) bool { return controlled(g) || raft(g) }

func controlled(g *model.Group) bool { mode, _ := g.Mode(); return mode == model.Controlled }

func raft(g *model.Group) bool { mode, _ := g.Mode(); return mode == model.DLedger }

// alone says whether an acknowledgement rests on the disk of one broker.
func alone(g *model.Group) bool {
	ack := g.Ack()
	return ack.Known && ack.Copies == 1 && g.Leader().SyncFlush() && g.Leader().Role != model.Slave
}

// leadsAgain says whether what the disk of the broker that acknowledged lacks is missed, although SYNC_FLUSH waited for it:
// there is no other copy, or nobody who makes its holder master.
func leadsAgain(g *model.Group) bool {
	mode, _ := g.Mode()
	return alone(g) || mode == model.Static && g.Ack().Known && g.Leader().SyncFlush() && g.Leader().Role != model.Slave
}

// on says whether the broker that leads has a switch on.
func on(key string) func(*model.Group) bool {
	return func(g *model.Group) bool { return g.Leader().Is(key) }
}

func jRaft(g *model.Group) bool {
	for _, p := range g.Cluster.Controllers {
		if kind, _ := p.Instances[0].Text("controllerType"); controlled(g) && (kind == "jRaft" || kind == "JRaft") {
			return true
		}
	}
	return false
}

// failovers are the failures after which another broker is elected.
func failovers() []promise.Failure {
	return []promise.Failure{promise.PodKilled, promise.NodeLost, promise.PowerOne, promise.VolumeLost, promise.DiskFailing, promise.GroupLost, promise.ZoneLost, promise.PowerAll}
}

// restarts are the failures after which a broker opens its store again.
func restarts() []promise.Failure {
	return []promise.Failure{promise.PodKilled, promise.NodeLost, promise.PowerOne, promise.GroupLost, promise.PowerAll}
}

// copiesGone are the failures that a second copy is for.
func copiesGone() []promise.Failure {
	return []promise.Failure{promise.NodeLost, promise.PowerOne, promise.VolumeLost, promise.DiskFailing, promise.ZoneLost}
}
