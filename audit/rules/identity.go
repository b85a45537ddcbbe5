package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/node"
	"github.com/rmqproof/rmqproof/audit/promise"
)

// identity: who a broker is, and that nobody else is the same.
var identity = []Rule{
	{
		ID: "duplicate-identity", Severity: Error, Title: "Two brokers of one cluster have the same name and id",
		Loses: promise.All(),
		Explain: "A NameServer keeps one address for each brokerName and brokerId. Two brokers with the same pair overwrite " +
			"each other at every heartbeat: clients see now one and now the other, and messages that went to the hidden one " +
			"are not delivered. A StatefulSet with two replicas of one configuration file is the usual way to get there.",
		Source:  "RocketMQ source: RouteInfoManager.registerBroker (one address per brokerName and brokerId)",
		Example: Example{On: "static", Sound: "brokerName=broker-b\n    brokerId=0", Broken: "brokerName=broker-a\n    brokerId=0"},
		check:   duplicateIdentity,
	},
	{
		ID: "slave-without-master", Severity: Error, Title: "A slave whose group has no master",
		Stops: true,
		Explain: "A slave copies from the master of its own brokerName and takes no writes. Without a master the group " +
			"accepts nothing, and the slave copies nothing.",
		Source:  "RocketMQ docs: deployment, master and slave share brokerName",
		Example: Example{On: "static", Sound: "brokerName=broker-a\n    brokerId=1", Broken: "brokerName=broker-aa\n    brokerId=1"},
		check: func(r *run) {
			r.groups(func(g *model.Group) {
				if slaves := g.Slaves(); len(slaves) == len(g.Brokers) && len(slaves) > 0 && g.Cluster.Known() {
					b := slaves[0]
					r.report(b.Workload.Object, b.Where("brokerName"), "brokerName=<that of its master>",
						"The slave of group %s has no master in these manifests: the group takes no message and this broker copies nothing.", g.Name)
				}
			})
		},
	},
	{
		ID: "master-without-slave", Severity: Warning, Title: "A master without a slave",
		Explain: "There is one copy of this group's messages. While the master is away they cannot be read, and when its " +
			"volume is lost they are lost.",
		Source:  "RocketMQ docs: deployment, multi-master mode without slaves",
		Example: Example{On: "static", Sound: "brokerName=broker-b\n    brokerId=1", Broken: "brokerName=broker-c\n    brokerId=1"},
		check: func(r *run) {
			r.groups(func(g *model.Group) {
				if masters := g.Masters(); len(masters) == len(g.Brokers) && len(masters) > 0 && g.Cluster.Known() {
					b := masters[0]
					r.report(b.Workload.Object, b.Where("brokerRole"), "another StatefulSet with "+sameName(b)+", brokerRole=SLAVE and brokerId=1",
						"Group %s has a master and no slave: while its pod is away its messages cannot be read, and with its volume they are gone.", g.Name)
				}
			})
		},
	},
	{
		ID: "broker-name-of-pod", Severity: Warning, Title: "A broker group that is named after its pod",
		Explain: "Without brokerName a broker takes its host's name. In a Deployment that changes with each pod, under hostNetwork with each " +
			"node: after a restart the same store belongs to a group of another name, the consumers' offsets and the topics' queues of " +
			"the old one lead nowhere, and clients wait for a broker that does not come back.",
		Source:  "RocketMQ source: BrokerIdentity.brokerName is the local host name by default",
		Example: Example{On: "deployment", Sound: "    brokerName=broker-a\n", Broken: ""},
		check: func(r *run) {
			r.brokers(func(b *model.Broker) {
				s := b.Get("brokerName")
				if ofPod := !s.Set && s.Unknown == "" && b.Known || model.NamedByPod(s.Unknown); ofPod && wanders(b) {
					r.report(b.Workload.Object, s.Pos, "brokerName=broker-a", "The broker has no brokerName of its own and takes its host name, which changes with %s: each new one is another group, and clients and offsets of the old one are stranded.", whatChanges(b))
				}
			})
		},
	},
	{
		ID: "slave-id-zero", Severity: Error, Title: "A slave with the id of a master",
		Loses:   copiesGone(),
		Explain: "BrokerStartup ends the process when brokerRole is SLAVE and brokerId is not above 0. The pod restarts for ever.",
		Source:  "RocketMQ source: BrokerStartup, \"Slave's brokerId must be > 0\"",
		Example: Example{On: "static", Sound: "brokerName=broker-b\n    brokerId=1", Broken: "brokerName=broker-b\n    brokerId=0"},
		check: func(r *run) {
			r.brokers(func(b *model.Broker) {
				if id := b.Get("brokerId"); b.Role == model.Slave && b.ID <= 0 && id.Unknown == "" {
					r.report(b.Workload.Object, id.Pos, "brokerId=1", "brokerRole=SLAVE with brokerId=%s: the broker ends at once, since a slave's id must be above 0.", id.Value)
				}
			})
		},
	},
	{
		ID: "master-id-ignored", Severity: Warning, Title: "A master with another id than 0",
		Explain: "A broker that is not a slave gets the id 0, whatever its file says. A second one meant as a slave thus " +
			"becomes a second master.",
		Source:  "RocketMQ source: BrokerStartup sets brokerId to 0 for ASYNC_MASTER and SYNC_MASTER",
		Example: Example{On: "static", Sound: "brokerRole=SLAVE", Broken: "brokerRole=ASYNC_MASTER"},
		check: func(r *run) {
			r.brokers(func(b *model.Broker) {
				id := b.Get("brokerId")
				if b.Role == model.Master && b.Mode == model.Static && id.Set && id.Unknown == "" && id.Value != "0" {
					r.report(b.Workload.Object, id.Pos, "brokerRole=SLAVE, or brokerId=0",
						"brokerId=%s has no effect: with brokerRole=%s the broker is a master with id 0.", id.Value, b.Get("brokerRole").Value)
				}
			})
		},
	},
	{
		ID: "foreign-broker-ip", Severity: Error, Title: "A broker that gives another one's address as its own",
		Explain: "brokerIP1 is the address that the broker registers for itself, brokerIP2 the one from which its slaves " +
			"copy. With the address of another pod, of a Service over several pods or of the loopback, clients and slaves " +
			"reach the wrong broker or none.",
		Source:  "RocketMQ docs: broker configuration, brokerIP1 and brokerIP2",
		Example: Example{On: "static", Sound: "brokerName=broker-a\n    brokerId=1", Broken: "brokerName=broker-a\n    brokerIP1=broker-a-master-0.broker\n    brokerId=1"},
		check:   foreignIP,
	},
	{
		ID: "cluster-name-differs", Severity: Error, Title: "One broker group under two cluster names",
		Explain: "A group belongs to one cluster. With two names the NameServers list it in both, and tools that work on " +
			"a whole cluster (topics, subscription groups) reach only one of its brokers.",
		Source:  "RocketMQ source: RouteInfoManager.registerBroker (clusterAddrTable)",
		Example: Example{On: "static", Sound: "brokerClusterName=shop\n    brokerName=broker-a\n    brokerId=1", Broken: "brokerClusterName=Shop\n    brokerName=broker-a\n    brokerId=1"},
		check: func(r *run) {
			r.groups(func(g *model.Group) { differs(r, g.Brokers, "Brokers of group "+g.Name+" name different clusters") })
		},
	},
	{
		ID: "cluster-names-mixed", Severity: Warning, Title: "Brokers of one set of NameServers under several cluster names",
		Explain: "mqadmin with -c and a proxy's rocketMQClusterName work on one cluster name. A topic that is created for " +
			"one name does not exist on the groups of the other, so that it has fewer queues than thought and no failover.",
		Source:  "RocketMQ docs: mqadmin updateTopic -c",
		Example: Example{On: "static", Sound: "brokerClusterName=shop\n    brokerName=broker-b", Broken: "brokerClusterName=shop2\n    brokerName=broker-b"},
		check: func(r *run) {
			for _, c := range r.Clusters {
				var first []*model.Broker
				for _, g := range c.Groups {
					first = append(first, g.Brokers[0])
				}
				differs(r, first, "Groups that share NameServers name different clusters")
			}
		},
	},
}

