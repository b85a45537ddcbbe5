package observe

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/chaos/kube"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Kinds of things, as faults name what they hit.
const (
	Pod         = "pod"
	Node        = "node"
	Claim       = "claim"
	Volume      = "volume"
	StatefulSet = "StatefulSet"
)

// HelperNamespace is where the node helper's pods live.
const HelperNamespace = "rmqproof-helpers"

// looks are all that is looked at. A fault that touches another kind of thing adds a row.
var looks = []Look{
	{Kind: Pod, While: true, See: pods},
	{Kind: "running pods of", After: true, See: runningByOwner},
	{Kind: Node, While: true, After: true, See: nodes},
	{Kind: "condition of node", After: true, See: conditions},
	{Kind: Claim, While: true, After: true, See: claims},
	{Kind: Volume, While: true, After: true, See: volumes},
	{Kind: StatefulSet, While: true, See: sets},
	{Kind: StatefulSet, After: true, See: setSpecs},
	{Kind: "NetworkPolicy", While: true, After: true, See: policies},
	{Kind: "helper pod", After: true, See: helpers},
}

var everything = metav1.ListOptions{}

// pods leaves out those that have ended: they may be cleared away at any time. A container that restarts in its pod
// gets another id.
func pods(ctx context.Context, c kube.Cluster) (map[string]Aspects, error) {
	list, err := c.Client().CoreV1().Pods(c.Namespace()).List(ctx, everything)
	seen := map[string]Aspects{}
	if err != nil {
		return seen, err
	}
	for n := range list.Items {
		p := &list.Items[n]
		if kube.Ended(p) {
			continue
		}
		f := kube.FactOf(p)
		a := Aspects{"UID": string(f.UID), "being deleted": fmt.Sprint(f.Deleting)}
		for name, image := range f.Images {
			a["image of "+name] = image
		}
		for name, id := range f.Containers {
			a["container "+name] = id
		}
		seen[f.Name] = a
	}
	return seen, nil
}

// runningByOwner counts the pods that run: those of a ReplicaSet get new names.
func runningByOwner(ctx context.Context, c kube.Cluster) (map[string]Aspects, error) {
	list, err := c.Client().CoreV1().Pods(c.Namespace()).List(ctx, everything)
	if err != nil {
		return nil, err
	}
	count := map[string]int{}
	for n := range list.Items {
		p := &list.Items[n]
		owner := "pod " + p.Name
		if ref := metav1.GetControllerOf(p); ref != nil {
			owner = ref.Kind + " " + ref.Name
		}
		if p.Status.Phase == corev1.PodRunning && p.DeletionTimestamp == nil {
			count[owner]++
		}
	}
	seen := map[string]Aspects{}
	for owner, n := range count {
		seen[owner] = Aspects{"count": fmt.Sprint(n)}
	}
	return seen, nil
}

func nodes(ctx context.Context, c kube.Cluster) (map[string]Aspects, error) {
	return seeNodes(ctx, c, func(n corev1.Node) Aspects {
		a := Aspects{"unschedulable": fmt.Sprint(n.Spec.Unschedulable)}
		for _, t := range n.Spec.Taints {
			if !strings.HasPrefix(t.Key, "node.kubernetes.io/") { // those follow from conditions and from the line above
				a["taint "+t.Key] = t.Value + ":" + string(t.Effect)
			}
		}
		for key, value := range n.Annotations {
			if strings.HasPrefix(key, "rmqproof/") {
				a["annotation "+key] = value
			}
		}
		return a
	})
}

func conditions(ctx context.Context, c kube.Cluster) (map[string]Aspects, error) {
	return seeNodes(ctx, c, func(n corev1.Node) Aspects {
		a := Aspects{}
		for _, cond := range n.Status.Conditions {
			a[string(cond.Type)] = string(cond.Status)
		}
		return a
	})
}

