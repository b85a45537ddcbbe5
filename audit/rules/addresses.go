package rules

import (
	"strconv"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
)

// addresses: that brokers and proxies find the NameServers.
var addresses = []Rule{
	{
		ID: "namesrv-missing", Severity: Error, Title: "A broker or proxy without NameServers",
		Stops:   true,
		Explain: "Without namesrvAddr, in its file, with -n or in NAMESRV_ADDR, a broker starts and registers nowhere: no client finds it.",
		Source:  "RocketMQ source: BrokerConfig.namesrvAddr",
		Example: Example{On: "static", Sound: namesrvLine, Broken: "slaveReadEnable=false"},
		check: func(r *run) {
			r.each(func(p *model.Process) {
				i := p.Instances[0]
				s := i.Get("namesrvAddr")
				asks := p.Role == keys.Broker || p.Role == keys.Proxy
				if own := i.ProxyNames; i.Launch.LocalProxy && own.Value == "" && own.Unknown == "" {
					r.report(p.Workload.Object, i.Started(), "-n <host:9876 of every NameServer, joined by ;>",
						"mqbroker --enable-proxy starts a proxy first, which takes its NameServers from -n, NAMESRV_ADDR or rmq-proxy.json and not from the broker's file: \"NamesrvAddr is not configured\", and both end.")
					return
				}
				if asks && s.Value == "" && s.Unknown == "" && !i.Guessed && !i.Config.Missing && !i.Is("fetchNamesrvAddrByAddressServer") && !i.Launch.Holder {
					r.report(p.Workload.Object, s.Pos, "namesrvAddr=<host:9876 of every NameServer, joined by ;>", "The %s knows no NameServer: no client will find it.", p.Role)
				}
			})
		},
	},
	{
		ID: "namesrv-wrong", Severity: Error, Title: "A NameServer address that leads nowhere",
		Explain: "An address without a pod behind it, with a wrong or no port, or a list joined by commas is one NameServer that this " +
			"broker does not register with: clients that ask there do not find its queues.",
		Source:  "RocketMQ docs: broker configuration, namesrvAddr: addresses joined by semicolons",
		Example: Example{On: "static", Sound: namesrvLine, Broken: "namesrvAddr=nameserver-0.nameserver:9876,nameserver-1.nameserver:9876,nameserver-2.nameserver:9876"},
		check:   func(r *run) { eachAddress(r, wrongAddress) },
	},
	{
		ID: "namesrv-one-name", Severity: Error, Title: "All NameServers under one name",
		Explain: "A broker opens one connection for each entry of namesrvAddr. A Service in front of several NameServers is one entry, so " +
			"the broker registers with one of them; clients that the same name leads to another get no route.",
		Source:  "RocketMQ source: BrokerOuterAPI.registerBrokerAll goes over the entries of the list",
		Example: Example{On: "static", Sound: namesrvLine, Broken: "namesrvAddr=nameserver:9876"},
		check: func(r *run) {
			eachAddress(r, func(r *run, p *model.Process, s model.Setting, a model.Address) {
				i := p.Instances[0]
				lookup := i.Is("fetchNameServerAddrByDnsLookup") && a.Service != nil && a.Service.Headless
				if n := replicas(a.Workloads); a.Kind == model.ToService && n > 1 && p.Role == keys.Broker && !lookup {
					r.report(p.Workload.Object, s.Pos, "namesrvAddr="+podNames(a), "%s stands for %d NameServers, and the broker registers with one of them: clients that reach another find no route.", a.Text, n)
				}
			})
		},
	},
	{
		ID: "namesrv-incomplete", Severity: Error, Title: "A list that leaves NameServers out",
		Explain: "NameServers do not talk to one another. A broker does not exist for clients of a NameServer that it does not " +
			"register with.",
		Source:  "RocketMQ docs: architecture, NameServer",
		Example: Example{On: "static", Sound: namesrvLine, Broken: "namesrvAddr=nameserver-0.nameserver:9876;nameserver-1.nameserver:9876"},
		check:   incomplete,
	},
	{
		ID: "namesrv-own-pod", Severity: Error, Title: "A NameServer address that is the broker's own pod",
		Explain: "localhost and the pod's own address lead back to the broker, where no NameServer listens.",
		Source:  "RocketMQ docs: broker configuration, namesrvAddr",
		Example: Example{On: "static", Sound: namesrvLine, Broken: "namesrvAddr=127.0.0.1:9876"},
		check: func(r *run) {
			eachAddress(r, func(r *run, p *model.Process, s model.Setting, a model.Address) {
				if a.Kind == model.ToSelf && !p.Workload.Runs(keys.NameServer) {
					r.report(p.Workload.Object, s.Pos, "namesrvAddr=<host:9876 of every NameServer, joined by ;>", "%s is the %s's own pod, and no NameServer runs in it.", a.Text, p.Role)
				}
			})
		},
	},
}

