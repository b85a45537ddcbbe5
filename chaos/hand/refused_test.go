package hand

import (
	"net/http"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	k8stesting "k8s.io/client-go/testing"
)

// forbidden is how an API server says no, for a lasting reason or while the namespace is on its way out.
func forbidden(causes ...metav1.StatusCause) error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusForbidden, Reason: metav1.StatusReasonForbidden, Message: "forbidden: no",
		Details: &metav1.StatusDetails{Causes: causes},
	}}
}

// Between two faults the namespace of the first one's helper is on its way out. That is no refusal.
func TestANamespaceOnItsWayOutRefusesNothing(t *testing.T) {
	ending := metav1.Now()
	alive, dying := &corev1.Namespace{}, &corev1.Namespace{}
	alive.Name, dying.Name, dying.DeletionTimestamp = Namespace, Namespace, &ending
	for name, tc := range map[string]struct {
		namespace *corev1.Namespace
		says      error
		refused   bool
	}{
		"not admitted":            {alive, forbidden(), true},
		"ending, as the pod says": {alive, forbidden(metav1.StatusCause{Type: corev1.NamespaceTerminatingCause}), false},
		"ending, as it says":      {dying, forbidden(), false},
		"admitted":                {alive, nil, false},
	} {
		client := fake.NewClientset(tc.namespace)
		client.PrependReactor("create", "pods", func(k8stesting.Action) (bool, runtime.Object, error) {
			return tc.says != nil, nil, tc.says
		})
		why, err := NewAsking(client, "image", nil).Refused(t.Context())
		if err != nil || (why != "") != tc.refused {
			t.Errorf("%s: refused %q, %v", name, why, err)
		}
	}
}
