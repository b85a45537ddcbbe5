package change

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/observe"
	"github.com/rmqproof/rmqproof/internal/await"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// revision is a change of one container in a StatefulSet's template that is taken back later, as the ledger keeps it.
type revision struct {
	Set       string                           `json:"set"`
	Before    corev1.Container                 `json:"before"`
	After     corev1.Container                 `json:"after"`
	How       appsv1.StatefulSetUpdateStrategy `json:"how"`       // before
	Partition int32                            `json:"partition"` // while the change holds: pods of lower ordinals keep the old template
}

// edit is a fault that changes the template of its target's StatefulSet.
type edit struct {
	chaos.Fault
	target chaos.Target
	canary bool // one pod gets the new template, and the roll does not go on
	change func(*corev1.Container)
	// seen returns nil when the first pod of the new template fares as it must.
	seen func(*corev1.Pod) error
}

// inject changes the template. A StatefulSet begins with its last pod; that the others stay as they are is confirmed.
func (e edit) inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	c, err := kube.Of(on)
	if err != nil {
		return nil, err
	}
	victims, err := kube.Select(ctx, c, e.target)
	if err != nil {
		return nil, err
	}
	r, last, err := e.plan(ctx, c, victims[0])
	if err != nil {
		return nil, err
	}
	before, err := observe.Take(ctx, c)
	if err != nil {
		return nil, err
	}
	a := chaos.Begin(on, e.Fault, "StatefulSet "+r.Set)
	a.Hit = chaos.Things{observe.StatefulSet: {r.Set}, observe.Pod: {last}}
	a.Held = func(ctx context.Context) error {
		if err := e.rolled(ctx, c, r, last); err != nil {
			return err
		}
		return before.Bystanders(ctx, c, a.Hit)
	}
	if _, err := a.Promise(ctx, RestoreTemplate, r); err != nil {
		return a.Changed(), err
	}
	err = r.put(ctx, c, r.After, r.roll())
	a.Acted()
	return a, err
}

// plan refuses what would not roll, and returns the name of the pod that is first.
func (e edit) plan(ctx context.Context, c kube.Cluster, v kube.Victim) (r revision, last string, err error) {
	set, err := kube.SetOf(ctx, c, &v.Object)
	if err != nil {
		return r, "", err
	}
	if err := rolls(set); err != nil {
		return r, "", err
	}
	names := kube.PodNames(set)
	if e.canary {
		if len(names) < 2 {
			return r, "", fmt.Errorf("StatefulSet %s has one pod: a canary needs another one that stays as it is", set.Name)
		}
		r.Partition = int32(len(names)) - 1
	}
	box := containerIn(set, v.Container)
	if box == nil {
		return r, "", fmt.Errorf("StatefulSet %s has no container named %s, in which %s runs", set.Name, v.Container, v)
	}
	r.Set, r.How, r.Before, r.After = set.Name, *set.Spec.UpdateStrategy.DeepCopy(), *box, *box.DeepCopy()
	e.change(&r.After)
	if equality.Semantic.DeepEqual(r.Before, r.After) {
		return r, "", fmt.Errorf("StatefulSet %s is as the change would make it: it would change nothing", set.Name)
	}
	return r, names[len(names)-1], nil
}

func containerIn(s *appsv1.StatefulSet, name string) *corev1.Container {
	all := s.Spec.Template.Spec.Containers
	if n := slices.IndexFunc(all, func(b corev1.Container) bool { return b.Name == name }); n >= 0 {
		return &all[n]
	}
	return nil
}

// rolled returns nil once the pod has the new template and fares as it must.
func (e edit) rolled(ctx context.Context, c kube.Cluster, r revision, last string) error {
	return kube.Wait(ctx, kube.StartWithin, "the change to reach pod "+last, func(ctx context.Context) error {
		pod, err := kube.GetPod(ctx, c, last)
		if err != nil {
			return err
		}
		if !r.abandoned(pod) {
			return fmt.Errorf("it has the old template: %s", kube.Describe(pod))
		}
		return e.seen(pod)
	})
}

