package hand

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Refused returns why the cluster does not admit the helper, or nothing. It asks by dry runs and changes nothing.
func (h *Helpers) Refused(ctx context.Context) (string, error) {
	dry := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}
	ns, err := h.client.CoreV1().Namespaces().Get(ctx, Namespace, metav1.GetOptions{})
	if apierrors.IsNotFound(err) || err == nil && ns.DeletionTimestamp != nil { // its admission of pods is known only once it is there
		_, err = h.client.CoreV1().Namespaces().Create(ctx, namespaceObject(), dry)
	} else if err == nil {
		pod := podFor("", h.Image())
		pod.Name = "rmqproof-node-dry-run"
		_, err = h.client.CoreV1().Pods(Namespace).Create(ctx, pod, dry)
	}
	if isRefusal(err) {
		return err.Error(), nil
	}
	if apierrors.IsAlreadyExists(err) || ending(err) {
		return "", nil
	}
	return "", err
}

// isRefusal tells a cluster that does not admit the helper from one whose namespace of an earlier helper is still on its
// way out, which it also says by Forbidden.
func isRefusal(err error) bool {
	return (apierrors.IsForbidden(err) || apierrors.IsInvalid(err)) && !ending(err)
}

func ending(err error) bool { return apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause) }
