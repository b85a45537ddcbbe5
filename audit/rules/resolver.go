package rules

import (
	"github.com/rmqproof/rmqproof/audit/model"
)

// resolver: that the names in a server's settings can be resolved where it runs.
var resolver = []Rule{
	{
		ID: "host-network-dns", Severity: Error, Title: "Service names in a pod that asks the node's resolver",
		Stops: true,
		Explain: "With hostNetwork and the default dnsPolicy, and with dnsPolicy Default, a pod uses its node's resolver, which knows no Service: " +
			"no name of a NameServer or controller can be resolved, and the broker never registers.",
		Source:  "Kubernetes docs: DNS for Services and Pods, ClusterFirstWithHostNet",
		Example: Example{On: "static", Sound: "terminationGracePeriodSeconds: 60 # master a", Broken: "terminationGracePeriodSeconds: 60\n      hostNetwork: true"},
		check: func(r *run) {
			r.each(func(p *model.Process) {
				policy := p.Workload.Pod.Get("dnsPolicy").Text()
				host := p.Workload.Pod.Get("hostNetwork")
				blind := policy == "Default" || host.Bool() && (policy == "" || policy == "ClusterFirst")
				name := serviceName(r, p)
				if !blind || name == "" || !kubernetesOwn(p) {
					return
				}
				at, want := p.Workload.Where("dnsPolicy"), "ClusterFirst"
				if host.Bool() {
					at, want = host.Pos(), "ClusterFirstWithHostNet"
				}
				r.report(p.Workload.Object, at, "dnsPolicy: "+want, "The pod asks its node's resolver, which knows no Service: the %s cannot resolve %s.", p.Role, name)
			})
		},
	},
}

// serviceName returns a name of this cluster that a server depends on, "" when it depends on none.
func serviceName(r *run, p *model.Process) string {
	i := p.Instances[0]
	for _, key := range []string{"namesrvAddr", "controllerAddr", "dLegerPeers", "controllerDLegerPeers"} {
		s := i.Get(key)
		if s.Unknown != "" {
			continue
		}
		for _, host := range peerHosts(s.Value) {
			for _, a := range r.Addresses(p.Workload, host) {
				if a.Kind == model.ToPod || a.Kind == model.ToService {
					return a.Host
				}
			}
		}
	}
	return ""
}
