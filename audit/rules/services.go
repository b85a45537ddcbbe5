package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
)

// services: that names lead where they should.
var services = []Rule{
	{
		ID: "service-selects-nothing", Severity: Warning, Title: "A Service without pods",
		Explain: "Its selector matches no pod template of the manifests: the name resolves to nothing, or connections are refused.",
		Source:  "Kubernetes docs: Service, selectors",
		Example: Example{On: "static", Sound: "selector: {app: nameserver} # service", Broken: "selector: {app: namesrv}"},
		check: func(r *run) {
			for _, s := range r.Services {
				if len(s.Selector) > 0 && ours(r, s) && len(r.Selected(s)) == 0 {
					r.report(s.Object, s.Object.Value.Get("spec", "selector").Pos(), "selector: <labels of the pod template>", "No pod template of the manifests has the labels that it selects.")
				}
			}
		},
	},
	{
		ID: "service-port-wrong", Severity: Warning, Title: "A Service port on which nothing listens",
		Explain: "Connections to it are refused although every pod is well.",
		Source:  "Kubernetes docs: Service, targetPort",
		Example: Example{On: "proxy", Sound: "{name: grpc, port: 8081}", Broken: "{name: grpc, port: 8081, targetPort: 8018}"},
		check:   servicePort,
	},
	{
		ID: "governing-service", Severity: Warning, Title: "A StatefulSet without the headless Service that it names",
		Explain: "The stable names of the pods, <pod>.<service>, exist only when a headless Service of that name selects them; some DNS " +
			"servers answer for those of other Services, too. Peers and address lists that use them resolve to nothing.",
		Source:  "Kubernetes docs: StatefulSet, stable network ID",
		Example: Example{On: "static", Sound: "serviceName: nameserver # nameservers", Broken: "serviceName: nameservers"},
		check:   governing,
	},
	{
		ID: "brokers-balanced", Severity: Warning, Title: "A balancing Service in front of several brokers",
		Explain: "A client must reach the broker that holds its queue, and gets that broker's own address from the NameServer. A load " +
			"balancer or node port over several of them leads to any one; from outside the cluster the registered pod addresses " +
			"are not reachable in any case.",
		Source:  "RocketMQ docs: architecture, route of a topic; broker configuration, brokerIP1",
		Example: Example{On: "static", Broken: "apiVersion: v1\nkind: Service\nmetadata: {name: brokers, namespace: mq}\nspec: {type: LoadBalancer, selector: {app: broker}, ports: [{port: 10911}]}"},
		check: func(r *run) {
			for _, s := range r.Services {
				n := 0
				if s.Type != "LoadBalancer" && s.Type != "NodePort" {
					continue
				}
				for _, w := range r.Selected(s) {
					if w.Runs(keys.Broker) {
						n += w.Replicas
					}
				}
				if n > 1 {
					r.report(s.Object, s.Object.Value.Get("spec", "type").Pos(), "a proxy in cluster mode behind the Service, or one Service for each broker and brokerIP1 set to its address", "%s over %d brokers: a client that needs one of them reaches any.", s.Type, n)
				}
			}
		},
	},
}

// known holds RocketMQ's own ports.
var rocketmqPorts = []int{9876, 9878, 10909, 10911, 10912}

// ours says whether a Service speaks of RocketMQ: by its ports, or because a workload here names it.
func ours(r *run, s *model.Service) bool {
	for _, p := range s.Ports {
		if slices.Contains(rocketmqPorts, p.Port) {
			return true
		}
	}
	return r.Governs(s)
}

func servicePort(r *run) {
	for _, s := range r.Services {
		if s.Headless {
			continue
		}
		for _, w := range r.Selected(s) {
			if !kubernetesKnown(w) {
				continue
			}
			for _, p := range s.Ports {
				n, ok := w.PortNumber(p.Target)
				if open := listening(w); !ok || !slices.Contains(open, n) {
					r.report(s.Object, p.At, "targetPort: <one of "+numbers(open)+">", "Port %d leads to %s of %s, where nothing listens.", p.Port, p.Target, w.Object)
				}
			}
		}
	}
}

