package hand

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// What the helper refuses it says in plain text, which the client hides behind a sentence of its own.
func TestTheHelpersWordsAreHeard(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "the limit is left alone", http.StatusUnprocessableEntity)
	}))
	defer server.Close()
	client, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	pod := &corev1.Pod{}
	pod.Name, pod.Namespace = "helper", Namespace
	pod.Spec.Containers = []corev1.Container{{}}
	_, err = byProxy(client)(t.Context(), pod, "/act", []byte(`{}`))
	if err == nil || !strings.Contains(err.Error(), "the limit is left alone") {
		t.Errorf("the error is %v, without the helper's words", err)
	}
}
