package rules

import (
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/promise"
)

// dledger: Raft groups of brokers.
var dledger = []Rule{
	{
		ID: "dledger-peers-few", Severity: Warning, Title: "A DLedger group that no member may leave",
		Explain: "A majority of one or two members is all of them: with any member away the group takes no message.",
		Source:  "docs/en/dledger/deploy_guide.md: at least three nodes",
		Example: Example{On: "dledger", Sound: dledgerPeers, Broken: "dLegerPeers=n0-mq-0.mq:40911;n1-mq-1.mq:40911"},
		check: func(r *run) {
			r.dledgerGroups(func(g *model.Group, b *model.Broker) {
				if n := len(b.Peers()); n > 0 && n < 3 {
					r.report(b.Workload.Object, b.Where("dLegerPeers"), "three peers and three replicas", "Group %s has %s: it takes no message while one is away.", g.Name, plural(n, "peer", "peers"))
				}
			})
		},
	},
	{
		ID: "dledger-peers-even", Severity: Warning, Title: "An even number of DLedger peers",
		Explain: "Four members survive the loss of one, as three do, but need three for a majority: the fourth adds load and " +
			"a way to fail, and no safety.",
		Source:  "Raft: a majority of 2n members tolerates the loss of n-1",
		Example: Example{On: "dledger", Sound: dledgerPeers, Broken: dledgerPeers + ";n3-mq-3.mq:40911"},
		check: func(r *run) {
			r.dledgerGroups(func(g *model.Group, b *model.Broker) {
				if n := len(b.Peers()); n >= 4 && n%2 == 0 {
					r.report(b.Workload.Object, b.Where("dLegerPeers"), "an odd number of peers", "Group %s has %d peers: it survives no more failures than with %d.", g.Name, n, n-1)
				}
			})
		},
	},
	{
		ID: "dledger-self-missing", Severity: Error, Title: "A DLedger broker that is not among its peers",
		Loses: promise.All(),
		Explain: "dLegerSelfId must be the identity of one of dLegerPeers, another one in each broker. Otherwise the broker " +
			"does not start, or two members claim one vote.",
		Source:  "docs/en/dledger/deploy_guide.md, dLegerSelfId",
		Example: Example{On: "dledger", Sound: "dLegerSelfId=n@ORDINAL@", Broken: "dLegerSelfId=n0"},
		check:   dledgerSelf,
	},
	{
		ID: "dledger-peers-differ", Severity: Error, Title: "Members of one DLedger group with different lists of peers",
		Loses:   promise.All(),
		Explain: "Members that count different majorities can elect two leaders, and both acknowledge.",
		Source:  "docs/en/dledger/deploy_guide.md: the same dLegerPeers in every node",
		Example: Example{On: "dledger", Sound: "# peers", Broken: "sed -i \"/dLegerPeers/s/$/;n9-mq-$ORDINAL.mq:40911/\" /tmp/broker.conf"},
		check: func(r *run) {
			r.dledgerGroups(func(g *model.Group, first *model.Broker) {
				want, _ := first.Text("dLegerPeers")
				for _, b := range g.Brokers {
					if got, known := b.Text("dLegerPeers"); known && got != want && b.Mode == model.DLedger {
						r.report(b.Workload.Object, b.Where("dLegerPeers"), "the same dLegerPeers in every broker, as "+called(first)+" has it", "%s and %s of group %s have different peers.", called(first), called(b), g.Name)
					}
				}
			})
		},
	},
	{
		ID: "dledger-peer-nowhere", Severity: Error, Title: "A DLedger peer that is no pod",
		Loses: failovers(),
		Explain: "A peer that cannot be reached is a member that is always away: the group lives with one failure less than it seems, " +
			"or not at all.",
		Source:  "Kubernetes docs: StatefulSet, stable network ID",
		Example: Example{On: "dledger", Sound: dledgerPeers, Broken: "dLegerPeers=n0-mq-0.mq:40911;n1-mq-1.mq:40911;n2-mq-3.mq:40911"},
		check: func(r *run) {
			r.dledgerGroups(func(g *model.Group, b *model.Broker) {
				for _, p := range b.Peers() {
					a := r.Addresses(b.Workload, p.Host+":"+p.Port)
					if len(a) == 1 && (a[0].Kind == model.ToNothing || a[0].Kind == model.ToSelf && len(b.Peers()) > 1 && g.Spread()) {
						r.report(b.Workload.Object, b.Where("dLegerPeers"), "<id>-<pod>.<headless service>:<port> for each pod", "Peer %s of group %s (%s) is no pod of these manifests.", p.ID, g.Name, p.Host)
					}
				}
			})
		},
	},
	{
		ID: "role-mode-conflict", Severity: Error, Title: "Controller mode and DLedger at once",
		Stops:   true,
		Explain: "A broker with both switched on ends at once.",
		Source:  "RocketMQ source: BrokerStartup, \"enableControllerMode and enableDLegerCommitLog cannot both be true\"",
		Example: Example{On: "dledger", Sound: "enableDLegerCommitLog=true", Broken: "enableDLegerCommitLog=true\n    enableControllerMode=true"},
		check: func(r *run) {
			r.brokers(func(b *model.Broker) {
				if b.Is("enableControllerMode") && b.Is("enableDLegerCommitLog") {
					r.report(b.Workload.Object, b.Where("enableDLegerCommitLog"), "enableDLegerCommitLog=false", "enableControllerMode and enableDLegerCommitLog are both true: the broker ends at once.")
				}
			})
		},
	},
}

// dledgerPeers is the line of the layout.
const dledgerPeers = "dLegerPeers=n0-mq-0.mq:40911;n1-mq-1.mq:40911;n2-mq-2.mq:40911"

// dledgerGroups calls f for every DLedger group with its first broker.
func (r *run) dledgerGroups(f func(*model.Group, *model.Broker)) {
	r.groups(func(g *model.Group) {
		if b := g.Brokers[0]; b.Mode == model.DLedger && b.Get("dLegerPeers").Unknown == "" {
			f(g, b)
		}
	})
}

func dledgerSelf(r *run) {
	r.dledgerGroups(func(g *model.Group, _ *model.Broker) {
		taken := map[string]*model.Broker{}
		for _, b := range g.Brokers {
			id, known := b.Text("dLegerSelfId")
			if !known {
				continue
			}
			var ids []string
			for _, p := range b.Peers() {
				ids = append(ids, p.ID)
			}
			other, twice := taken[id]
			switch {
			case !slices.Contains(ids, id):
				r.report(b.Workload.Object, b.Where("dLegerSelfId"), "dLegerSelfId=<one of "+strings.Join(ids, ", ")+">", "%s has dLegerSelfId=%q, which is none of the peers' (%s).", called(b), id, strings.Join(ids, ", "))
			case twice:
				r.report(b.Workload.Object, b.Where("dLegerSelfId"), "another dLegerSelfId in each broker, for instance from the pod's ordinal", "%s and %s have the same dLegerSelfId=%s.", called(other), called(b), id)
			}
			taken[id] = b
		}
	})
}