// namesrvLine is the line of the layout.
const namesrvLine = "namesrvAddr=nameserver-0.nameserver:9876;nameserver-1.nameserver:9876;nameserver-2.nameserver:9876"

// eachAddress calls f for every address that a broker or a proxy is given.
func eachAddress(r *run, f func(*run, *model.Process, model.Setting, model.Address)) {
	r.each(func(p *model.Process) {
		if p.Role != keys.Broker && p.Role != keys.Proxy {
			return
		}
		s := p.Instances[0].Get("namesrvAddr")
		if s.Unknown == "" {
			for _, a := range r.Addresses(p.Workload, s.Value) {
				f(r, p, s, a)
			}
		}
	})
}

func wrongAddress(r *run, p *model.Process, s model.Setting, a model.Address) {
	const fix = "namesrvAddr=<host:9876 of every NameServer, joined by ;>"
	switch {
	case bridge(a.Host):
		r.report(p.Workload.Object, s.Pos, fix, "%s is the address of docker's bridge, on which every node has something else.", a.Text)
	case strings.Contains(a.Text, ","):
		r.report(p.Workload.Object, s.Pos, "namesrvAddr="+strings.ReplaceAll(s.Value, ",", ";"), "The addresses are joined by commas; RocketMQ takes %q as one.", a.Text)
	case a.Port == "" && a.Kind != model.NotKnown:
		r.report(p.Workload.Object, s.Pos, fix, "%s has no port.", a.Text)
	case a.Kind == model.ToNothing && holdsNameServer(r, p):
		r.report(p.Workload.Object, s.Pos, fix, "%s is no Service and no pod of these manifests.", a.Host)
	case a.Kind == model.ToNothing:
		r.Lacks(p.Workload, "NameServer "+a.Host, s.Pos)
	case (a.Kind == model.ToPod || a.Kind == model.ToService) && !servesNames(a):
		r.report(p.Workload.Object, s.Pos, fix, "%s leads to pods without a NameServer.", a.Text)
	case (a.Kind == model.ToPod || a.Kind == model.ToService) && wrongPort(a) != "":
		r.report(p.Workload.Object, s.Pos, fix, "%s: %s.", a.Text, wrongPort(a))
	}
}

func holdsNameServer(r *run, p *model.Process) bool {
	for _, c := range r.Clusters {
		if len(c.NameServers) > 0 && (c.Namespace == p.Workload.Namespace || c.Namespace == "" || p.Workload.Namespace == "") {
			return true
		}
	}
	return false
}

func servesNames(a model.Address) bool {
	for _, w := range a.Workloads {
		if w.Runs(keys.NameServer) {
			return true
		}
	}
	return false
}

// wrongPort says why the port of an address does not reach the NameServer, "" when it does or cannot be told.
func wrongPort(a model.Address) string {
	want := a.Port
	if a.Kind == model.ToService && a.Service != nil && !a.Service.Headless {
		want = ""
		for _, p := range a.Service.Ports {
			if strconv.Itoa(p.Port) == a.Port {
				want = p.Target
			}
		}
		if want == "" {
			return "the Service has no port " + a.Port
		}
	}
	for _, w := range a.Workloads {
		p := w.Process(keys.NameServer)
		if p == nil {
			continue
		}
		listen, ok := p.Instances[0].Int("listenPort")
		if n, known := w.PortNumber(want); known && ok && n != listen {
			return "the NameServer listens on " + strconv.Itoa(listen)
		}
	}
	return ""
}

func replicas(all []*model.Workload) int {
	n := 0
	for _, w := range all {
		n += w.Replicas
	}
	return n
}

// podNames writes the list as it should be.
func podNames(a model.Address) string {
	var all []string
	for _, w := range a.Workloads {
		for i := 0; i < min(w.Replicas, 5); i++ {
			name, ok := w.PodName(i)
			if !ok || w.ServiceName() == "" {
				return "<every pod's own name and port, joined by ;> (the NameServers as a StatefulSet with a headless Service)"
			}
			all = append(all, name+"."+w.ServiceName()+":9876")
		}
	}
	return strings.Join(all, ";")
}

func incomplete(r *run) {
	for _, c := range r.Clusters {
		total := model.Pods(c.NameServers)
		for _, b := range c.Brokers {
			s := b.Get("namesrvAddr")
			reached, sure := map[string]bool{}, s.Unknown == "" && s.Value != ""
			for _, a := range r.Addresses(b.Workload, s.Value) {
				if a.Kind == model.ToPod && servesNames(a) {
					reached[a.Workloads[0].Name+strconv.Itoa(a.Index)] = true
				} else if a.Kind != model.ToNothing {
					sure = false
				}
			}
			if sure && len(reached) > 0 && len(reached) < total {
				r.report(b.Workload.Object, s.Pos, "namesrvAddr=<all "+strconv.Itoa(total)+" NameServers>", "The broker registers with %d of %d NameServers: clients that ask another do not find it.", len(reached), total)
			}
		}
	}
}
