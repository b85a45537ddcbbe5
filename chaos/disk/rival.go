package disk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/observe"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// Rival puts a second pod on another node that wants the volume of a pod which has it. A volume that is attached to one node at a
// time must be refused to it, and the first pod must not notice. Where nothing refuses, the second pod reads and ends.
type Rival struct{ chaos.Target }

// Name says whose volume it wants.
func (r Rival) Name() string { return "a second pod wants the volume of " + r.Target.String() }

// Needs a volume that is not tied to its node, and another node.
func (Rival) Needs() []chaos.Need { return []chaos.Need{chaos.MovableVolume, chaos.SeveralWorkers} }

// rivalMark is the annotation that says by which promise the pod was made.
const rivalMark = "rmqproof/made-by"

// rivalPod is a pod that we make, written down before it is.
type rivalPod struct {
	Pod string `json:"pod"`
}

// RemoveRival removes the second pod.
var RemoveRival = kube.Undoing("remove-rival", removeRival)

// Inject makes the second pod.
func (r Rival) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	c, err := kube.Of(on)
	if err != nil {
		return nil, err
	}
	v, vols, err := withVolumes(ctx, c, r.Target, volumes.free)
	if err != nil {
		return nil, err
	}
	node, err := otherWorker(ctx, c, v.Node)
	if err != nil {
		return nil, err
	}
	before, err := observe.Take(ctx, c)
	if err != nil {
		return nil, err
	}
	name := v.Pod + "-rival"
	a := chaos.Begin(on, r, fmt.Sprintf("the volume of pod %s, from node %s", v.Pod, node))
	a.Hit = chaos.Things{observe.Pod: {name}}
	a.Held = func(ctx context.Context) error {
		if err := refused(ctx, c, name); err != nil {
			return err
		}
		return before.Bystanders(ctx, c, a.Hit)
	}
	e, err := a.Promise(ctx, RemoveRival, rivalPod{name})
	if err != nil {
		return a.Changed(), err
	}
	pod := rivalOf(&v.Object, vols[0].claim, node)
	pod.Name, pod.Annotations = name, map[string]string{rivalMark: e.Mark()}
	_, err = c.Client().CoreV1().Pods(c.Namespace()).Create(ctx, pod, metav1.CreateOptions{})
	a.Acted()
	if err != nil {
		err = fmt.Errorf("making pod %s: %w", name, err)
	}
	return a, err
}

// otherWorker is a node that takes pods, and is not that one.
func otherWorker(ctx context.Context, c kube.Cluster, not string) (string, error) {
	list, err := c.Client().CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return "", fmt.Errorf("looking for a second node: %w", err)
	}
	for _, n := range list.Items {
		_, plane := n.Labels["node-role.kubernetes.io/control-plane"]
		if n.Name != not && !plane && !n.Spec.Unschedulable && len(n.Spec.Taints) == 0 {
			return n.Name, nil
		}
	}
	return "", fmt.Errorf("there is no second node beside %s that takes pods", not)
}

// rivalOf mounts the claim to read, in the image of the one that has it, as the strictest admission wants a pod.
func rivalOf(of *corev1.Pod, claim, node string) *corev1.Pod {
	return &corev1.Pod{Spec: corev1.PodSpec{
		NodeName: node, RestartPolicy: corev1.RestartPolicyNever, TerminationGracePeriodSeconds: ptr.To(int64(1)),
		AutomountServiceAccountToken: ptr.To(false),
		SecurityContext: &corev1.PodSecurityContext{RunAsNonRoot: ptr.To(true), RunAsUser: ptr.To(int64(3000)),
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}},
		Containers: []corev1.Container{{
			Name: "rival", Image: of.Spec.Containers[0].Image, Command: []string{"/bin/sh", "-c", "ls /wanted"},
			VolumeMounts: []corev1.VolumeMount{{Name: "wanted", MountPath: "/wanted", ReadOnly: true}},
			SecurityContext: &corev1.SecurityContext{AllowPrivilegeEscalation: ptr.To(false),
				Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}},
		}},
		Volumes: []corev1.Volume{{Name: "wanted", VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim}}}},
	}}
}

// refused returns nil once an event says that the second pod cannot have the volume, and while it has not started.
func refused(ctx context.Context, c kube.Cluster, name string) error {
	return kube.Wait(ctx, kube.ReplaceWithin, "pod "+name+" to be refused the volume", func(ctx context.Context) error {
		pod, err := kube.GetPod(ctx, c, name)
		if err != nil {
			return err
		}
		if pod.Status.Phase != corev1.PodPending {
			return errors.New("it was not: " + kube.Describe(pod))
		}
		events, err := c.Client().CoreV1().Events(c.Namespace()).List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=" + name})
		if err != nil {
			return fmt.Errorf("reading what was said of pod %s: %w", name, err)
		}
		for _, e := range events.Items {
			if e.InvolvedObject.UID == pod.UID && e.Reason == "FailedAttachVolume" && strings.Contains(e.Message, "Multi-Attach") {
				return nil
			}
		}
		return fmt.Errorf("%s, and no event FailedAttachVolume says Multi-Attach", kube.Describe(pod))
	})
}

// removeRival removes the pod that the promise made, and waits until it is gone.
func removeRival(ctx context.Context, c kube.Cluster, mark string, r rivalPod) error {
	return kube.Wait(ctx, kube.ReplaceWithin, "pod "+r.Pod+" to be gone", func(ctx context.Context) error {
		pod, err := kube.GetPod(ctx, c, r.Pod)
		if apierrors.IsNotFound(err) || err == nil && pod.Annotations[rivalMark] != mark {
			return nil
		}
		if err == nil && pod.DeletionTimestamp == nil {
			err = kube.Remove(ctx, c, kube.FactOf(pod), kube.OwnGrace)
		}
		if err != nil && !apierrors.IsNotFound(err) {
			return err
		}
		return fmt.Errorf("%s", "pod "+r.Pod+" is being removed")
	})
}
