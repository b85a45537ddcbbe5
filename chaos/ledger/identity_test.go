package ledger

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/chaos"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	k8stesting "k8s.io/client-go/testing"
)

// TestAFaultIsNotForgottenByAUserWhoMayNotSeeWhichClusterItIs lets one user write and another one recover, of whom one, or
// none, may get the namespace that tells clusters apart.
func TestAFaultIsNotForgottenByAUserWhoMayNotSeeWhichClusterItIs(t *testing.T) {
	for _, c := range []struct{ writerSees, readerSees bool }{{true, true}, {true, false}, {false, true}, {false, false}} {
		sees := c.writerSees
		client := fake.NewClientset(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: metav1.NamespaceSystem, UID: "here"}}, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "mq"}})
		client.PrependReactor("get", "namespaces", func(a k8stesting.Action) (bool, runtime.Object, error) {
			hidden := a.(k8stesting.GetAction).GetName() == metav1.NamespaceSystem && !sees
			return hidden, nil, apierrors.NewForbidden(corev1.Resource("namespaces"), metav1.NamespaceSystem, nil)
		})
		file := filepath.Join(t.TempDir(), "ledger.jsonl")
		written, err := opened(t, file).For(client, "mq").Intend(t.Context(), chaos.Entry{Fault: "cut", Target: "pod a", Undo: "x"})
		if err != nil {
			t.Fatal(err)
		}
		sees = c.readerSees
		for range 2 { // what was read once is still there
			got, err := opened(t, "").For(client, "mq").Open(t.Context())
			if err != nil || len(got) != 1 || got[0].ID != written.ID {
				t.Fatalf("%+v: %+v %v", c, got, err)
			}
		}
		// The ConfigMap is lost, so that the file alone knows.
		if err := client.CoreV1().ConfigMaps("mq").Delete(t.Context(), ConfigMap, metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		got, err := opened(t, file).For(client, "mq").Open(t.Context())
		switch {
		case c.writerSees == c.readerSees && (err != nil || len(got) != 1):
			t.Errorf("%+v, by the file alone: %+v %v", c, got, err)
		case c.writerSees != c.readerSees && (err == nil || !strings.Contains(err.Error(), "kube-system")):
			t.Errorf("%+v, by the file alone: %+v %v does not say why", c, got, err)
		}
	}
}

func opened(t *testing.T, path string) *Ledger {
	t.Helper()
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}
