package ledger

import (
	"context"
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	k8stesting "k8s.io/client-go/testing"

	"github.com/rmqproof/rmqproof/chaos"
)

// The experiment is cancelled while an entry is on its way to the cluster, which keeps it, or not. Nothing was done, and so
// nothing is left to be healed.
func TestAnActThatWasNeverBegunIsNotLeftOpen(t *testing.T) {
	for name, arrives := range map[string]bool{"the answer is lost": true, "the entry is lost": false} {
		t.Run(name, func(t *testing.T) {
			client := fake.NewClientset(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: metav1.NamespaceSystem, UID: "cluster"}})
			ctx, cancel := context.WithCancel(t.Context())
			client.PrependReactor("create", "configmaps", func(a k8stesting.Action) (bool, runtime.Object, error) {
				cancel()
				if arrives {
					made := a.(k8stesting.CreateAction)
					if err := client.Tracker().Create(made.GetResource(), made.GetObject(), made.GetNamespace()); err != nil {
						t.Error(err)
					}
				}
				return true, nil, context.Cause(ctx)
			})
			l, err := Open(filepath.Join(t.TempDir(), "ledger.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			j := l.For(client, "mq")
			if _, err := j.Intend(ctx, chaos.Entry{Fault: "a fault", Target: "a pod", Undo: "x", Prior: []byte("1")}); err == nil {
				t.Error("an act may begin that could not be written down")
			}
			if open, err := j.Open(t.Context()); err != nil || len(open) > 0 {
				t.Errorf("open are %v (%v), want nothing", open, err)
			}
			if inFile, err := l.entries(); err != nil || len(merge(inFile)) > 0 {
				t.Errorf("the file has %v open (%v)", merge(inFile), err)
			}
		})
	}
}
