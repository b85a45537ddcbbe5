package hand

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// Ask sends a body to a path of a helper's pod, and returns the body of a 2xx answer.
type Ask func(ctx context.Context, pod *corev1.Pod, path string, body []byte) ([]byte, error)

// Helpers are the node helpers of one cluster, one a node.
type Helpers struct {
	client kubernetes.Interface
	ask    Ask

	mu       sync.Mutex
	image    string
	sessions map[string]*session // by node
}

// New returns the helpers of a cluster. image is that of the agent: it holds the same program.
func New(client kubernetes.Interface, image string) *Helpers {
	return NewAsking(client, image, byProxy(client))
}

// NewAsking returns helpers that are reached in another way than through the API server's pod proxy.
func NewAsking(client kubernetes.Interface, image string, ask Ask) *Helpers {
	return &Helpers{client: client, ask: ask, image: image, sessions: map[string]*session{}}
}

// Image is that of the helper's pods.
func (h *Helpers) Image() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.image
}

// Use makes the helpers of another image, as recovery does with that of the run that died.
func (h *Helpers) Use(image string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.image = image
}

// startWithin: a pod whose image is on the node, or is pulled.
const startWithin = 2 * time.Minute

// On returns the helper on a node and makes its pod where there is none that answers. The helper's lease is kept until
// it is closed or this process ends.
func (h *Helpers) On(ctx context.Context, node string) (chaos.Hand, error) {
	h.mu.Lock()
	s, ok := h.sessions[node]
	h.mu.Unlock()
	if ok && s.alive(ctx) == nil {
		return s, nil
	}
	lost := s
	s = &session{helpers: h, node: node}
	what := "the helper on node " + node + " to answer"
	if err := kube.Wait(ctx, startWithin, what, s.start); err != nil {
		return nil, fmt.Errorf("reaching node %s: %w", node, err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if other := h.sessions[node]; other != nil && other != lost { // a fault at the same time was first
		return other, nil
	}
	if lost != nil { // not before: who asked may only have had no time left, and others have acts there
		lost.stop()
	}
	s.keep(ctx)
	h.sessions[node] = s
	return s, nil
}

// start makes the namespace and the pod unless they are there, and asks the pod for a sign of life.
func (s *session) start(ctx context.Context) error {
	if err := s.helpers.makeNamespace(ctx); err != nil {
		return err
	}
	pods := s.helpers.client.CoreV1().Pods(Namespace)
	pod, err := pods.Get(ctx, podName(s.node), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		pod, err = pods.Create(ctx, podFor(s.node, s.helpers.Image()), metav1.CreateOptions{})
	}
	if err != nil {
		return refused(err)
	}
	if kube.Ended(pod) { // an earlier runner's, which undid its acts and ended
		err := pods.Delete(ctx, pod.Name, metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(pod.UID))})
		return fmt.Errorf("the helper of an earlier run is in the way: %s (removed: %v)", kube.Describe(pod), err == nil)
	}
	if pod.Status.Phase == corev1.PodPending {
		return fmt.Errorf("%s", kube.Describe(pod))
	}
	s.pod = pod
	if err := s.alive(ctx); err != nil {
		return fmt.Errorf("%s: %w", kube.Describe(pod), err)
	}
	return nil
}
