package model

import (
	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/node"
)

// Scaler is an object that changes the number of a workload's pods: a HorizontalPodAutoscaler, or KEDA's ScaledObject.
type Scaler struct {
	Object input.Object
	// Kind and Name are those of the workload that it scales.
	Kind, Name string
	// Least and Most bound the number of pods; Most is 0 when it is not given.
	Least, Most int
	// At is the place of the reference.
	At node.Pos
}

func newScaler(o input.Object) *Scaler {
	spec := o.Value.Get("spec")
	target := spec.Get("scaleTargetRef")
	s := &Scaler{Object: o, Kind: target.Get("kind").Text(), Name: target.Get("name").Text(), Least: 1, At: target.Pos()}
	least, most := "minReplicas", "maxReplicas"
	if o.Kind == "ScaledObject" {
		least, most, s.Least = "minReplicaCount", "maxReplicaCount", 0
		if s.Kind == "" {
			s.Kind = "Deployment"
		}
	}
	if n, ok := spec.Get(least).Int(); ok {
		s.Least = n
	}
	s.Most, _ = spec.Get(most).Int()
	return s
}

// Scales says whether the scaler decides about the workload.
func (s *Scaler) Scales(w *Workload) bool {
	return s.Kind == w.Object.Kind && s.Name == w.Object.Name && near(s.Object.Namespace, w.Namespace)
}

// scaled returns how many pods a workload has at least, and who decides. Its own number loses against the scaler's
// bounds; a number that is left out beside a scaler is the scaler's least.
func (m *Model) scaled(w *Workload) (int, *Scaler) {
	for _, s := range m.scalers[w.Object.Name] {
		if !s.Scales(w) || w.Object.Kind == "DaemonSet" {
			continue
		}
		n := max(w.Replicas, s.Least)
		if _, given := w.Spec.Get("replicas").Int(); !given {
			n = s.Least
		}
		if s.Most > 0 {
			n = min(n, s.Most)
		}
		return n, s
	}
	return w.Replicas, nil
}
