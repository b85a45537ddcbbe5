package model

import (
	"slices"
	"strconv"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/node"
)

// Service is a Service of the input.
type Service struct {
	Object   input.Object
	Selector map[string]string
	// Headless services give each pod a name, the others balance.
	Headless, PublishNotReady bool
	Type                      string
	Ports                     []ServicePort
}

// ServicePort is a port of a Service; Target is a number or the name of a container port.
type ServicePort struct {
	Port   int
	Target string
	At     node.Pos
}

func newService(o input.Object) *Service {
	spec := o.Value.Get("spec")
	s := &Service{
		Object: o, Selector: spec.Get("selector").Map(), Headless: spec.Get("clusterIP").Text() == "None",
		PublishNotReady: spec.Get("publishNotReadyAddresses").Bool(), Type: spec.Get("type").Text(),
	}
	for _, p := range spec.Get("ports").Items() {
		n, _ := p.Get("port").Int()
		target := p.Get("targetPort").Text()
		if target == "" {
			target = strconv.Itoa(n)
		}
		s.Ports = append(s.Ports, ServicePort{n, target, p.Pos()})
	}
	return s
}

// Selects says whether the service's endpoints are pods of the workload.
func (s *Service) Selects(w *Workload) bool {
	return len(s.Selector) > 0 && near(s.Object.Namespace, w.Namespace) && subset(s.Selector, w.Labels)
}

// near says whether two namespaces may be the same: one that is left open is any.
func near(a, b string) bool { return a == b || a == "" || b == "" }

func subset(part, whole map[string]string) bool {
	for k, v := range part {
		if got, ok := whole[k]; !ok || got != v {
			return false
		}
	}
	return true
}

// Matches evaluates a label selector; an absent one matches nothing, an empty one everything.
func Matches(selector node.Value, labels map[string]string) bool {
	if selector.Raw() == nil || !subset(selector.Get("matchLabels").Map(), labels) {
		return false
	}
	for _, e := range selector.Get("matchExpressions").Items() {
		value, has := labels[e.Get("key").Text()]
		in := has && slices.Contains(e.Get("values").Texts(), value)
		switch e.Get("operator").Text() {
		case "In":
			has = in
		case "NotIn":
			has = !in
		case "DoesNotExist":
			has = !has
		}
		if !has {
			return false
		}
	}
	return true
}

// Budget is a PodDisruptionBudget.
type Budget struct {
	Object   input.Object
	Selector node.Value
	// MinAvailable and MaxUnavailable are numbers or percentages, "" when absent.
	MinAvailable, MaxUnavailable string
}

func newBudget(o input.Object) *Budget {
	spec := o.Value.Get("spec")
	return &Budget{o, spec.Get("selector"), spec.Get("minAvailable").Text(), spec.Get("maxUnavailable").Text()}
}

// Covers says whether the budget protects the workload's pods.
func (b *Budget) Covers(w *Workload) bool {
	return near(b.Object.Namespace, w.Namespace) && Matches(b.Selector, w.Labels)
}

// Policy is a NetworkPolicy.
type Policy struct {
	Object          input.Object
	Selector        node.Value
	Ingress, Egress bool
}

func newPolicy(o input.Object) *Policy {
	spec := o.Value.Get("spec")
	p := &Policy{Object: o, Selector: spec.Get("podSelector"), Ingress: true, Egress: spec.Get("egress").Exists()}
	if types := spec.Get("policyTypes"); types.Exists() {
		p.Ingress, p.Egress = slices.Contains(types.Texts(), "Ingress"), slices.Contains(types.Texts(), "Egress")
	}
	return p
}

// Applies says whether the policy restricts the workload's pods.
func (p *Policy) Applies(w *Workload) bool {
	return near(p.Object.Namespace, w.Namespace) && Matches(p.Selector, w.Labels)
}

// PortNumber returns the number behind a service's target port.
func (w *Workload) PortNumber(target string) (int, bool) {
	if n, err := strconv.Atoi(target); err == nil {
		return n, true
	}
	for _, c := range w.Containers {
		for _, p := range c.Value.Get("ports").Items() {
			if p.Get("name").Text() == target {
				return p.Get("containerPort").Int()
			}
		}
	}
	return 0, false
}
