package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/change"
	"github.com/rmqproof/rmqproof/chaos/compound"
	"github.com/rmqproof/rmqproof/chaos/nodes"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/chaos/process"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// longer are faults that last, or that come upon one another.
func longer() []scenario.Scenario {
	return []scenario.Scenario{
		full("sigkill-group", "A master's and its slave's processes are killed at once", "process", process.Kill{Target: chaos.Masters.One().AndSlave()}),
		noNameServers(), staleRoutes(), drainEveryWorker(), zombie(), powerCut(),
	}
}

// noNameServers: brokers and clients keep what they know, so nothing is out; what comes new within that time finds no route.
func noNameServers() scenario.Scenario {
	s := full("nameservers-gone", "Every NameServer is gone for two minutes", "nameserver", change.ScaleToZero{Target: chaos.NameServers.One()})
	s.Takes, s.Steps[0].Hold = 200*time.Second, 2*time.Minute
	return s
}

// staleRoutes: who was frozen while a master went away and came back answers with what it knew before. Whoever asks it is
// sent to an address that nobody has, until the broker's next registration, 30 s later at most.
func staleRoutes() scenario.Scenario {
	s := full("stale-routes", "A NameServer is frozen while a master's pod is replaced, goes on, and answers with the old route", "nameserver",
		process.Stop{Target: chaos.NameServers.One()})
	s.Takes, s.Steps[0].Hold = 120*time.Second, 40*time.Second
	s.Steps[0].With = []scenario.Step{{After: 8 * time.Second, Hold: time.Second, Fault: pods.Kill{Target: chaos.Masters.One()}}}
	return s
}

// drainEveryWorker: a volume that is tied to its node keeps its group out until the node is uncordoned. Three drains, each
// with a restart behind it.
func drainEveryWorker() scenario.Scenario {
	drain := func(t chaos.Target) compound.Step {
		return compound.Step{Fault: nodes.Drain{Target: t}, Hold: 2 * time.Second, Pause: 30 * time.Second}
	}
	s := full("drain-every-worker", "Each worker is drained in turn, and takes pods again", "node",
		compound.Sequence{drain(chaos.Masters.One().In("broker-a")), drain(chaos.Masters.One().In("broker-b")), drain(chaos.Slaves.One())})
	s.Takes = 240 * time.Second
	s.Claims = kept(claims.GroupsResumeWithin(restarts).CountedFromHealed(), claims.ResumesWithin(restarts).CountedFromHealed(),
		claims.OutageAtMost(3*restart, 2*3*restart))
	return s
}

// zombie: RocketMQ waits for nothing longer than 120 s (a NameServer for a silent broker), Kubernetes here for 40 s (a node). A
// process alone cannot be frozen for so long: the kubelet restarts it after a minute.
func zombie() scenario.Scenario {
	s := outage("zombie-master", "The node of a master hangs for longer than every time-out, and goes on with what it knew", nodes.Freeze{Target: chaos.Masters.One()})
	s.Takes, s.Steps[0].Hold = 300*time.Second, 130*time.Second
	s.Claims = kept(claims.GroupsResumeWithin(restarts).CountedFromHealed(), claims.ResumesWithin(restarts).CountedFromHealed(),
		claims.OutageAtMost(3*restarts, 3*restarts))
	return s
}

// zombieElected: controllers elect another master after 10 s without a heartbeat, and the kubelet restarts a frozen process
// after a minute; between the two the old master comes back.
func zombieElected(v Versions) scenario.Scenario {
	s := mode("controller-zombie-master", "The elected master is frozen until another one is elected, and goes on",
		topology.Spec{Overlay: "controller", Version: v.To}, process.Stop{Target: chaos.Masters.One()})
	s.Labels, s.Steps[0].Hold, s.Takes = []string{"mode", "process", Full}, 35*time.Second, 120*time.Second
	return s
}

// powerCut: every server starts anew at once, on two cores; each needs the NameServers first. The machine that carries the
// control plane and the load stays on.
func powerCut() scenario.Scenario {
	halt := func(t chaos.Target) chaos.Fault { return nodes.Halt{Target: t} }
	s := outage("power-off-all", "The power of every worker is cut at once, and comes back",
		compound.Together{halt(chaos.Masters.One().In("broker-a")), halt(chaos.Masters.One().In("broker-b")), halt(chaos.Slaves.One())})
	s.Takes = 300 * time.Second
	s.Budget = scenario.Budget{Confirm: 2 * time.Minute, Heal: 6 * time.Minute, Healthy: 5 * time.Minute}
	s.Claims = kept(claims.GroupsResumeWithin(2*restarts).CountedFromHealed(), claims.ResumesWithin(2*restarts).CountedFromHealed(),
		claims.OutageAtMost(4*restarts, 4*restarts))
	return s
}

// withKill: the second group's master is killed while the slaves are upgraded, and is back before its own turn comes.
func withKill(s scenario.Scenario, v Versions) scenario.Scenario {
	s.Name, s.Title, s.Labels = "upgrade-with-kill", "A master's process is killed in the middle of the upgrade to "+v.To, []string{"upgrade", "process", Full}
	s.Takes = 240 * time.Second
	s.Steps = []scenario.Step{{Fault: s.Steps[0].Fault, With: []scenario.Step{
		{After: 80 * time.Second, Hold: time.Second, Fault: process.Kill{Target: chaos.Masters.One().In("broker-b")}},
	}}}
	return s
}
