package rules

import (
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
)

// controllers: those who elect masters.
var controllers = []Rule{
	{
		ID: "controller-missing", Severity: Error, Title: "Brokers in controller mode without a controller",
		Stops:   true,
		Explain: "A broker in controller mode gets its role from a controller. Without one it stays without a role and serves nobody.",
		Source:  "RocketMQ docs: controller/deploy.md",
		Example: Example{On: "controller", Sound: "enableControllerInNamesrv=true", Broken: "enableControllerInNamesrv=false"},
		check:   controllerMissing,
	},
	{
		ID: "controller-quorum", Severity: Warning, Title: "Controllers that survive no failure, or an even number of them",
		Explain: "A master is elected only while a majority of the controllers runs. One or two survive the loss of none, four " +
			"no more than three: an even member adds a way to fail and no safety.",
		Source:  "RocketMQ docs: controller/deploy.md: three or more controllers, an odd number",
		Example: Example{On: "controller", Sound: "replicas: 3 # nameservers", Broken: "replicas: 2"},
		check: func(r *run) {
			for _, c := range r.Clusters {
				if n := model.Pods(c.Controllers); n > 0 && (n < 3 || n%2 == 0) && anyControlled(c) {
					w := c.Controllers[0].Workload
					r.report(w.Object, w.Spec.Get("replicas").Pos(), "replicas: 3, and three entries in controllerDLegerPeers", "%s: the loss of %d stops elections, and with a master lost its group stands still.", plural(n, "controller", "controllers"), n-n/2)
				}
			}
		},
	},
	{
		ID: "controller-peers", Severity: Error, Title: "Controllers that do not know one another",
		Loses: failovers(),
		Explain: "Each controller must be named in the list of all, under its own identity. One that is missing, doubled or at an " +
			"address that is no pod does not take part: elections stop one failure earlier, or never begin.",
		Source:  "RocketMQ docs: controller/deploy.md, controllerDLegerPeers and controllerDLegerSelfId",
		Example: Example{On: "controller", Sound: "controllerDLegerSelfId=n@ORDINAL@", Broken: "controllerDLegerSelfId=n0"},
		check:   controllerPeers,
	},
	{
		ID: "controller-address", Severity: Error, Title: "controllerAddr that leads to no controller, or not to all",
		Explain: "Brokers ask the controllers in controllerAddr for their role. With one missing they lose touch when the others " +
			"are away, although a majority runs; with a wrong one they never get a role.",
		Source:  "RocketMQ docs: controller/deploy.md, controllerAddr",
		Example: Example{On: "controller", Sound: "controllerAddr=ns-0.ns:9878;ns-1.ns:9878;ns-2.ns:9878", Broken: "controllerAddr=ns-0.ns:9878"},
		check:   controllerAddress,
	},
	{
		ID: "controllers-unused", Severity: Warning, Title: "Controllers that no broker asks",
		Explain: "A controller elects masters only for brokers with enableControllerMode. Without one of them it runs for nothing, and no " +
			"slave ever becomes master, although it looks as if.",
		Source:  "RocketMQ docs: controller/deploy.md, enableControllerMode",
		Example: Example{On: "static", Clean: "masters", Sound: "command: [sh, mqnamesrv]", Broken: "command: [sh, mqcontroller]"},
		check: func(r *run) {
			for _, c := range r.Clusters {
				if len(c.Controllers) > 0 && len(c.Brokers) > 0 && c.Known() && !anyControlled(c) {
					w := c.Controllers[0].Workload
					r.report(w.Object, w.Object.Pos(), "enableControllerMode=true in the brokers' files, or no controllers", "%s, and no broker with enableControllerMode=true: no slave becomes master.", plural(model.Pods(c.Controllers), "controller", "controllers"))
				}
			}
		},
	},
	{
		ID: "controller-store-lost", Severity: Warning, Title: "A controller that forgets on restart",
		Explain: "controllerStorePath holds the controllers' log: who is master and who is in sync. When all controllers restart " +
			"without it, they know no group, and brokers register anew under other ids.",
		Source:  "RocketMQ docs: controller/deploy.md, controllerStorePath",
		Example: Example{On: "controller", Sound: "controllerStorePath=/data/controller", Broken: "controllerStorePath=/tmp/controller"},
		check: func(r *run) {
			for _, c := range r.Clusters {
				for _, p := range c.Controllers {
					s := p.Instances[0].Get("controllerStorePath")
					if s.Unknown != "" || s.Value == "" || p.Instances[0].Config.Unknown != "" {
						continue
					}
					if st := p.Workload.StorageOf(p.Container, s.Value); !st.Persistent() && st.Kind != "unknown" {
						r.report(p.Workload.Object, s.Pos, set("controllerStorePath", "<a folder on a volume>"), "The controllers keep their log in %s, which does not outlive the pod.", s.Value)
					}
				}
			}
		},
	},
}

