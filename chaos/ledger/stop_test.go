package ledger

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/chaos"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
)

func TestNoFaultBeginsWhereSomebodySaidStop(t *testing.T) {
	client := fake.NewClientset(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "mq", Annotations: map[string]string{"own": "x"}}},
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "kube-system", UID: "here"}})
	l, err := Open(filepath.Join(t.TempDir(), "ledger.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	j := l.For(client, "mq")
	begin := func() error { _, err := j.Intend(t.Context(), chaos.Entry{Fault: "f"}); return err }
	if err := begin(); err != nil {
		t.Fatal(err)
	}
	if err := Stop(t.Context(), client, "mq", true); err != nil {
		t.Fatal(err)
	}
	if err := begin(); err == nil || !strings.Contains(err.Error(), "recover --lift") {
		t.Errorf("while stopped: %v", err)
	}
	if open, err := j.Open(t.Context()); err != nil || len(open) != 1 {
		t.Errorf("%d entries are open (%v): what was refused was written down, or what is to be healed was forgotten", len(open), err)
	}
	if err := Stop(t.Context(), client, "mq", false); err != nil {
		t.Fatal(err)
	}
	if err := begin(); err != nil {
		t.Errorf("after it was lifted: %v", err)
	}
	ns, err := client.CoreV1().Namespaces().Get(t.Context(), "mq", metav1.GetOptions{})
	if err != nil || len(ns.Annotations) != 1 {
		t.Errorf("annotations %v %v", ns.Annotations, err)
	}
}
