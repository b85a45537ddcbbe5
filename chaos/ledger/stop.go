package ledger

import (
	"context"
	"encoding/json"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

// Stopped is the annotation of a namespace in which no fault may begin until it is taken away.
const Stopped = "rmqproof.io/stop"

// Stop forbids new faults in a namespace, or lifts that again. It is read before each act, so that a run that is under way
// begins no further one.
func Stop(ctx context.Context, client kubernetes.Interface, namespace string, stop bool) error {
	var value any
	if stop {
		value = "true"
	}
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": map[string]any{Stopped: value}}})
	if err != nil {
		return err
	}
	if _, err := client.CoreV1().Namespaces().Patch(ctx, namespace, types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		return fmt.Errorf("annotate namespace %s with %s: %w", namespace, Stopped, err)
	}
	return nil
}

// refuseStopped keeps a fault from beginning where somebody has said stop, or where that cannot be read.
func (j *Journal) refuseStopped(ctx context.Context) error {
	ns, err := j.client.CoreV1().Namespaces().Get(ctx, j.namespace, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err): // there is nothing to disturb either, and the act says so
		return nil
	case err != nil:
		return fmt.Errorf("whether namespace %s is stopped cannot be read, so no fault begins: %w", j.namespace, err)
	case ns.Annotations[Stopped] != "":
		return fmt.Errorf("namespace %s is stopped (annotation %s), so no fault begins: rmqproof recover --lift --namespace %s allows them again", j.namespace, Stopped, j.namespace)
	}
	return nil
}