// abandoned says that the pod is of the template that is taken back.
func (r revision) abandoned(p *corev1.Pod) bool {
	for _, box := range p.Spec.Containers {
		if box.Name == r.After.Name {
			return box.Image == r.After.Image && equality.Semantic.DeepEqual(box.Env, r.After.Env) &&
				equality.Semantic.DeepEqual(box.Resources.Requests, r.After.Resources.Requests)
		}
	}
	return false
}

// put makes the container in the template what is given, unless it is neither as it was nor as we made it.
func (r revision) put(ctx context.Context, c kube.Cluster, to corev1.Container, how appsv1.StatefulSetUpdateStrategy) error {
	set, err := kube.GetSet(ctx, c, r.Set)
	if err != nil {
		return err
	}
	now := containerIn(set, to.Name)
	switch {
	case now != nil && equality.Semantic.DeepEqual(*now, to) && equality.Semantic.DeepEqual(set.Spec.UpdateStrategy, how):
		return nil
	case now == nil || !equality.Semantic.DeepEqual(*now, r.Before) && !equality.Semantic.DeepEqual(*now, r.After):
		return await.Permanent(fmt.Errorf("StatefulSet %s was changed by somebody else; it is left alone", r.Set))
	}
	*now, set.Spec.UpdateStrategy = to, how
	if _, err = c.Client().AppsV1().StatefulSets(c.Namespace()).Update(ctx, set, metav1.UpdateOptions{}); err != nil {
		return fmt.Errorf("changing the template of StatefulSet %s: %w", r.Set, err)
	}
	return nil
}

// roll is how the change goes over the pods.
func (r revision) roll() appsv1.StatefulSetUpdateStrategy {
	how := *r.How.DeepCopy()
	if r.Partition > 0 {
		if how.RollingUpdate == nil {
			how.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{}
		}
		how.RollingUpdate.Partition = &r.Partition
	}
	return how
}

func partitionOf(s *appsv1.StatefulSet) int32 {
	if how := s.Spec.UpdateStrategy.RollingUpdate; how != nil && how.Partition != nil {
		return *how.Partition
	}
	return 0
}

// RestoreTemplate takes a change of a template back, and with it the pods that it broke.
var RestoreTemplate = kube.Undoing("restore-template", restoreTemplate)

func restoreTemplate(ctx context.Context, c kube.Cluster, _ string, r revision) error {
	return kube.Wait(ctx, stepWithin, "StatefulSet "+r.Set+" to serve with its old template", func(ctx context.Context) error {
		set, err := kube.GetSet(ctx, c, r.Set)
		if apierrors.IsNotFound(err) {
			return nil
		}
		if err == nil {
			err = r.put(ctx, c, r.Before, r.How)
		}
		if err != nil {
			return err
		}
		var errs []error
		for _, name := range kube.PodNames(set) {
			errs = append(errs, r.bringBack(ctx, c, name))
		}
		return errors.Join(errs...)
	})
}

// bringBack removes a pod of the abandoned template that is not ready: its StatefulSet would wait for it for ever.
func (r revision) bringBack(ctx context.Context, c kube.Cluster, name string) error {
	pod, err := kube.GetPod(ctx, c, name)
	if err != nil {
		return err
	}
	if r.abandoned(pod) && !kube.Ready(pod) && pod.DeletionTimestamp == nil {
		chaos.Tell(ctx, chaos.Report{Text: "removing a pod of the template that is taken back: " + kube.Describe(pod)})
		if err := kube.Remove(ctx, c, kube.FactOf(pod), kube.OwnGrace); err != nil {
			return err
		}
	}
	if r.abandoned(pod) || !kube.Ready(pod) || pod.DeletionTimestamp != nil {
		return errors.New(kube.Describe(pod))
	}
	return nil
}
