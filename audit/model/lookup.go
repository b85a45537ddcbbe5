package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/node"
)

// lookups answer who refers to whom without a walk over the whole input, so that the work of an audit grows with the
// input and not with its square.
type lookups struct {
	services map[string][]*Service
	governed map[string]bool
	pods     map[podName][]podOf
	// labelled holds the workloads that carry a label, as "key=value".
	labelled map[string][]*Workload
	selected map[string][]*Workload
	budgets  map[*Workload][]*Budget
	policies map[*Workload][]*Policy
}

// podName is a pod's stable name below its governing Service.
type podName struct{ service, pod string }

// podOf is the pod of a workload.
type podOf struct {
	w     *Workload
	index int
}

// lookup builds the tables over the services and workloads.
func (m *Model) lookup() {
	m.lookups = lookups{
		services: map[string][]*Service{}, governed: map[string]bool{}, pods: map[podName][]podOf{}, labelled: map[string][]*Workload{},
		selected: map[string][]*Workload{}, budgets: map[*Workload][]*Budget{}, policies: map[*Workload][]*Policy{},
	}
	for _, s := range m.Services {
		m.lookups.services[s.Object.Name] = append(m.lookups.services[s.Object.Name], s)
	}
	for _, w := range m.All {
		for key, value := range w.Labels {
			m.lookups.labelled[key+"="+value] = append(m.lookups.labelled[key+"="+value], w)
		}
	}
	for _, w := range m.Workloads {
		m.lookups.name(w)
	}
	m.cover()
}

// name enters the stable names of a workload's pods.
func (l *lookups) name(w *Workload) {
	service := w.ServiceName()
	l.governed[service] = true
	hostname := w.Pod.Get("hostname").Text()
	for i := 0; service != "" && i < min(w.Replicas, maxInstances); i++ {
		name, ok := w.PodName(i)
		if hostname != "" {
			name = hostname
		}
		if ok {
			l.pods[podName{service, name}] = append(l.pods[podName{service, name}], podOf{w, i})
		}
	}
}

// cover enters the budgets and policies of each workload. Of several objects with one selector two budgets are enough:
// more of them say nothing that two do not.
func (m *Model) cover() {
	same := map[string]int{}
	for _, b := range m.Budgets {
		key := selectorKey(b.Object.Namespace, b.Selector)
		if same[key]++; same[key] > 2 {
			continue
		}
		for _, w := range m.Covered(b) {
			m.lookups.budgets[w] = append(m.lookups.budgets[w], b)
		}
	}
	for _, p := range m.Policies {
		for _, w := range m.matching(p.Object.Namespace, p.Selector) {
			m.lookups.policies[w] = append(m.lookups.policies[w], p)
		}
	}
}

// BudgetsOf returns budgets over a workload: all different ones, and two of those with the same selector.
func (m *Model) BudgetsOf(w *Workload) []*Budget { return m.lookups.budgets[w] }

// PoliciesOf returns the policies that restrict a workload's pods.
func (m *Model) PoliciesOf(w *Workload) []*Policy { return m.lookups.policies[w] }

// Covered returns the workloads of the input under a budget.
func (m *Model) Covered(b *Budget) []*Workload { return m.matching(b.Object.Namespace, b.Selector) }

// Selected returns the workloads of the input whose pods are a Service's endpoints.
func (m *Model) Selected(s *Service) []*Workload {
	if len(s.Selector) == 0 {
		return nil
	}
	return m.among(s.Object.Namespace, s.Selector, selectorKey(s.Object.Namespace, s.Object.Value.Get("spec", "selector")), s.Selects)
}

// matching returns the workloads that a label selector in a namespace covers.
func (m *Model) matching(namespace string, selector node.Value) []*Workload {
	return m.among(namespace, selector.Get("matchLabels").Map(), selectorKey(namespace, selector), func(w *Workload) bool {
		return near(namespace, w.Namespace) && Matches(selector, w.Labels)
	})
}

// among asks only the workloads that carry the rarest of the labels, and asks once for each selector.
func (m *Model) among(namespace string, labels map[string]string, key string, selects func(*Workload) bool) []*Workload {
	if found, ok := m.lookups.selected[key]; ok {
		return found
	}
	candidates := m.All
	for name, value := range labels {
		if with := m.lookups.labelled[name+"="+value]; len(with) < len(candidates) {
			candidates = with
		}
	}
	var found []*Workload
	for _, w := range candidates {
		if selects(w) {
			found = append(found, w)
		}
	}
	m.lookups.selected[key] = found
	return found
}

// maxSelector bounds what is read of a selector; a longer one is only equal to itself.
const maxSelector = 4096

// selectorKey tells selectors apart by what they say.
func selectorKey(namespace string, selector node.Value) string {
	var out strings.Builder
	out.WriteString(namespace)
	var write func(v node.Value)
	write = func(v node.Value) {
		if out.Len() > maxSelector {
			return
		}
		if v.Raw() == nil {
			out.WriteString("\x03")
		}
		out.WriteString("\x00" + v.Text())
		if v.Fields() != nil {
			out.WriteString("\x04")
		}
		for _, f := range v.Fields() {
			out.WriteString("\x01" + f.Key)
			write(f.Value)
		}
		for _, item := range v.Items() {
			out.WriteString("\x02")
			write(item)
		}
	}
	write(selector)
	if out.Len() > maxSelector {
		return fmt.Sprintf("%p", selector.Raw())
	}
	return out.String()
}

// table is a kind of objects by namespace and name.
type table struct {
	exact map[string]input.Object
	named map[string][]input.Object
}

func newTable() table {
	return table{exact: map[string]input.Object{}, named: map[string][]input.Object{}}
}

func (t table) add(o input.Object) {
	t.exact[o.Namespace+"/"+o.Name] = o
	t.named[o.Name] = append(t.named[o.Name], o)
}

// find looks an object up in its namespace; manifests often leave the namespace to kubectl, so that one without a
// namespace matches any, the first by name where there are several.
func find(in table, namespace, name string) (input.Object, bool) {
	if name == "" {
		return input.Object{}, false
	}
	if o, ok := in.exact[namespace+"/"+name]; ok {
		return o, true
	}
	if namespace != "" {
		o, ok := in.exact["/"+name]
		return o, ok
	}
	all := in.named[name]
	if len(all) == 0 {
		return input.Object{}, false
	}
	return slices.MinFunc(all, func(a, b input.Object) int { return strings.Compare(a.Namespace, b.Namespace) }), true
}

// Governing returns the Service that a StatefulSet names for its pods, nil when the input has none.
func (m *Model) Governing(w *Workload) *Service {
	for _, s := range m.lookups.services[w.Spec.Get("serviceName").Text()] {
		if near(s.Object.Namespace, w.Namespace) {
			return s
		}
	}
	return nil
}

// Governs says whether a RocketMQ workload names the Service for its pods.
func (m *Model) Governs(s *Service) bool { return m.lookups.governed[s.Object.Name] }
