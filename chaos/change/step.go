package change

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/internal/await"
	"github.com/rmqproof/rmqproof/topology"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// stepWithin: one StatefulSet of an upgrade: graceful stop, image pull, start, registration with the
// NameServers (30 s apart), and the slave catching up.
const stepWithin = 6 * time.Minute

// upgrade takes one StatefulSet to the new image and returns when it serves as before.
func (p *plan) upgrade(ctx context.Context, s set) error {
	chaos.Tell(ctx, chaos.Report{Text: fmt.Sprintf("upgrading StatefulSet %s from %s to %s", s.Name, s.Image, p.To)})
	if err := setImage(ctx, p.cluster, s, p.To); err != nil {
		return err
	}
	what := fmt.Sprintf("StatefulSet %s to serve with %s", s.Name, p.To)
	return kube.Wait(ctx, stepWithin, what, func(ctx context.Context) error {
		if err := s.serves(ctx, p.cluster, p.To); err != nil {
			return errors.Join(err, s.cannotStart(ctx, p.cluster, p.To))
		}
		if err := p.caughtUp(ctx, s); err != nil {
			return err
		}
		return p.allReady(ctx)
	})
}

// allReady returns nil when every broker's pod is ready. A slave is not for some seconds after its master came back:
// the step is over when it follows the new one.
func (p *plan) allReady(ctx context.Context) error {
	for _, b := range p.brokers {
		pod, err := kube.GetPod(ctx, p.cluster, b.Pod)
		if err != nil {
			return err
		}
		if !kube.Ready(pod) || pod.DeletionTimestamp != nil {
			return errors.New(kube.Describe(pod))
		}
	}
	return nil
}

// setImage changes one container's image in the template and nothing else.
func setImage(ctx context.Context, c kube.Cluster, s set, image string) error {
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"template": map[string]any{"spec": map[string]any{
		"containers": []any{map[string]any{"name": s.Container, "image": image}}, // merged by name
	}}}})
	if err != nil {
		return err
	}
	_, err = c.Client().AppsV1().StatefulSets(c.Namespace()).Patch(ctx, s.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{})
	if err != nil {
		return fmt.Errorf("setting the image of StatefulSet %s to %s: %w", s.Name, image, err)
	}
	return nil
}

// serves returns nil when every pod of the set runs the image and is ready.
func (s set) serves(ctx context.Context, c kube.Cluster, image string) error {
	for _, name := range s.Pods {
		pod, err := kube.GetPod(ctx, c, name)
		if err != nil {
			return err
		}
		if got := s.imageOf(pod); got != image {
			return fmt.Errorf("%s, with image %s", kube.Describe(pod), got)
		}
		if !kube.Ready(pod) || pod.DeletionTimestamp != nil {
			return errors.New(kube.Describe(pod))
		}
	}
	return nil
}

// crashes is how often a container may end before it is taken for one that never starts.
const crashes = 3

// cannotStart is permanent when a pod of the new image will not get any further by waiting.
func (s set) cannotStart(ctx context.Context, c kube.Cluster, image string) error {
	for _, name := range s.Pods {
		pod, err := kube.GetPod(ctx, c, name)
		if err != nil || s.imageOf(pod) != image {
			continue // not there yet, which serves has said
		}
		for _, st := range pod.Status.ContainerStatuses {
			w := st.State.Waiting
			if w == nil {
				continue
			}
			if w.Reason == "InvalidImageName" || w.Reason == "ErrImageNeverPull" || st.RestartCount >= crashes {
				return await.Permanent(fmt.Errorf("container %s of pod %s does not start (%s, restarted %d times)", st.Name, name, w.Reason, st.RestartCount))
			}
		}
	}
	return nil
}

func (s set) imageOf(p *corev1.Pod) string { return kube.FactOf(p).Images[s.Container] }

// caughtUp returns nil when every broker, known by its pod, is registered again, those of the set report the new
// version, and the slaves of their groups hold all that their masters hold.
func (p *plan) caughtUp(ctx context.Context, s set) error {
	now, err := p.cluster.Snapshot(ctx)
	if err != nil {
		return fmt.Errorf("asking the cluster for its brokers: %w", err)
	}
	var groups []string
	for _, was := range p.brokers {
		b, err := registered(now, was)
		if err != nil {
			return err
		}
		if !slices.Contains(s.Pods, b.Pod) {
			continue
		}
		groups = append(groups, b.Group)
		if !sameVersion(b.Version, p.ToVersion) {
			return fmt.Errorf("%s reports version %q, not %s", b, b.Version, p.ToVersion)
		}
	}
	for _, b := range now.Slaves() {
		if slices.Contains(groups, b.Group) && (b.Behind < 0 || b.Behind > p.MaxBehind) {
			return fmt.Errorf("%s lacks %d bytes of its master's log (-1: unknown)", b, b.Behind)
		}
	}
	return nil
}

// registered finds the broker that runs where was did. Its id and role may be others by now.
func registered(now topology.Snapshot, was kube.Victim) (topology.Process, error) {
	for _, b := range now.ByPod(was.Pod) {
		if b.Kind == topology.Broker && b.Group != "" && b.Container == was.Container {
			return b, nil
		}
	}
	return topology.Process{}, fmt.Errorf("the broker of %s in pod %s is not registered", was.Group, was.Pod)
}
