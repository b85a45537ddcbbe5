package model

import (
	"strings"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/node"
)

// reserved lists the volumes that name the claim, or the claims that a template makes.
func (m *Model) reserved(w *Workload, s Storage) []input.Object {
	if s.Kind == "claim" {
		return m.reservedFor(w, s.Claim)
	}
	var all []input.Object
	for i := range min(w.Replicas, maxInstances) {
		if pod, ok := w.PodName(i); ok {
			all = append(all, m.reservedFor(w, s.Claim+"-"+pod)...)
		}
	}
	return all
}

// reservedFor lists the volumes that name a claim of the workload's namespace: one of another is another claim.
func (m *Model) reservedFor(w *Workload, claim string) []input.Object {
	var all []input.Object
	for _, o := range m.supply.claim[claim] {
		if near(o.Value.Get("spec", "claimRef", "namespace").Text(), w.Namespace) {
			all = append(all, o)
		}
	}
	return all
}

// supply holds the volumes of the input by the claim that each names, and of the others the first of each make by class.
type supply struct{ claim, class map[string][]input.Object }

func (m *Model) supplies() supply {
	s := supply{map[string][]input.Object{}, map[string][]input.Object{}}
	seen := map[string]bool{}
	for _, name := range sortedKeys(m.volumes) {
		spec := m.volumes[name].Value.Get("spec")
		if claim := spec.Get("claimRef", "name").Text(); claim != "" {
			s.claim[claim] = append(s.claim[claim], m.volumes[name])
			continue
		}
		class := spec.Get("storageClassName").Text()
		if key := class + "\x00" + makeOf(spec); !seen[key] {
			seen[key] = true
			s.class[class] = append(s.class[class], m.volumes[name])
		}
	}
	return s
}

// makeOf is what decides about a volume's fate: where it lies, and what nodes it is bound to.
func makeOf(spec node.Value) string {
	affinity := spec.Get("nodeAffinity")
	made := []string{spec.Get("csi", "driver").Text(), spec.Get("flexVolume", "driver").Text()}
	for _, kind := range append([]string{"hostPath", "local"}, shares...) {
		if spec.Get(kind).Exists() {
			made = append(made, kind)
		}
	}
	if affinity.Exists() && !zonal(affinity) {
		made = append(made, "node")
	} else if affinity.Exists() {
		made = append(made, "zone")
	}
	return strings.Join(made, " ")
}
