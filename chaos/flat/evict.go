package flat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

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

func newEvictor(ctx context.Context, c Cluster, d CordonAndDrain) *evictor {
	log := &refusals{}
	within := d.Within
	if within == 0 {
		within = patient(drainWithin)
	}
	return &evictor{log: log, helper: &drain.Helper{
		Ctx: ctx, Client: c.Client(),
		GracePeriodSeconds:   ownGrace,
		IgnoreAllDaemonSets:  true,
		DeleteEmptyDirData:   !d.KeepEmptyDir,
		Timeout:              within,
		EvictErrorRetryDelay: evictionRetry,
		Out:                  io.Discard,
		ErrOut:               log,
	}}
}

// survey lists the namespace's pods that would be evicted, or says why the node cannot be emptied.
func (e *evictor) survey(node, namespace string) ([]corev1.Pod, error) {
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
	for _, p := range pods {
		if p.Labels[componentLabel] == agentComponent {
			return nil, fmt.Errorf("pod %s/%s, which makes the load, is on node %s: to drain it would stop the load", p.Namespace, p.Name, node)
		}
	}
	return slices.DeleteFunc(pods, func(p corev1.Pod) bool { return p.Namespace != namespace }), nil
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
	defer beat(ctx, "draining node "+node)()
	if err := e.helper.DeleteOrEvictPods(pods); err != nil {
		return fmt.Errorf("draining node %s: %w%s", node, err, e.log.last())
	}
	return nil
}

// refusals keeps and shows what kubectl's code complains of: disruption budgets that let it wait.
type refusals struct {
	mu   sync.Mutex
	line string
}

func (r *refusals) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.line = strings.TrimSpace(string(b))
	slog.Info("the drain waits", "because", r.line)
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
