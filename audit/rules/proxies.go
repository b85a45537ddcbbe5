package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
)

// proxies: that a proxy finds its cluster, and clients the proxy.
var proxies = []Rule{
	{
		ID: "proxy-cluster-name", Severity: Error, Title: "A proxy of another cluster name than the brokers'",
		Explain: "A proxy in cluster mode makes a topic of its own in the cluster that rocketMQClusterName names, DefaultCluster when it names " +
			"none. When no broker has that brokerClusterName the topic cannot be made, and the proxy ends at its start.",
		Source:  "RocketMQ source: AbstractSystemMessageSyncer.start; apache/rocketmq#5941",
		Example: Example{On: "proxy", Sound: `"rocketMQClusterName": "shop"`, Broken: `"rocketMQClusterName": "DefaultCluster"`},
		check:   clusterOfProxy,
	},
	{
		ID: "proxy-endpoint-port", Severity: Warning, Title: "A proxy behind a port that it does not tell its clients",
		Explain: "A proxy answers a route query with its own port. Clients that came through a node port or a load balancer's other port are " +
			"led to a port that is not open there, unless useEndpointPortFromRequest makes it answer with the port that they asked.",
		Source:  "RocketMQ source: ProxyConfig.useEndpointPortFromRequest (from 5.1.1 on)",
		Example: Example{On: "proxy", Sound: "type: LoadBalancer\n  selector: {app: proxy}", Broken: "type: NodePort\n  selector: {app: proxy}"},
		check:   func(r *run) { r.role(keys.Proxy, func(p *model.Process) { endpointPort(r, p) }) },
	},
}

func clusterOfProxy(r *run) {
	for _, c := range r.Clusters {
		names := clusterNames(c)
		for _, p := range c.Proxies {
			i := p.Instances[0]
			s := i.Get("rocketMQClusterName")
			mode, _ := i.Text("proxyMode")
			local := strings.EqualFold(i.Launch.Flags["pm"], "local") || strings.EqualFold(mode, "local")
			if s.Unknown == "" && s.Value != "" && len(names) > 0 && !slices.Contains(names, s.Value) && !local && !i.Guessed {
				r.report(p.Workload.Object, s.Pos, fmt.Sprintf("%q: %q", "rocketMQClusterName", names[0]), "The proxy's rocketMQClusterName is %s, and the brokers' cluster is %s: the proxy ends at its start.", s.Value, strings.Join(names, ", "))
			}
		}
	}
}

// clusterNames lists the names of a cluster's brokers, none when one is not known.
func clusterNames(c *model.Cluster) []string {
	var names []string
	for _, b := range c.Brokers {
		name, known := b.Text("brokerClusterName")
		if !known || !b.Known {
			return nil
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func endpointPort(r *run, p *model.Process) {
	i := p.Instances[0]
	if on := i.Get("useEndpointPortFromRequest"); on.Unknown != "" || on.Value == "true" || i.Guessed {
		return
	}
	grpc, ok := i.Int("grpcServerPort")
	for _, s := range r.Services {
		if !ok || s.Type != "NodePort" && s.Type != "LoadBalancer" || !s.Selects(p.Workload) {
			continue
		}
		for _, port := range s.Ports {
			n, known := p.Workload.PortNumber(port.Target)
			if known && n == grpc && (s.Type == "NodePort" || port.Port != grpc) {
				r.report(s.Object, port.At, `"useEndpointPortFromRequest": true in rmq-proxy.json of `+p.Workload.Object.String(), "Clients that come through this %s are told the proxy's own port %d (useEndpointPortFromRequest=false), which is not open there.", s.Type, grpc)
			}
		}
	}
}
