package nodes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/topology"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubectl/pkg/drain"
)

// evictionRetry is how long an eviction that a disruption budget refused waits before it is asked for again.
const evictionRetry = 2 * time.Second

// evictor empties a node by kubectl's own code.
type evictor struct {
	helper *drain.Helper
	log    *refusals
}

func newEvictor(ctx context.Context, c kube.Cluster, d Drain) *evictor {
	log := &refusals{tell: func(line string) { chaos.Tell(ctx, chaos.Report{Text: "the drain: " + line, Waiting: true}) }}
	within := d.Within
	if within == 0 {
		within = chaos.Patient(ctx, drainWithin)
	}
	return &evictor{log: log, helper: &drain.Helper{
		Ctx: ctx, Client: c.Client(),
		GracePeriodSeconds:   kube.OwnGrace,
		IgnoreAllDaemonSets:  true,
		DeleteEmptyDirData:   !d.KeepEmptyDir,
		Timeout:              within,
		EvictErrorRetryDelay: evictionRetry,
		Out:                  io.Discard,
		ErrOut:               log,
	}}
}

// survey lists the namespace's pods that would be evicted, or says why the node cannot be emptied.
func (e *evictor) survey(ctx context.Context, c kube.Cluster, node string) ([]corev1.Pod, error) {
	pods, err := e.evictable(node)
	if err != nil {
		return nil, err
	}
	version, err := drain.CheckEvictionSupport(e.helper.Client)
	if err != nil {
		return nil, fmt.Errorf("asking the API server whether it can evict: %w", err)
	}
	if version.Empty() { // kubectl's code would then delete, past every disruption budget
		return nil, fmt.Errorf("the API server offers no evictions: node %s would be emptied past the disruption budgets", node)
	}
	if err := sparesAgent(ctx, c, node); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(pods, func(p corev1.Pod) bool { return p.Namespace != c.Namespace() }), nil
}

// sparesAgent refuses a node that carries the load's agent.
func sparesAgent(ctx context.Context, c kube.Cluster, node string) error {
	s, err := c.Snapshot(ctx)
	if err != nil {
		return fmt.Errorf("looking for the load's agent: %w", err)
	}
	for _, p := range s.Of(topology.Agent) {
		if p.Node == node {
			return fmt.Errorf("pod %s, which makes the load, is on node %s: to drain it would stop the load", p.Pod, node)
		}
	}
	return nil
}

func (e *evictor) evictable(node string) ([]corev1.Pod, error) {
	list, errs := e.helper.GetPodsForDeletion(node)
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("node %s cannot be drained: %w", node, err)
	}
	return list.Pods(), nil
}

// evict moves everything off the node, also what came to it between the survey and the cordon.
func (e *evictor) evict(ctx context.Context, node string) error {
	pods, err := e.evictable(node)
	if err != nil {
		return err
	}
	chaos.Tell(ctx, chaos.Report{Text: fmt.Sprintf("%d pods to leave node %s", len(pods), node), Waiting: true})
	if err := e.helper.DeleteOrEvictPods(pods); err != nil {
		return fmt.Errorf("draining node %s: %w%s", node, err, e.log.last())
	}
	return nil
}

// refusals keeps and tells what kubectl's code complains of: disruption budgets that let it wait.
type refusals struct {
	tell func(string)

	mu   sync.Mutex
	line string
}

func (r *refusals) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.line = strings.TrimSpace(string(b))
	r.tell(r.line)
	return len(b), nil
}

func (r *refusals) last() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.line == "" {
		return ""
	}
	return "; last refusal: " + r.line
}
