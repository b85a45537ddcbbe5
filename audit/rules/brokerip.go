package rules

import (
	"net/netip"
	"strings"

	"github.com/rmqproof/rmqproof/audit/model"
)

// foreignIP looks at the addresses that a broker publishes for itself.
func foreignIP(r *run) {
	published := map[string]*model.Broker{}
	r.brokers(func(b *model.Broker) {
		for _, key := range []string{"brokerIP1", "brokerIP2"} {
			s := b.Get(key)
			if !s.Set || s.Unknown != "" || s.Value == "" || unreplaced(s.Value) != "" || key == "brokerIP2" && !copied(b) {
				continue
			}
			whose, surely := notItsOwn(r, b, s.Value)
			if other := shared(published, b, key, s.Value); other != nil && whose == "" {
				whose, surely = "published by "+called(other)+" as well", true
			}
			if whose != "" {
				foreignAddress(r, b, s, whose, surely)
			}
		}
	})
}

func foreignAddress(r *run, b *model.Broker, s model.Setting, whose string, surely bool) {
	run, who := r, "clients that are sent there do not reach this broker"
	if s.Key == "brokerIP2" {
		who = "its slaves, which connect there, copy nothing"
	}
	if !surely {
		run = r.as(Warning)
		who = "unless something outside these manifests leads it to this pod, " + who
	}
	run.report(b.Workload.Object, s.Pos, "remove "+s.Key+": the broker then takes its pod's address", "%s=%s is %s: %s.", s.Key, s.Value, whose, who)
	switch {
	case surely && s.Key == "brokerIP2":
		r.doubt(b.Workload.Object.String(), s.Key+"="+s.Value+" is "+whose+": "+who, copiesGone(), false)
	case surely:
		r.doubt(b.Workload.Object.String(), s.Key+"="+s.Value+" is "+whose+": "+who, nil, true)
	}
}

// copied says whether another broker copies from this one.
func copied(b *model.Broker) bool {
	return b.Group == nil || b.Role != model.Slave && (len(b.Group.Brokers) > 1 || !b.Cluster.Known())
}

// shared remembers who publishes an address and returns another broker that does.
func shared(published map[string]*model.Broker, b *model.Broker, key, address string) *model.Broker {
	if _, err := netip.ParseAddr(address); err != nil || key != "brokerIP1" {
		return nil
	}
	place := address + ":" + b.Get("listenPort").Value
	if other := published[place]; other != nil {
		return other
	}
	published[place] = b
	return nil
}

// notItsOwn says whose an address is, "" for the broker's own or one that the input does not know, and whether that is
// certain.
func notItsOwn(r *run, b *model.Broker, host string) (string, bool) {
	a := r.Addresses(b.Workload, host+":10911")
	if len(a) == 0 {
		return "", false
	}
	switch a[0].Kind {
	case model.ToSelf:
		if loopback(host) {
			return "every pod's own loopback", true
		}
	case model.ToPod:
		if w := a[0].Workloads[0]; w != b.Workload || a[0].Index != b.Index {
			name, _ := w.PodName(a[0].Index)
			return "the address of pod " + name, true
		}
	case model.ToService:
		if len(a[0].Workloads) != 1 || a[0].Workloads[0] != b.Workload || b.Workload.Replicas > 1 {
			return "a Service over other pods", true
		}
	case model.ToNothing:
		return "no name in this cluster", true
	}
	return fixedAddress(r, b, host)
}

// fixedAddress judges a number that the manifests write down for a pod whose address changes.
func fixedAddress(r *run, b *model.Broker, host string) (string, bool) {
	ip, err := netip.ParseAddr(host)
	switch {
	case err != nil:
		return "", false
	case ip.IsLoopback():
		return "every pod's own loopback", true
	case bridge(host):
		return "the address of docker's bridge, the same on every node", true
	case ip.IsLinkLocalUnicast(), ip.IsUnspecified():
		return "no address that another machine can reach", true
	case !ip.IsPrivate() || b.Workload.Pod.Get("hostNetwork").Bool() || hostPort(b) || serviceHas(r, host):
		return "", false
	}
	return "a fixed address of some network, and the pod's own changes", false
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// bridge says whether an address is in the network that docker takes for its own bridge.
func bridge(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && netip.MustParsePrefix("172.17.0.0/16").Contains(ip)
}

func hostPort(b *model.Broker) bool {
	for _, p := range b.Container.Value.Get("ports").Items() {
		if p.Get("hostPort").Exists() {
			return true
		}
	}
	return false
}

// serviceHas says whether a Service of the input is reached under an address.
func serviceHas(r *run, host string) bool {
	for _, s := range r.Services {
		spec := s.Object.Value.Get("spec")
		if spec.Get("clusterIP").Text() == host || spec.Get("loadBalancerIP").Text() == host {
			return true
		}
		for _, ip := range append(spec.Get("externalIPs").Texts(), spec.Get("clusterIPs").Texts()...) {
			if ip == host {
				return true
			}
		}
		for _, in := range s.Object.Value.Get("status", "loadBalancer", "ingress").Items() {
			if in.Get("ip").Text() == host {
				return true
			}
		}
	}
	return false
}
