package pods

import (
	"context"
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/internal/await"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// evictWithin: a disruption budget lets the next pod go once the one before is ready.
const evictWithin = 4 * time.Minute

// Evict asks the API server to evict pods, one after another. Disruption budgets may delay each, and forbid it.
type Evict struct{ chaos.Target }

// Name says what is evicted.
func (e Evict) Name() string { return "evict " + e.Target.String() }

// Needs evictions.
func (Evict) Needs() []chaos.Need { return []chaos.Need{chaos.Evictions} }

// Inject returns once all are evicted, or one is not within its time.
func (e Evict) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	r, err := prepare(ctx, on, e, e.Target)
	if err != nil {
		return nil, err
	}
	for _, p := range r.facts {
		what := "the disruption budgets to let pod " + p.Name + " go"
		err := kube.Wait(ctx, evictWithin, what, func(ctx context.Context) error { return evict(ctx, r.cluster, p) })
		if err != nil {
			return r.active.Changed(), err
		}
		r.active.Acted()
	}
	return r.active, nil
}

func evict(ctx context.Context, c kube.Cluster, p kube.PodFact) error {
	err := c.Client().PolicyV1().Evictions(c.Namespace()).Evict(ctx, &policyv1.Eviction{
		ObjectMeta:    metav1.ObjectMeta{Name: p.Name, Namespace: c.Namespace()},
		DeleteOptions: &metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(p.UID))},
	})
	if err == nil || apierrors.IsTooManyRequests(err) {
		return err
	}
	return await.Permanent(fmt.Errorf("evicting pod %s (UID %s): %w", p.Name, p.UID, err))
}