func duplicateIdentity(r *run) {
	for _, c := range r.Clusters {
		seen := map[string]*model.Broker{}
		for _, b := range c.Brokers {
			if !b.Identified || b.Role == model.NoRole || b.Mode != model.Static {
				continue
			}
			key := fmt.Sprintf("%s/%d", b.Name, b.ID)
			other, twice := seen[key]
			if !twice {
				seen[key] = b
				continue
			}
			where := "brokerName"
			if b.Where(where).File == "" {
				where = "brokerId"
			}
			r.report(b.Workload.Object, b.Where(where), "a brokerName of its own for each group; a StatefulSet with replicas: 1 for each broker, or a name made from the pod's ordinal",
				"%s is also the identity of %s (brokerName=%s, brokerId=%d): the NameServers keep one of the two, and messages in the other are not delivered.",
				called(b), called(other), b.Name, b.ID)
		}
	}
}

// wanders says whether the host name of a broker changes.
func wanders(b *model.Broker) bool {
	return !b.Workload.Stable() && b.Workload.Object.Kind != "Pod" || b.Workload.Pod.Get("hostNetwork").Bool() && !b.Workload.Pinned()
}

func whatChanges(b *model.Broker) string {
	if b.Workload.Pod.Get("hostNetwork").Bool() {
		return "the node"
	}
	return "the pod"
}

// sameName is the brokerName that a slave needs.
func sameName(b *model.Broker) string {
	if !b.Identified || model.NamedByPod(b.Get("brokerName").Unknown) {
		return "one brokerName written into both files"
	}
	return "brokerName=" + b.Name
}

func called(b *model.Broker) string {
	if b.Pod != "" {
		return "Pod " + b.Pod
	}
	return fmt.Sprintf("Pod %d of %s", b.Index, b.Workload.Object)
}

func differs(r *run, brokers []*model.Broker, what string) {
	names := map[string]node.Pos{}
	var order []string
	for _, b := range brokers {
		name, known := b.Text("brokerClusterName")
		if _, seen := names[name]; !seen && known && b.Known {
			names[name] = b.Where("brokerClusterName")
			order = append(order, name)
		}
	}
	if len(order) > 1 {
		last := order[len(order)-1]
		for _, b := range brokers {
			if name, _ := b.Text("brokerClusterName"); name == last {
				slices.Sort(order)
				r.report(b.Workload.Object, names[last], set("brokerClusterName", order[0]), "%s: %s.", what, strings.Join(order, ", "))
				return
			}
		}
	}
}
