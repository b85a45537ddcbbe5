// Package model recognises RocketMQ in Kubernetes objects: which processes run where, with which settings, volumes
// and addresses, as the processes themselves will see them.
package model

import (
	"fmt"
	"sort"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/node"
	"github.com/rmqproof/rmqproof/audit/shell"
)

// Model is everything that the rules and the promise are derived from.
type Model struct {
	Clusters []*Cluster
	// Workloads are those that run RocketMQ, All those of the whole input.
	Workloads, All []*Workload
	Services       []*Service
	Budgets        []*Budget
	Policies       []*Policy
	// Objects are all of the input.
	Objects []input.Object
	// Passed counts objects and documents that do not concern RocketMQ.
	Passed     int
	Unresolved []Unresolved

	configs, secrets, claims table
	volumes, classes         map[string]input.Object
	supply                   supply
	scalers                  map[string][]*Scaler
	// used holds what a RocketMQ process takes something from, uses the same in the order in which it was found.
	used    map[string]bool
	uses    []string
	noted   map[Unresolved]bool
	lookups lookups
	lacked  map[string]bool
	// read holds the texts of the manifests that a server or a start script opens.
	read   map[*node.Node]bool
	looked int
	// scripts are those that several pods run.
	scripts shell.Scripts
	located located
}

// Unresolved is something that decides about the cluster and cannot be told from the input.
type Unresolved struct {
	Object string
	Pos    node.Pos
	// What is the setting or the thing, Reason why it is not known.
	What, Reason string
}

// Build recognises the RocketMQ of an input.
func Build(set input.Set) *Model {
	m := &Model{
		Objects: set.Objects, Passed: set.Passed, used: map[string]bool{},
		configs: newTable(), secrets: newTable(), claims: newTable(), noted: map[Unresolved]bool{}, lacked: map[string]bool{}, read: map[*node.Node]bool{}, scalers: map[string][]*Scaler{},
		volumes: map[string]input.Object{}, classes: map[string]input.Object{}, scripts: shell.Scripts{},
	}
	for _, n := range set.Notes {
		m.unresolved(n.Object, n.Pos, "the input", n.Reason)
	}
	m.once()
	m.index()
	m.supply = m.supplies()
	for _, o := range m.Objects {
		if !made(o) {
			m.workloads(o)
		}
	}
	for _, w := range m.Workloads {
		m.look(w)
	}
	m.keepRocketMQ()
	m.lookup()
	m.foreign()
	m.releases()
	m.absent()
	m.cluster()
	m.count()
	return m
}

// once keeps of an object that is given several times the last one, as applying them in order does.
func (m *Model) once() {
	at := map[string]int{}
	var kept []input.Object
	for _, o := range m.Objects {
		key := o.APIVersion + " " + o.Kind + "/" + ofDefault(o.Namespace) + "/" + o.Name
		if i, twice := at[key]; twice && o.Name != "" {
			m.unresolved(o.String(), o.Pos(), "the object", "is in the input twice, at "+kept[i].Pos().String()+" as well; this one is judged, as the last")
			kept[i] = o
			continue
		}
		at[key] = len(kept)
		kept = append(kept, o)
	}
	m.Objects = kept
}

// ofDefault puts the namespace that kubectl takes when nothing names one.
func ofDefault(namespace string) string {
	if namespace == "" {
		return "default"
	}
	return namespace
}

// made says whether a controller made the object from another one, which is judged in its place.
func made(o input.Object) bool {
	for _, owner := range o.Value.Get("metadata", "ownerReferences").Items() {
		if owner.Get("controller").Bool() {
			return true
		}
	}
	return false
}

// look finds the servers of a workload; what was noted on the way about a workload without any is dropped.
func (m *Model) look(w *Workload) {
	uses, notes := len(m.uses), len(m.Unresolved)
	m.processes(w)
	if len(w.Processes) > 0 {
		return
	}
	for _, name := range m.uses[uses:] {
		delete(m.used, name)
	}
	for _, u := range m.Unresolved[notes:] {
		delete(m.noted, u)
		delete(m.lacked, u.What)
	}
	m.uses, m.Unresolved = m.uses[:uses], m.Unresolved[:notes]
}

// use remembers that a process takes something from an object.
func (m *Model) use(o input.Object) {
	if name := o.String(); !m.used[name] {
		m.used[name] = true
		m.uses = append(m.uses, name)
	}
}

// index sorts the objects that others refer to.
func (m *Model) index() {
	for _, o := range m.Objects {
		switch o.Kind {
		case "ConfigMap":
			m.configs.add(o)
		case "Secret":
			m.secrets.add(o)
		case "PersistentVolumeClaim":
			m.claims.add(o)
		case "PersistentVolume":
			m.volumes[o.Name] = o
		case "StorageClass":
			m.classes[o.Name] = o
		case "Service":
			m.Services = append(m.Services, newService(o))
		case "PodDisruptionBudget":
			m.Budgets = append(m.Budgets, newBudget(o))
		case "NetworkPolicy":
			m.Policies = append(m.Policies, newPolicy(o))
		case "HorizontalPodAutoscaler", "ScaledObject":
			s := newScaler(o)
			m.scalers[s.Name] = append(m.scalers[s.Name], s)
		}
	}
}

