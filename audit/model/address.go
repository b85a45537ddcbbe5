package model

import (
	"net"
	"net/netip"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/shell"
)

// Address is one entry of a list such as namesrvAddr, with what it leads to.
type Address struct {
	Text, Host, Port string
	Kind             AddressKind
	// Workloads are the pods behind the address; Index is the pod's when it names one.
	Workloads []*Workload
	Index     int
	Service   *Service
}

// AddressKind tells what an address names.
type AddressKind int

// The kinds of addresses.
const (
	// Outside names something that the input does not hold.
	Outside AddressKind = iota
	// ToPod names one pod by its stable name.
	ToPod
	// ToService names a Service, and so any or all of its pods.
	ToService
	// ToSelf names the process's own pod.
	ToSelf
	// ToNothing has the form of a name in this cluster, and the input holds no such Service or pod.
	ToNothing
	// NotKnown cannot be told before the pod runs.
	NotKnown
)

// Addresses splits and resolves a list of host:port, as RocketMQ does: at semicolons only.
func (m *Model) Addresses(w *Workload, list string) []Address {
	var all []Address
	for _, text := range strings.Split(list, ";") {
		if text = strings.TrimSpace(text); text != "" && len(all) < 200 {
			all = append(all, m.address(w, text))
		}
	}
	return all
}

func (m *Model) address(w *Workload, text string) Address {
	a := Address{Text: text, Host: text}
	if !shell.Known(text) {
		a.Kind = NotKnown
		return a
	}
	if host, port, err := net.SplitHostPort(text); err == nil {
		a.Host, a.Port = host, port
	}
	if a.Host == shell.PodIP || a.Host == "localhost" || a.Host == "127.0.0.1" || a.Host == "0.0.0.0" || a.Host == "::1" {
		a.Kind, a.Workloads = ToSelf, []*Workload{w}
		return a
	}
	if _, err := netip.ParseAddr(a.Host); err == nil || strings.HasPrefix(a.Host, "<") {
		a.Kind = Outside
		return a
	}
	m.resolve(w, &a)
	return a
}

// resolve follows a name the way the cluster's DNS does: service, service.namespace, pod.service and so on.
func (m *Model) resolve(w *Workload, a *Address) {
	host, full := strings.TrimSuffix(a.Host, "."), false
	for _, suffix := range []string{".svc.cluster.local", ".svc"} {
		if rest, ok := strings.CutSuffix(host, suffix); ok {
			host, full = rest, true
			break
		}
	}
	labels := strings.Split(host, ".")
	for _, form := range forms(labels, w.Namespace, full) {
		for _, s := range m.lookups.services[form.service] {
			if near(form.namespace, s.Object.Namespace) && m.throughService(a, s, form.pod) {
				return
			}
		}
	}
	a.Kind = Outside
	if len(labels) == 1 || full && len(labels) <= 3 || m.knows(labels) {
		a.Kind = ToNothing
	}
}

// form is one way to read a host name.
type form struct{ pod, service, namespace string }

func forms(labels []string, namespace string, full bool) []form {
	switch len(labels) {
	case 1:
		return []form{{"", labels[0], namespace}}
	case 2:
		if full {
			return []form{{"", labels[0], labels[1]}}
		}
		return []form{{labels[0], labels[1], namespace}, {"", labels[0], labels[1]}} // in the order of the search list
	case 3:
		return []form{{labels[0], labels[1], labels[2]}}
	}
	return nil
}

// knows says whether a later label names a Service of the input, so that the first ought to be one of its pods.
func (m *Model) knows(labels []string) bool {
	return len(labels) > 1 && len(m.lookups.services[labels[1]]) > 0
}

func (m *Model) throughService(a *Address, s *Service, pod string) bool {
	a.Service = s
	if pod == "" {
		a.Kind = ToService
		for _, w := range m.Selected(s) {
			if len(w.Processes) > 0 {
				a.Workloads = append(a.Workloads, w)
			}
		}
		return true
	}
	for _, p := range m.lookups.pods[podName{s.Object.Name, pod}] {
		if near(p.w.Namespace, s.Object.Namespace) {
			a.Kind, a.Workloads, a.Index = ToPod, []*Workload{p.w}, p.index
			return true
		}
	}
	return false
}

// Runs says whether a workload has a server of the role.
func (w *Workload) Runs(role keys.Server) bool { return w.Process(role) != nil }

// Process returns the workload's server of a role.
func (w *Workload) Process(role keys.Server) *Process {
	for _, p := range w.Processes {
		if p.Role == role {
			return p
		}
	}
	return nil
}
