package fake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/node"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// hands are what the helpers of all nodes did. They never undo anything by themselves, which is the worst case: a helper
// that was killed.
type hands struct {
	*hand.Helpers
	held  map[string]chaos.Act // by id
	looks int                  // at clocks

	emptied map[string]bool // by id: what was seen before a server was killed
}

func (f *Cluster) newHands() {
	f.hands = hands{Helpers: hand.NewAsking(f.client, "rmqproof/agent:dev", f.ask), held: map[string]chaos.Act{}, emptied: map[string]bool{}}
}

// Hand is a node's helper.
func (f *Cluster) Hand(ctx context.Context, node string) (chaos.Hand, error) {
	return f.hands.On(ctx, node)
}

// Helpers are those of all nodes.
func (f *Cluster) Helpers() *hand.Helpers { return f.hands.Helpers }

// NewHelpers are those that another process reaches the same helpers by.
func (f *Cluster) NewHelpers() *hand.Helpers { return hand.NewAsking(f.client, "", f.ask) }

// ask is what a helper answers. Acts and undos count as writes.
func (f *Cluster) ask(_ context.Context, pod *corev1.Pod, path string, body []byte) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead {
		return nil, errDead
	}
	if _, err := f.client.Tracker().Get(podsResource, hand.Namespace, pod.Name); err != nil {
		return nil, err
	}
	if pod.Spec.Containers[0].Image == "" {
		return nil, errors.New("a helper without an image does not start")
	}
	var a chaos.Act
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, err
	}
	switch path {
	case node.PathAct:
		return nil, f.act(a)
	case node.PathUndo:
		return nil, f.undo(a)
	case node.PathSee:
		return json.Marshal(f.see(a))
	}
	held := 0
	for _, a := range f.hands.held {
		if p := f.Pod(a.On.Pod); p != nil && p.Spec.NodeName == pod.Spec.NodeName {
			held++
		}
	}
	return json.Marshal(node.Alive{Held: held})
}

func (f *Cluster) act(a chaos.Act) error {
	if err := f.wrote("act " + a.Verb); err != nil || f.Inert {
		return err
	}
	if !f.runs(a.On) {
		return node.ErrGone
	}
	if a.Verb == node.ServiceVerb {
		f.setReady(f.Pod(a.On.Pod).Spec.NodeName, corev1.ConditionUnknown)
	}
	if a.Verb == node.CrashVerb {
		f.Restart(a.On.Pod)
		f.Restart(a.On.Pod)
	}
	var args node.SignalArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return err
	}
	if a.Verb == node.LoseVerb {
		args.Signal = node.Kill
	}
	if a.Verb == node.EmptyVerb {
		f.hands.emptied[a.ID] = true
		args.Signal = node.Kill
	}
	if a.Verb == node.MemoryVerb {
		f.outOfMemory(a.On)
		return nil
	}
	if args.Signal == node.Kill || args.Signal == node.Terminate {
		f.Restart(a.On.Pod)
		return nil
	}
	f.hands.held[a.ID] = a
	return nil
}

func (f *Cluster) undo(a chaos.Act) error {
	if f.Stuck {
		return errors.New("fake: this cannot be undone now")
	}
	if err := f.wrote("undo " + a.Verb); err != nil {
		return err
	}
	if _, held := f.hands.held[a.ID]; held && a.Verb == node.ServiceVerb {
		f.setReady(f.Pod(a.On.Pod).Spec.NodeName, corev1.ConditionTrue)
	}
	delete(f.hands.held, a.ID)
	return nil
}

// StopToo stops a process behind the faults' back.
func (f *Cluster) StopToo(pod string) {
	f.hands.held["somebody's"] = chaos.Act{Verb: node.SignalVerb, On: chaos.Process{Pod: pod, ContainerID: f.Pod(pod).Status.ContainerStatuses[0].ContainerID}}
}

func (f *Cluster) see(a chaos.Act) any {
	_, held := f.hands.held[a.ID]
	switch {
	case a.Verb == node.SignalVerb:
		return f.server(a)
	case f.hands.emptied[a.ID]:
		return node.Emptied{File: "/store/topics.json", Had: 2}
	case held:
		return f.seeHeld(a)
	case a.Verb == node.ServiceVerb:
		return node.ServiceState{State: "active"}
	}
	return struct{}{}
}

func (f *Cluster) server(a chaos.Act) node.Server {
	s := node.Server{Gone: !f.runs(a.On), Process: node.Process{PID: 7, State: "S", Command: "java"}}
	for _, held := range f.hands.held {
		if !f.runs(held.On) || f.Pod(held.On.Pod).Spec.NodeName != f.Pod(a.On.Pod).Spec.NodeName {
			continue
		}
		s.Stopped = append(s.Stopped, held.On.ContainerID)
		if held.On.ContainerID == a.On.ContainerID {
			s.State = "T"
		}
	}
	return s
}

// setReady is what the node controller does once the kubelet is silent, or heard again.
func (f *Cluster) setReady(name string, ready corev1.ConditionStatus) {
	n := must(f.client.Tracker().Get(nodesResource, "", name)).(*corev1.Node)
	n.Status.Conditions[0].Status = ready
	must(0, f.client.Tracker().Update(nodesResource, n, ""))
}

// runs says that the container is still the same one.
func (f *Cluster) runs(p chaos.Process) bool {
	pod := f.Pod(p.Pod)
	return pod != nil && slices.ContainsFunc(pod.Status.ContainerStatuses, func(s corev1.ContainerStatus) bool { return s.ContainerID == p.ContainerID })
}

// system says what helpers left in their namespace.
func (f *Cluster) system(s map[string]string) {
	namespaces := schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	if _, err := f.client.Tracker().Get(namespaces, "", hand.Namespace); err == nil {
		s["namespace"] = hand.Namespace
	}
	kind := schema.GroupVersionKind{Version: "v1", Kind: "Pod"}
	for _, p := range must(f.client.Tracker().List(podsResource, kind, hand.Namespace)).(*corev1.PodList).Items {
		s["helper "+p.Spec.NodeName] = p.Name
	}
	for id, act := range f.hands.held {
		if f.runs(act.On) || act.Verb != node.SignalVerb { // a stopped process ends with its container
			s["act "+id] = fmt.Sprint(act.Verb, " ", act.On.Pod)
		}
	}
}
