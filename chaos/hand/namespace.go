package hand

import (
	"context"
	"errors"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/internal/await"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// makeNamespace makes the helpers' namespace. One that is on its way out is waited for by asking again.
func (h *Helpers) makeNamespace(ctx context.Context) error {
	namespaces := h.client.CoreV1().Namespaces()
	ns, err := namespaces.Get(ctx, Namespace, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		ns, err = namespaces.Create(ctx, namespaceObject(), metav1.CreateOptions{})
	}
	if err != nil {
		return refused(err)
	}
	if ns.DeletionTimestamp != nil {
		return fmt.Errorf("namespace %s of an earlier helper is still being deleted", Namespace)
	}
	return nil
}

// refused says what a cluster that does not admit the helper must allow. Waiting does not help there.
func refused(err error) error {
	if !isRefusal(err) {
		return err
	}
	return await.Permanent(notAdmitted(err.Error()))
}

func notAdmitted(why string) error {
	if why == "" {
		return nil
	}
	return fmt.Errorf("the cluster does not admit the node helper, a privileged pod in namespace %s: %s. "+
		"Allow the namespace and privileged pods in it (label pod-security.kubernetes.io/enforce=privileged), or leave out the scenarios that need %s: %w",
		Namespace, why, chaos.NodeHelper, errors.ErrUnsupported)
}

// removeNamespace removes the helpers' namespace when it is ours and empty.
func (h *Helpers) removeNamespace(ctx context.Context) error {
	ns, err := h.client.CoreV1().Namespaces().Get(ctx, Namespace, metav1.GetOptions{})
	if apierrors.IsNotFound(err) || (err == nil && ns.Labels[managedBy] != ours) {
		return nil
	}
	if err != nil {
		return err
	}
	pods, err := h.client.CoreV1().Pods(Namespace).List(ctx, metav1.ListOptions{})
	if err != nil || len(pods.Items) > 0 {
		return err
	}
	err = h.client.CoreV1().Namespaces().Delete(ctx, Namespace, metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(ns.UID))})
	if apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
		return nil
	}
	return err
}
