package catalog

import (
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/change"
	"github.com/rmqproof/rmqproof/chaos/compound"
	"github.com/rmqproof/rmqproof/chaos/network"
	"github.com/rmqproof/rmqproof/chaos/nodes"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/chaos/process"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// Full is the label of what an ordinary run leaves out: one of each further kind of fault.
const Full = "full"

// fullScenarios are one of each further kind of fault.
func fullScenarios(v Versions) []scenario.Scenario {
	return slices.Concat(morePods(), processes(), networks(), slowNetworks(), resources(), changes(v), moreNodes(), compounds(), longer(), clocks(), split(), wrongNames())
}

// full is a scenario on the fixed masters, whose fault holds for 10 s.
func full(name, title, label string, f chaos.Fault) scenario.Scenario {
	return scenario.Scenario{
		Name: name, Title: title, Labels: []string{label, Full},
		On: static, Load: steady, Takes: 60 * time.Second,
		Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: f}},
		Claims: kept(serves(restarts)...),
	}
}

func morePods() []scenario.Scenario {
	return []scenario.Scenario{
		full("evict-master", "A master's pod is evicted, disruption budgets respected", "pod", pods.Evict{Target: chaos.Masters.One()}),
		full("kill-master-twice", "A master's pod is deleted by force, and its successor while it starts", "pod", pods.Again{Target: chaos.Masters.One(), Times: 2}),
		full("roll-nameservers", "The NameServers are restarted one after another", "pod", pods.Roll{Target: chaos.NameServers.All()}),
		full("scale-master-to-zero", "A master's StatefulSet is scaled to zero and back", "change", change.ScaleToZero{Target: chaos.Masters.One()}),
	}
}

func processes() []scenario.Scenario {
	master := chaos.Masters.One()
	return []scenario.Scenario{
		full("sigkill-master", "A master's process is killed without a word; its pod stays", "process", process.Kill{Target: master}),
		full("sigterm-master", "A master's process is ended in order; its pod stays", "process", process.Terminate{Target: master}),
		full("sigstop-master", "A master's process is frozen; its port still accepts connections", "process", process.Stop{Target: master}),
		full("crash-master-twice", "A master's process is killed, and once more while it recovers", "process", process.Crash{Target: master, Times: 2}),
	}
}

func networks() []scenario.Scenario {
	return []scenario.Scenario{
		full("cut-replication", "No packet passes between a master and its slave", "network", network.Cut{Target: chaos.Masters.One(), Off: network.Peers}),
		full("cut-nameservers", "No packet passes between a master and the NameServers", "network", network.Cut{Target: chaos.Masters.One(), Off: network.NameServers}),
		full("cut-names", "A master reaches no DNS", "network", network.Cut{Target: chaos.Masters.One(), Off: network.Names}),
		full("lose-replication", "30 % of the packets between a master and its slave are lost", "network",
			network.Lose{Target: chaos.Masters.One(), Off: network.Peers, Percent: 30}),
	}
}

func moreNodes() []scenario.Scenario {
	taint := full("taint-node", "The node that holds a master is tainted NoExecute: its pods go at once, past disruption budgets", "node",
		nodes.Taint{Target: chaos.Masters.One()})
	kubelet := full("stop-kubelet", "The kubelet on a master's node is stopped; containers go on", "node", nodes.StopKubelet{Target: chaos.Masters.One()})
	halt := outage("power-off-node", "The power of the node that holds a master is cut, and comes back", nodes.Halt{Target: chaos.Masters.One()})
	freeze := outage("freeze-node", "The node that holds a master hangs, and goes on", nodes.Freeze{Target: chaos.Masters.One()})
	reboot := outage("reboot-node", "The node that holds a master reboots", nodes.Reboot{Target: chaos.Masters.One()})
	lostNode := outage("out-of-service-node", "The node that holds a master is off and declared lost: its pods are forgotten, and come back with it",
		nodes.OutOfService{Target: chaos.Masters.One()})
	runtime := full("stop-runtime", "The container runtime on a master's node is stopped, and started again; containers go on", "node",
		nodes.StopRuntime{Target: chaos.Masters.One()})
	runtime.Takes, runtime.Budget.Confirm = 120*time.Second, 2*time.Minute // a kubelet waits half a minute before it says so
	return []scenario.Scenario{taint, kubelet, runtime, halt, lostNode, freeze, reboot}
}

// outage is a scenario whose fault takes a node away. How long it lasts is the API server's matter, which has to notice, and
// the evidence's, which waits for pods that cannot answer: service counts from when the node is back.
func outage(name, title string, f chaos.Fault) scenario.Scenario {
	s := full(name, title, "node", f)
	s.Takes = 180 * time.Second
	s.Claims = kept(claims.GroupsResumeWithin(restarts).CountedFromHealed(), claims.ResumesWithin(restarts).CountedFromHealed(),
		claims.OutageAtMost(2*restarts, 2*restarts))
	return s
}

// drawSeed makes the drawn faults the same in every run, so that runs can be compared.
const drawSeed = 1

// lag is for how long slaves get nothing: long enough for a loss that cannot be overlooked, and far below the 15 s after which
// controllers no longer count a slave as in sync.
const lag = 3 * time.Second

func compounds() []scenario.Scenario {
	hold := func(f chaos.Fault) compound.Step {
		return compound.Step{Fault: f, Hold: 5 * time.Second, Pause: 5 * time.Second}
	}
	cut := network.Cut{Target: chaos.Masters.One(), Off: network.Peers}
	flapping := full("flapping-replication", "The link between a master and its slave is cut six times within a minute", "network",
		compound.Repeat(6, 5*time.Second, 5*time.Second, cut))
	drawn := full("drawn-faults", "Three faults drawn by a seed, one after another: SIGKILL, SIGSTOP, or no packet between a master and its slave", "process",
		compound.Random(drawSeed, 3, hold(cut), hold(process.Stop{Target: chaos.Masters.One()}), hold(process.Kill{Target: chaos.Masters.One()})))
	flapping.Takes, drawn.Takes = 120*time.Second, 120*time.Second
	behind := full("behind-kill-master", "No packet passes between a master and its slaves; 3 s later its pod is deleted by force: whoever takes over lacks what they did not get", "network",
		compound.Amid{First: cut, For: lag, Second: pods.Kill{Target: chaos.Masters.One()}})
	return []scenario.Scenario{
		full("sigkill-master-and-nameserver", "A master's process is killed and one NameServer deleted at once", "process",
			compound.Together{process.Kill{Target: chaos.Masters.One()}, pods.Delete{Target: chaos.NameServers.One()}}),
		flapping, drawn, behind,
	}
}