func seeNodes(ctx context.Context, c kube.Cluster, of func(corev1.Node) Aspects) (map[string]Aspects, error) {
	list, err := c.Client().CoreV1().Nodes().List(ctx, everything)
	if err != nil {
		return nil, err
	}
	seen := map[string]Aspects{}
	for _, n := range list.Items {
		seen[n.Name] = of(n)
	}
	return seen, nil
}

func claims(ctx context.Context, c kube.Cluster) (map[string]Aspects, error) {
	list, err := c.Client().CoreV1().PersistentVolumeClaims(c.Namespace()).List(ctx, everything)
	if err != nil {
		return nil, err
	}
	seen := map[string]Aspects{}
	for _, p := range list.Items {
		seen[p.Name] = Aspects{"UID": string(p.UID), "volume": p.Spec.VolumeName}
	}
	return seen, nil
}

// volumes are those that claims of the namespace are bound to.
func volumes(ctx context.Context, c kube.Cluster) (map[string]Aspects, error) {
	list, err := c.Client().CoreV1().PersistentVolumes().List(ctx, everything)
	if err != nil {
		return nil, err
	}
	seen := map[string]Aspects{}
	for _, v := range list.Items {
		if ref := v.Spec.ClaimRef; ref != nil && ref.Namespace == c.Namespace() {
			seen[v.Name] = Aspects{"UID": string(v.UID), "claim": ref.Name, "UID of the claim": string(ref.UID)}
		}
	}
	return seen, nil
}

func sets(ctx context.Context, c kube.Cluster) (map[string]Aspects, error) {
	return seeSets(ctx, c, func(s appsv1.StatefulSet) Aspects {
		a := specOf(s)
		a["UID"] = string(s.UID)
		return a
	})
}

func setSpecs(ctx context.Context, c kube.Cluster) (map[string]Aspects, error) {
	return seeSets(ctx, c, specOf)
}

func specOf(s appsv1.StatefulSet) Aspects {
	a := Aspects{"specification": digest(s.Spec)}
	if s.Spec.Replicas != nil {
		a["replicas"] = fmt.Sprint(*s.Spec.Replicas)
	}
	for _, k := range s.Spec.Template.Spec.Containers {
		a["image of "+k.Name] = k.Image
	}
	return a
}

func seeSets(ctx context.Context, c kube.Cluster, of func(appsv1.StatefulSet) Aspects) (map[string]Aspects, error) {
	list, err := c.Client().AppsV1().StatefulSets(c.Namespace()).List(ctx, everything)
	if err != nil {
		return nil, err
	}
	seen := map[string]Aspects{}
	for _, s := range list.Items {
		seen[s.Name] = of(s)
	}
	return seen, nil
}

func policies(ctx context.Context, c kube.Cluster) (map[string]Aspects, error) {
	list, err := c.Client().NetworkingV1().NetworkPolicies(c.Namespace()).List(ctx, everything)
	if err != nil {
		return nil, err
	}
	seen := map[string]Aspects{}
	for _, p := range list.Items {
		seen[p.Name] = Aspects{"specification": digest(p.Spec)}
	}
	return seen, nil
}

// helpers are the node helper's pods: before a fault and after it there are none of this namespace.
func helpers(ctx context.Context, c kube.Cluster) (map[string]Aspects, error) {
	list, err := c.Client().CoreV1().Pods(HelperNamespace).List(ctx, everything)
	if err != nil {
		return nil, err
	}
	list.Items = slices.DeleteFunc(list.Items, func(p corev1.Pod) bool { return p.DeletionTimestamp != nil })
	seen := map[string]Aspects{}
	for _, p := range list.Items {
		seen[p.Name] = Aspects{"UID": string(p.UID)}
	}
	return seen, nil
}

// digest is short: it only has to differ.
func digest(spec any) string {
	raw, err := json.Marshal(spec)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%x", sha256.Sum256(raw))[:12]
}
