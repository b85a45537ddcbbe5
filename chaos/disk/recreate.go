package disk

import (
	"context"
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/chaos/kube"
	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// deleteSetWithin: the garbage collector's round.
const deleteSetWithin = time.Minute

// RecreateSet makes a StatefulSet again from its recorded spec.
var RecreateSet = kube.Undoing("recreate-statefulset", recreateSet)

// recordedSet is all that it takes to make a StatefulSet again.
type recordedSet struct {
	UID types.UID          `json:"uid"`
	Set appsv1.StatefulSet `json:"set"`
}

// record drops what the API server adds by itself and would refuse.
func record(s *appsv1.StatefulSet) recordedSet {
	return recordedSet{s.UID, appsv1.StatefulSet{
		ObjectMeta: metav1.ObjectMeta{
			Name: s.Name, Labels: s.Labels, Annotations: s.Annotations,
			OwnerReferences: s.OwnerReferences, Finalizers: s.Finalizers,
		},
		Spec: s.Spec,
	}}
}

// recreateSet makes the StatefulSet again where it is missing. One that is still there, or was made since, stays.
func recreateSet(ctx context.Context, c kube.Cluster, _ string, was recordedSet) error {
	sets := c.Client().AppsV1().StatefulSets(c.Namespace())
	return kube.Wait(ctx, deleteSetWithin, "StatefulSet "+was.Set.Name+" to be there again", func(ctx context.Context) error {
		s, err := sets.Get(ctx, was.Set.Name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			s, err = sets.Create(ctx, was.Set.DeepCopy(), metav1.CreateOptions{})
		}
		if err != nil {
			return err
		}
		if s.DeletionTimestamp != nil {
			return fmt.Errorf("the old StatefulSet %s (UID %s) is still being deleted", s.Name, s.UID)
		}
		return nil
	})
}