func sortedKeys[V any](in map[string]V) []string {
	keys := make([]string, 0, len(in))
	for k := range in {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Class returns a StorageClass of the input.
func (m *Model) Class(name string) (input.Object, bool) {
	o, ok := m.classes[name]
	return o, ok
}

// Claim returns a PersistentVolumeClaim of the input.
func (m *Model) Claim(namespace, name string) (input.Object, bool) {
	return find(m.claims, namespace, name)
}

// Volume returns a PersistentVolume of the input.
func (m *Model) Volume(name string) (input.Object, bool) {
	o, ok := m.volumes[name]
	return o, ok
}

// ConfigMap returns a ConfigMap of the input.
func (m *Model) ConfigMap(namespace, name string) (input.Object, bool) {
	return find(m.configs, namespace, name)
}

// Secret returns a Secret of the input.
func (m *Model) Secret(namespace, name string) (input.Object, bool) {
	return find(m.secrets, namespace, name)
}

// Default is the class that claims without one get, when the input marks it.
func (m *Model) Default() (input.Object, bool) {
	for _, name := range sortedKeys(m.classes) {
		if m.classes[name].Value.Get("metadata", "annotations", "storageclass.kubernetes.io/is-default-class").Bool() {
			return m.classes[name], true
		}
	}
	return input.Object{}, false
}

// Opened says whether a server or a start script opens the text of a ConfigMap or Secret.
func (m *Model) Opened(v node.Value) bool { return m.read[v.Raw()] }

// Used says whether a RocketMQ process takes something from a ConfigMap or Secret.
func (m *Model) Used(o input.Object) bool { return m.used[o.String()] }

// Note adds something that the rules cannot tell.
func (m *Model) Note(object string, at node.Pos, what, reason string) {
	m.unresolved(object, at, what, reason)
}

// NoteOnce adds something that is the same for all workloads that it concerns.
func (m *Model) NoteOnce(object string, at node.Pos, what, reason string) {
	if !m.lacked[what] {
		m.lacked[what] = true
		m.Unresolved = append(m.Unresolved, Unresolved{object, at, what, reason}) // also where the list is full
	}
}

// releases says which releases are not known, or not well: defaults and keys are then those of a neighbour.
func (m *Model) releases() {
	for _, w := range m.Workloads {
		for _, p := range w.Processes {
			at, v := p.Container.Value.Get("image").Pos(), p.Version()
			switch {
			case !v.Known():
				m.unresolved(w.Object.String(), at, "release of the "+string(p.Role), p.Container.Image.Reference+" does not tell it; defaults are those of the newest known")
			case !keys.Covered(v):
				m.unresolved(w.Object.String(), at, "keys and defaults of "+v.String(), "there is no table of this release; those of the nearest known stand in")
			}
		}
	}
}

func (m *Model) unresolved(object string, at node.Pos, what, reason string) {
	u := Unresolved{object, at, what, reason}
	switch {
	case m.noted[u]:
	case len(m.noted) < mostUnresolved:
		m.noted[u] = true
		m.Unresolved = append(m.Unresolved, u)
	default:
		m.NoteOnce(object, at, "everything else that is not known", fmt.Sprintf("there are more than %d such things, and the first so many are listed", mostUnresolved))
	}
}

// mostUnresolved bounds the list of what is not known.
const mostUnresolved = 500

// keepRocketMQ drops the workloads that turned out to run something else.
func (m *Model) keepRocketMQ() {
	m.All = m.Workloads
	var kept []*Workload
	for _, w := range m.Workloads {
		if len(w.Processes) > 0 {
			kept = append(kept, w)
		}
	}
	m.Workloads = kept
}

// count adds the objects that nothing here looked at.
func (m *Model) count() {
	kinds := map[string]bool{
		"Service": true, "PodDisruptionBudget": true, "NetworkPolicy": true, "StorageClass": true, "PersistentVolume": true,
		"PersistentVolumeClaim": true, "ConfigMap": true, "Secret": true, "HorizontalPodAutoscaler": true, "ScaledObject": true, "Namespace": true,
		"ServiceAccount": true,
	}
	mine := map[string]bool{}
	for _, w := range m.Workloads {
		mine[w.Object.String()] = true
	}
	for _, o := range m.Objects {
		if !mine[o.String()] && !kinds[o.Kind] {
			m.Passed++
		}
	}
}

// Named returns how a message mentions a process: "broker in StatefulSet/broker-a".
func (p *Process) String() string { return fmt.Sprintf("%s in %s", p.Role, p.Workload.Object) }
