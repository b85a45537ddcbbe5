package hand

import (
	"crypto/rand"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/rmqproof/rmqproof/chaos/observe"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// Namespace is where the helpers' pods live, apart from RocketMQ's, whose namespace need not admit privileged pods.
const Namespace = observe.HelperNamespace

const (
	managedBy = "app.kubernetes.io/managed-by"
	ours      = "rmqproof"
	port      = 8091
	// tokenVariable hands the helper its secret.
	tokenVariable = "RMQPROOF_TOKEN"

	// Lease is how long a helper waits for a sign of its runner. It outlasts a restart of the API server.
	Lease = 30 * time.Second
	// beatEvery leaves several heartbeats to be lost.
	beatEvery = 5 * time.Second
	// Deadline is how long a helper lives at most. No experiment lasts longer.
	Deadline = 2 * time.Hour
)

// podName is one a node: whoever comes first makes it, and others share it.
func podName(node string) string {
	h := fnv.New64a()
	h.Write([]byte(node))
	return fmt.Sprintf("rmqproof-node-%x", h.Sum64())
}

func namespaceObject() *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: Namespace, Labels: map[string]string{
		managedBy:                                    ours,
		"pod-security.kubernetes.io/enforce":         "privileged",
		"pod-security.kubernetes.io/enforce-version": "latest",
	}}}
}

// podFor sees all processes of the node and may do with them what root may. It goes to the node past the scheduler,
// whatever taints the node has, and has no access to the API server.
func podFor(node, image string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: podName(node), Namespace: Namespace, Labels: map[string]string{managedBy: ours}},
		Spec: corev1.PodSpec{
			NodeName:                      node,
			HostPID:                       true,
			RestartPolicy:                 corev1.RestartPolicyNever,
			TerminationGracePeriodSeconds: ptr.To[int64](25),
			AutomountServiceAccountToken:  ptr.To(false),
			Tolerations:                   []corev1.Toleration{{Operator: corev1.TolerationOpExists}},
			Containers: []corev1.Container{{
				Name: "helper", Image: image, ImagePullPolicy: corev1.PullIfNotPresent,
				Args: []string{"node", "--listen", fmt.Sprintf(":%d", port), "--lease", Lease.String(), "--deadline", Deadline.String()},
				Env:  []corev1.EnvVar{{Name: tokenVariable, Value: rand.Text()}},
				Resources: corev1.ResourceRequirements{
					Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("10m"), corev1.ResourceMemory: resource.MustParse("32Mi")},
					Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("256Mi")},
				},
				SecurityContext: &corev1.SecurityContext{Privileged: ptr.To(true), RunAsUser: ptr.To[int64](0)},
			}},
		},
	}
}

func tokenOf(pod *corev1.Pod) string {
	for _, v := range pod.Spec.Containers[0].Env {
		if v.Name == tokenVariable {
			return v.Value
		}
	}
	return ""
}