// kubernetesKnown says whether the ports of all containers can be told.
func kubernetesKnown(w *model.Workload) bool {
	for _, p := range w.Processes {
		if p.Instances[0].Guessed || p.Instances[0].Config.Unknown != "" {
			return false
		}
	}
	return len(w.Processes) > 0
}

// listening lists the ports that a workload's containers declare and those that its servers open.
func listening(w *model.Workload) []int {
	var all []int
	for _, c := range w.Containers {
		for _, p := range c.Value.Get("ports").Items() {
			if n, ok := p.Get("containerPort").Int(); ok {
				all = append(all, n)
			}
		}
	}
	for _, p := range w.Processes {
		all = append(all, opens(p.Instances[0])...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// opens lists the ports of a server.
func opens(i *model.Instance) []int {
	listen, _ := i.Int("listenPort")
	switch i.Role {
	case keys.Broker:
		ha, _ := i.Int("haListenPort")
		all := []int{listen, listen - 2, ha}
		if i.Launch.LocalProxy {
			all = append(all, 8080, 8081)
		}
		return append(all, peerPorts(i, i.Get("dLegerPeers").Value)...)
	case keys.NameServer, keys.Controller:
		return append([]int{listen}, peerPorts(i, controllerList(i))...)
	}
	grpc, _ := i.Int("grpcServerPort")
	remoting, _ := i.Int("remotingListenPort")
	return []int{grpc, remoting}
}

func peerPorts(_ *model.Instance, list string) []int {
	var all []int
	for _, host := range peerHosts(list) {
		if at := strings.LastIndexByte(host, ':'); at >= 0 {
			if n, err := strconv.Atoi(host[at+1:]); err == nil {
				all = append(all, n)
			}
		}
	}
	return all
}

func numbers(all []int) string {
	var text []string
	for _, n := range all {
		text = append(text, strconv.Itoa(n))
	}
	return strings.Join(text, ", ")
}

// governing speaks only where somebody uses the names that the Service would give.
func governing(r *run) {
	used := podNamesInUse(r)
	for _, w := range r.Workloads {
		name := w.Spec.Get("serviceName")
		if w.Object.Kind != "StatefulSet" || name.Text() == "" || !used[w.Name] {
			continue
		}
		s := r.Governing(w)
		switch {
		case s == nil && len(r.Services) > 0:
			r.report(w.Object, name.Pos(), "a headless Service "+name.Text()+" over its pods", "The manifests hold no Service %s: the pods' names, which others use, resolve to nothing.", name.Text())
		case s != nil && !s.Headless:
			r.report(w.Object, name.Pos(), "clusterIP: None in Service "+name.Text(), "Service %s is not headless, and others use its pods' names: CoreDNS answers for them, kube-dns (as on GKE) does not.", name.Text())
		case s != nil && !s.Selects(w):
			r.report(w.Object, name.Pos(), "a selector in Service "+name.Text()+" that matches the pods", "Service %s does not select its pods: their names, which others use, resolve to nothing.", name.Text())
		}
	}
}

// podNamesInUse lists the StatefulSets whose pods some server addresses by their names.
func podNamesInUse(r *run) map[string]bool {
	all := map[string]bool{}
	r.each(func(p *model.Process) {
		i := p.Instances[0]
		for _, key := range []string{"namesrvAddr", "controllerAddr", "dLegerPeers", "controllerDLegerPeers", "jRaftInitConf", "brokerIP1", "brokerIP2"} {
			for _, host := range peerHosts(strings.ReplaceAll(i.Get(key).Value, ",", ";")) {
				pod, rest, dotted := strings.Cut(host, ".")
				if at := strings.LastIndexByte(pod, '-'); dotted && at > 0 && rest != "" {
					all[pod[:at]] = true
				}
			}
		}
	})
	return all
}
