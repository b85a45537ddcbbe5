package fake

import (
	"context"
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	corev1 "k8s.io/api/core/v1"
)

// machines are what run the nodes.
type machines struct {
	f   *Cluster
	now map[string]chaos.Machine // those that were touched
}

// Power is that over the nodes.
func (f *Cluster) Power() chaos.Power { return f.machines }

func (m *machines) Look(_ context.Context, node string) (chaos.Machine, error) {
	m.f.mu.Lock()
	defer m.f.mu.Unlock()
	if now, ok := m.now[node]; ok {
		return now, nil
	}
	return chaos.Machine{State: chaos.Running}, nil
}

func (m *machines) Bring(_ context.Context, node string, to chaos.PowerState) error {
	m.f.mu.Lock()
	defer m.f.mu.Unlock()
	if err := m.f.wrote("bring node " + string(to)); err != nil || m.f.Inert {
		return err
	}
	was, ready := m.now[node].State, corev1.ConditionUnknown
	if to == chaos.Running {
		ready = corev1.ConditionTrue
	}
	m.f.setReady(node, ready)
	m.f.serial++
	m.now[node] = chaos.Machine{State: to, Since: time.Unix(int64(m.f.serial), 0)}
	if was == chaos.Off && to == chaos.Running {
		for _, p := range m.f.pods() {
			if p.Spec.NodeName == node {
				m.f.Restart(p.Name)
			}
		}
	}
	return nil
}

// powerOf says how the touched nodes run.
func (f *Cluster) powerOf(s map[string]string) {
	for node, now := range f.machines.now {
		if now.State != chaos.Running {
			s["power "+node] = fmt.Sprint(now.State)
		}
	}
}
