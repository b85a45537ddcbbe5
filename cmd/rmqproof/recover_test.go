//go:build !agent

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/ledger"
	"github.com/rmqproof/rmqproof/chaos/nodes"
	"github.com/rmqproof/rmqproof/chaos/recovery"
)

// leftCordoned is a cluster in which a run was killed after it had cordoned w1. Somebody else has cordoned w2.
func leftCordoned(t *testing.T, path string) *fake.Clientset {
	t.Helper()
	client := fake.NewClientset(
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "kube-system", UID: "here"}},
		&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "w1"}}, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "w2"}, Spec: corev1.NodeSpec{Unschedulable: true}})
	l, err := ledger.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dead := recovery.NewSystem(client, "rocketmq", l)
	e, err := dead.Journal().Intend(t.Context(), chaos.Entry{Fault: "drain node of master", Target: "node w1", Undo: nodes.Uncordon.Name, Prior: []byte(`{"node":"w1"}`)})
	if err != nil {
		t.Fatal(err)
	}
	if err := nodes.Cordon(t.Context(), dead, "w1", e.Mark()); err != nil {
		t.Fatal(err)
	}
	return client
}

func TestRecoverSaysWhatItHealed(t *testing.T) {
	for name, keepConfigMap := range map[string]bool{"from the ConfigMap alone": true, "from the file alone": false} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "ledger.jsonl")
			client := leftCordoned(t, path)
			o := recoverOptions{namespace: "rocketmq"}
			if !keepConfigMap {
				o.ledger = path
				if err := client.CoreV1().ConfigMaps("rocketmq").Delete(t.Context(), ledger.ConfigMap, metav1.DeleteOptions{}); err != nil {
					t.Fatal(err)
				}
			}
			for _, want := range []string{"healed: drain node of master on node w1 (uncordon)", "nothing was left in namespace rocketmq"} {
				var out bytes.Buffer
				err := o.recover(t.Context(), &out, func(l *ledger.Ledger) *recovery.System { return recovery.NewSystem(client, "rocketmq", l) })
				if err != nil || !strings.Contains(out.String(), want) {
					t.Errorf("recover = %v, it said %q, want %q", err, out.String(), want)
				}
			}
			for node, cordoned := range map[string]bool{"w1": false, "w2": true} {
				n, err := client.CoreV1().Nodes().Get(t.Context(), node, metav1.GetOptions{})
				if err != nil || n.Spec.Unschedulable != cordoned {
					t.Errorf("node %s: unschedulable %t (%v), want %t", node, n.Spec.Unschedulable, err, cordoned)
				}
			}
		})
	}
}

func TestRecoverMakesNoLedgerOfItsOwn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mistyped.jsonl")
	err := recoverOptions{ledger: path}.recover(t.Context(), new(bytes.Buffer), nil)
	if _, stat := os.Stat(path); err == nil || stat == nil {
		t.Errorf("recover = %v; a file that is not there was accepted", err)
	}
}

func TestStopForbidsAndLiftAllows(t *testing.T) {
	client := fake.NewClientset(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "mq"}})
	stopped := func() string {
		ns, err := client.CoreV1().Namespaces().Get(t.Context(), "mq", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return ns.Annotations[ledger.Stopped]
	}
	var out bytes.Buffer
	if done, err := (recoverOptions{namespace: "mq", context: "staging", stop: true}).halt(t.Context(), client, &out); done || err != nil || stopped() == "" {
		t.Errorf("%t %v, the annotation is %q: what is there has to be healed as well", done, err, stopped())
	}
	if want := "rmqproof recover --lift --context 'staging' --namespace mq"; !strings.Contains(out.String(), want) {
		t.Errorf("%q does not name the cluster, as %q does", out.String(), want)
	}
	if done, err := (recoverOptions{namespace: "mq", lift: true}).halt(t.Context(), client, &out); !done || err != nil || stopped() != "" {
		t.Errorf("%t %v, the annotation is %q", done, err, stopped())
	}
	if code, text := command(t, "recover", "--stop", "--lift"); code == 0 || !strings.Contains(text, "stop") {
		t.Errorf("%d %s", code, text)
	}
}