func anyControlled(c *model.Cluster) bool {
	return slices.ContainsFunc(c.Brokers, func(b *model.Broker) bool { return b.Mode == model.Controlled })
}

func controllerMissing(r *run) {
	for _, c := range r.Clusters {
		for _, b := range c.Brokers {
			address := b.Get("controllerAddr")
			switch {
			case b.Mode != model.Controlled || address.Unknown != "" || !b.Known:
			case address.Value == "" && !b.Is("fetchControllerAddrByDnsLookup"):
				r.report(b.Workload.Object, b.Where("enableControllerMode"), "controllerAddr=<host:9878 of every controller, joined by ;>", "%s is in controller mode and has no controllerAddr: it never gets a role.", called(b))
			case len(c.Controllers) == 0 && len(c.NameServers) > 0 && configured(c.NameServers) && !outside(r, b, address.Value):
				r.report(b.Workload.Object, address.Pos, "enableControllerInNamesrv=true on the NameServers, or a StatefulSet of controllers", "%s is in controller mode, and nothing in these manifests runs a controller.", called(b))
			}
		}
	}
}

// outside says whether a list names something beyond the input.
func outside(r *run, b *model.Broker, list string) bool {
	return slices.ContainsFunc(r.Addresses(b.Workload, list), func(a model.Address) bool {
		return a.Kind == model.Outside || a.Kind == model.NotKnown
	})
}

// controllerList is the list of all controllers as a controller's own file gives it.
func controllerList(i *model.Instance) string {
	if i.Role == keys.NameServer && !i.Is("enableControllerInNamesrv") || i.Role != keys.NameServer && i.Role != keys.Controller {
		return ""
	}
	if byJRaft(i) {
		value, _ := i.Text("jRaftInitConf")
		return strings.ReplaceAll(value, ",", ";")
	}
	value, _ := i.Text("controllerDLegerPeers")
	return value
}

// peerHosts returns host:port of each member, without identities.
func peerHosts(list string) []string {
	var all []string
	for _, text := range strings.Split(list, ";") {
		text = strings.TrimSpace(text)
		if id, rest, ok := strings.Cut(text, "-"); ok && len(id) <= 4 && strings.Trim(id, "n0123456789") == "" {
			text = rest
		}
		if text != "" && len(all) < 100 {
			all = append(all, text)
		}
	}
	return all
}

func controllerPeers(r *run) {
	for _, c := range r.Clusters {
		if !anyControlled(c) || !configured(c.Controllers) {
			continue
		}
		taken := map[string]bool{}
		for _, p := range c.Controllers {
			for _, i := range p.Instances {
				key, self := selfOf(i)
				list, ids := membersOf(i)
				if list.Unknown != "" || i.Get(key).Unknown != "" {
					continue
				}
				switch {
				case len(ids) == 0:
					r.report(p.Workload.Object, list.Pos, list.Key+"=<every controller>", "The controller has no %s: it knows no other.", list.Key)
				case !slices.Contains(ids, self):
					r.report(p.Workload.Object, i.Where(key), set(key, "<one of "+strings.Join(ids, ", ")+">"), "%s=%q is none of the peers (%s).", key, self, strings.Join(ids, ", "))
				case taken[self]:
					r.report(p.Workload.Object, i.Where(key), "an identity from the pod's ordinal, such as n${HOSTNAME##*-} written into the file at start", "Several controllers have %s=%s.", key, self)
				}
				taken[self] = true
				nowhere(r, p, list)
			}
		}
	}
}

