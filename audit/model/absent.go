package model

import (
	"strings"

	"github.com/rmqproof/rmqproof/audit/node"
)

// absent notes each object that a RocketMQ workload refers to and the input lacks, once for all workloads.
func (m *Model) absent() {
	for _, w := range m.Workloads {
		if w.operated != nil {
			continue
		}
		for _, name := range sortedKeys(w.Volumes) {
			m.absentVolume(w, w.Volumes[name])
		}
		if name := w.Spec.Get("serviceName"); w.Object.Kind == "StatefulSet" && name.Text() != "" && len(m.Services) == 0 {
			m.Lacks(w, "Service "+name.Text(), name.Pos())
		}
	}
}

func (m *Model) absentVolume(w *Workload, v node.Value) {
	claim := v.Get("persistentVolumeClaim", "claimName")
	if _, ok := m.Claim(w.Namespace, claim.Text()); claim.Text() != "" && !ok {
		m.Lacks(w, "PersistentVolumeClaim "+claim.Text(), claim.Pos())
	}
	for _, s := range append([]node.Value{v}, v.Get("projected", "sources").Items()...) {
		for _, kind := range m.absentIn(w, s) {
			m.Lacks(w, kind, s.Pos())
		}
	}
}

// Lacks notes an object that is not in the input, unless something that is not known says so already.
func (m *Model) Lacks(w *Workload, what string, at node.Pos) {
	if m.lacked[what] {
		return
	}
	m.lacked[what] = true
	for _, u := range m.Unresolved {
		if strings.Contains(u.Reason, what+" is not among") || strings.Contains(u.Reason, what+", ") || strings.HasSuffix(u.What, what) {
			return
		}
	}
	m.unresolved(w.Object.String(), at, what, "is not among the manifests")
}
