package hand

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// session is one helper's pod, whose lease this process keeps. It is a chaos.Hand.
type session struct {
	helpers *Helpers
	node    string
	pod     *corev1.Pod
	stop    func()
}

// keep renews the lease until stop is called: also when the experiment's context is cancelled, for healing comes after.
func (s *session) keep(ctx context.Context) {
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		t := time.NewTicker(beatEvery)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				_ = s.alive(ctx) // one that is lost is followed by others; the next act says what is wrong
			}
		}
	}()
}

// askWithin bounds one question.
const askWithin = 15 * time.Second

func (s *session) send(ctx context.Context, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	answer, err := s.helpers.ask(ctx, s.pod, path, body)
	if err != nil {
		return fmt.Errorf("the helper on node %s: %w", s.node, err)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("reading the helper's answer on node %s: %w", s.node, err)
	}
	return nil
}

func (s *session) alive(ctx context.Context) error {
	return s.send(ctx, node.PathAlive, struct{}{}, new(node.Alive))
}

// Act does it.
func (s *session) Act(ctx context.Context, a chaos.Act) error {
	return s.send(ctx, node.PathAct, a, nil)
}

// Undo undoes it.
func (s *session) Undo(ctx context.Context, a chaos.Act) error {
	return s.send(ctx, node.PathUndo, a, nil)
}

// See looks at what it did.
func (s *session) See(ctx context.Context, a chaos.Act, into any) error {
	return s.send(ctx, node.PathSee, a, into)
}

// Close removes the helper unless it holds acts of others.
func (s *session) Close(ctx context.Context) error { return s.helpers.Close(ctx, s.node) }

// Close removes the helper of a node unless it holds acts. The last one takes the namespace along.
func (h *Helpers) Close(ctx context.Context, nodeName string) error {
	h.mu.Lock()
	s, ok := h.sessions[nodeName]
	h.mu.Unlock()
	pods := h.client.CoreV1().Pods(Namespace)
	pod, err := pods.Get(ctx, podName(nodeName), metav1.GetOptions{})
	if err == nil {
		if h.holds(ctx, nodeName, pod) > 0 {
			return nil // others share it
		}
		err = h.remove(ctx, pod)
	}
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("removing the helper of node %s: %w", nodeName, err)
	}
	if ok {
		s.stop()
		h.mu.Lock()
		delete(h.sessions, nodeName)
		h.mu.Unlock()
	}
	return h.removeNamespace(ctx)
}

// holds is how many acts a helper says that it holds. One answer may be lost; who gives none to a second question holds nothing.
func (h *Helpers) holds(ctx context.Context, nodeName string, pod *corev1.Pod) int {
	asking := &session{helpers: h, node: nodeName, pod: pod}
	for range 2 {
		var now node.Alive
		if asking.send(ctx, node.PathAlive, struct{}{}, &now) == nil {
			return now.Held
		}
	}
	return 0
}

// removeWithin: the helper undoes what it holds within its grace period, and the kubelet reports its end.
const removeWithin = time.Minute

func (h *Helpers) remove(ctx context.Context, pod *corev1.Pod) error {
	pods := h.client.CoreV1().Pods(Namespace)
	err := pods.Delete(ctx, pod.Name, metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(pod.UID))})
	if err != nil {
		return err
	}
	return kube.Wait(ctx, removeWithin, "pod "+pod.Name+" to be gone", func(ctx context.Context) error {
		now, err := pods.Get(ctx, pod.Name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) || (err == nil && now.UID != pod.UID) {
			return nil
		}
		if err != nil {
			return err
		}
		return fmt.Errorf("%s", kube.Describe(now))
	})
}