// selfOf is a controller's own identity among all of them.
func selfOf(i *model.Instance) (key, value string) {
	key = "controllerDLegerSelfId"
	if byJRaft(i) {
		key = "jRaftServerId"
	}
	value, _ = i.Text(key)
	return key, value
}

func byJRaft(i *model.Instance) bool {
	kind, _ := i.Text("controllerType")
	return strings.EqualFold(kind, "jRaft")
}

// membersOf is the list of all controllers with their identities; jRaft's are the addresses themselves.
func membersOf(i *model.Instance) (model.Setting, []string) {
	var ids []string
	if byJRaft(i) {
		s := i.Get("jRaftInitConf")
		for _, id := range strings.Split(s.Value, ",") {
			if id = strings.TrimSpace(id); id != "" {
				ids = append(ids, id)
			}
		}
		return s, ids
	}
	s := i.Get("controllerDLegerPeers")
	for _, peer := range model.ParsePeers(s.Value) {
		ids = append(ids, peer.ID)
	}
	return s, ids
}

func nowhere(r *run, p *model.Process, list model.Setting) {
	for _, host := range peerHosts(strings.ReplaceAll(list.Value, ",", ";")) {
		name := host
		if at := strings.LastIndexByte(host, ':'); at >= 0 {
			name = host[:at]
		}
		if (loopback(name) || bridge(name)) && elsewhere(r, p) {
			r.report(p.Workload.Object, list.Pos, "<id>-<pod>.<headless service>:<port> for each pod", "%s names %s: the controllers hand it to the brokers, and each of them is led to itself.", list.Key, host)
		}
	}
	for _, peer := range model.ParsePeers(list.Value) {
		if a := r.Addresses(p.Workload, peer.Host+":"+peer.Port); len(a) == 1 && a[0].Kind == model.ToNothing {
			r.report(p.Workload.Object, list.Pos, "<id>-<pod>.<headless service>:<port> for each pod", "Controller %s (%s) is no pod of these manifests.", peer.ID, peer.Host)
		}
	}
}

// elsewhere says whether a controller serves brokers or other controllers in other pods.
func elsewhere(r *run, p *model.Process) bool {
	for _, c := range r.Clusters {
		if !slices.Contains(c.Controllers, p) {
			continue
		}
		if model.Pods(c.Controllers) > 1 {
			return true
		}
		return slices.ContainsFunc(c.Brokers, func(b *model.Broker) bool { return b.Workload != p.Workload })
	}
	return false
}

func controllerAddress(r *run) {
	for _, c := range r.Clusters {
		total := model.Pods(c.Controllers)
		for _, b := range c.Brokers {
			s := b.Get("controllerAddr")
			if b.Mode != model.Controlled || s.Unknown != "" || s.Value == "" || total == 0 {
				continue
			}
			reached, sure := 0, true
			for _, a := range r.Addresses(b.Workload, s.Value) {
				switch a.Kind {
				case model.ToNothing:
					r.report(b.Workload.Object, s.Pos, "controllerAddr=<host:port of every controller>", "controllerAddr names %s, which is nothing in these manifests.", a.Text)
					sure = false
				case model.ToSelf:
					if !b.Workload.Runs(keys.Controller) && !b.Workload.Runs(keys.NameServer) {
						r.report(b.Workload.Object, s.Pos, "controllerAddr=<host:port of every controller>", "controllerAddr names %s, the broker's own pod, where no controller runs.", a.Text)
					}
					sure = false
				case model.ToPod:
					reached++
				default:
					sure = false
				}
			}
			if sure && reached < total {
				r.report(b.Workload.Object, s.Pos, "controllerAddr=<host:port of every controller>", "controllerAddr names %d of %d controllers.", reached, total)
			}
		}
	}
}
