package rules

import (
	"fmt"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
)

// topology: that something is left when one thing fails.
var topology = []Rule{
	{
		ID: "one-broker-group", Severity: Warning, Title: "One broker group, and nobody takes over",
		Explain: "A static group takes no writes while its master is away. Clients turn to other groups; with a single one every " +
			"send fails until the pod is back.",
		Source:  "RocketMQ docs: deployment, a slave does not become master",
		Example: Example{On: "single", Sound: "brokerName=broker-$((ORDINAL / 2))", Broken: "brokerName=broker-0"},
		check: func(r *run) {
			for _, c := range r.Clusters {
				if len(c.Groups) != 1 || !c.Groups[0].Known() {
					continue
				}
				g := c.Groups[0]
				if mode, _ := g.Mode(); mode == model.Static && len(g.Masters()) > 0 {
					b := g.Leader()
					r.report(b.Workload.Object, b.Where("brokerName"), "a second group with another brokerName, or controller mode with three brokers",
						"%s is the only broker group: while its master's pod is away no message is taken.", g.Name)
				}
			}
		},
	},
	{
		ID: "few-nameservers", Severity: Warning, Title: "Fewer than two NameServers",
		Explain: "While the only NameServer is away, clients that start find no route and brokers cannot register; running clients " +
			"go on with the routes they have.",
		Source:  "RocketMQ docs: deployment, NameServer cluster",
		Example: Example{On: "static", Sound: "replicas: 3 # nameservers", Broken: "replicas: 1"},
		check: func(r *run) {
			for _, c := range r.Clusters {
				if n := model.Pods(c.NameServers); n == 1 && len(c.Brokers) > 0 {
					w := c.NameServers[0].Workload
					r.report(w.Object, w.Spec.Get(sizeField(w)).Pos(), sizeField(w)+": 3", "There is one NameServer: while it is away no client can start and no route changes.")
				}
			}
		},
	},
	{
		ID: "single-proxy", Severity: Warning, Title: "One proxy",
		Explain: "Clients of the fifth version's protocol reach the brokers through the proxy only: while the one pod is away " +
			"nothing is sent and nothing received.",
		Source:  "RocketMQ docs: deployment, proxy in cluster mode",
		Example: Example{On: "proxy", Sound: "replicas: 2 # proxies", Broken: "replicas: 1"},
		check: func(r *run) {
			for _, c := range r.Clusters {
				if n := model.Pods(c.Proxies); n == 1 {
					w := c.Proxies[0].Workload
					r.report(w.Object, w.Spec.Get("replicas").Pos(), "replicas: 2", "There is one proxy: while its pod is away its clients stand still.")
				}
			}
		},
	},
	{
		ID: "local-proxy", Severity: Warning, Title: "Brokers with a proxy of their own behind one name",
		Explain: "A proxy in local mode serves the topics of its own broker only. A client that a Service leads to one of several " +
			"sees a part of its queues, another part each time.",
		Source:  "apache/rocketmq#8904",
		Example: Example{On: "static", Sound: "-c /etc/rocketmq/broker.conf", Broken: "--enable-proxy -c /etc/rocketmq/broker.conf"},
		check: func(r *run) {
			r.brokers(func(b *model.Broker) {
				if b.Launch.LocalProxy && len(b.Cluster.Groups) > 1 {
					r.report(b.Workload.Object, b.Container.Value.Pos(), "start the broker without --enable-proxy, and proxies in cluster mode beside the brokers",
						"The broker's own proxy serves group %s only, one of %d: clients of it do not see the others' queues.", b.Name, len(b.Cluster.Groups))
				}
			})
		},
	},
	{
		ID: "broker-deployment-overlap", Severity: Warning, Title: "A Deployment that starts the new broker before the old one has gone",
		Explain: "A rolling update of a Deployment runs old and new pod side by side: on one volume the second waits for the lock or the " +
			"attachment, with no end when the node is another. The pods' names change as well, so no address stays.",
		Source:  "Kubernetes docs: Deployment, strategy; RocketMQ source: DefaultMessageStore.start locks <root>/lock",
		Example: Example{On: "deployment", Sound: "strategy: {type: Recreate}", Broken: "strategy: {type: RollingUpdate}"},
		check: func(r *run) {
			r.brokers(func(b *model.Broker) {
				w := b.Workload
				strategy := w.Spec.Get("strategy")
				surge := strategy.Get("rollingUpdate", "maxSurge").Text()
				if w.Object.Kind == "Deployment" && b.CommitLog().Kind == "claim" && strategy.Get("type").Text() != "Recreate" && surge != "0" && surge != "0%" {
					r.report(w.Object, strategy.Pos(), "strategy: {type: Recreate}, or a StatefulSet", "A rolling update starts a second broker on claim %s while the first one holds it.", b.CommitLog().Claim)
				}
			})
		},
	},
	{
		ID: "autoscaled", Severity: Error, Title: "An autoscaler over servers with an identity",
		Explain: "A broker that is added starts with the identity of another or with no messages; one that is removed takes its " +
			"messages away from consumers. NameServers and controllers are known by fixed addresses.",
		Source:  "RocketMQ docs: deployment; a broker group is added with its topics by an operator",
		Example: Example{On: "static", Broken: "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: brokers, namespace: mq}\nspec:\n  maxReplicas: 5\n  scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: broker-a-master}"},
		check: func(r *run) {
			for _, w := range r.Workloads {
				if s := w.Scaler; s != nil && !w.Runs(keys.Proxy) {
					severity := Warning
					if w.Runs(keys.Broker) {
						severity = Error
					}
					r.as(severity).report(s.Object, s.At, fmt.Sprintf("remove the autoscaler, and write replicas: %d into %s", w.Replicas, w.Object), "It changes the number of pods of %s, whose servers have an identity.", w.Object)
				}
			}
		},
	},
	{
		ID: "transaction-check-early", Severity: Warning, Title: "Transactions that are checked before their end is written down",
		Explain: "That a transaction was committed is written down only every transactionOpBatchInterval. A transactionTimeOut that is not well " +
			"above it asks producers about transactions that they committed long ago, and stores what they answer a second time.",
		Source:  "measured on 5.5.0: 2 of 293 commits stored twice with transactionTimeOut=3000",
		Example: Example{On: "static", Sound: "transactionOpBatchInterval=100\n", Broken: "transactionTimeOut=3000\n"},
		check: func(r *run) {
			r.brokers(func(b *model.Broker) {
				timeout, known := b.Int("transactionTimeOut")
				batch, ok := b.Int("transactionOpBatchInterval")
				if known && ok && b.Role != model.Slave && timeout < batch+1000 {
					r.report(b.Workload.Object, b.Where("transactionTimeOut"), set("transactionTimeOut", 2*batch), "transactionTimeOut=%d is not above transactionOpBatchInterval=%d by a margin: committed transactions are checked, and stored again.", timeout, batch)
				}
			})
		},
	},
	{
		ID: "auto-create-topic", Severity: Info, Title: "Topics that come into being by being written to",
		Explain: "With autoCreateTopicEnable, the default, a topic with a misspelt name exists from then on; and a topic made this way " +
			"has its queues on the brokers that were asked first, perhaps on one group, without failover.",
		Source:  "RocketMQ docs: broker configuration, autoCreateTopicEnable: switch off in production",
		Example: Example{On: "static", Sound: "autoCreateTopicEnable=false", Broken: "autoCreateTopicEnable=true"},
		check: func(r *run) {
			r.groups(func(g *model.Group) {
				if b := g.Leader(); b.Known && b.Is("autoCreateTopicEnable") {
					r.report(b.Workload.Object, b.Where("autoCreateTopicEnable"), "autoCreateTopicEnable=false", "Group %s creates a topic for any name that somebody sends to.", g.Name)
				}
			})
		},
	},
}

// sizeField is the field that says how many pods a workload has.
func sizeField(w *model.Workload) string {
	if strings.HasPrefix(w.Object.APIVersion, "rocketmq.apache.org/") {
		return "size"
	}
	return "replicas"
}
