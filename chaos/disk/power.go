package disk

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/change"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/node"
	"github.com/rmqproof/rmqproof/chaos/observe"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// PowerLoss takes the power from servers and their disks: what was not synchronised is gone. The volume is then detached, and
// attached again when it is healed, which replays the journal of its file system. The pods stay away meanwhile.
type PowerLoss struct {
	chaos.Target
	Store string // the brokers' store in their containers; empty: that of the official image
}

// Name says whose power fails.
func (p PowerLoss) Name() string { return "power loss of " + p.Target.String() }

// Needs the node helper, and volumes with a file system of their own.
func (PowerLoss) Needs() []chaos.Need {
	return []chaos.Need{chaos.NodeHelper, chaos.MovableVolume, chaos.OwnFileSystem}
}

// Inject cuts the power of all targets at once, and takes their pods away.
func (p PowerLoss) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	args := node.PowerArgs{FolderArgs: node.FolderArgs{Folder: cmp.Or(p.Store, officialStore)}}
	plan, dark := mountedAnew(hand.Plan{Target: p.Target, Verb: node.PowerVerb, Args: args, Seen: seenDark})
	plan.Then = func(ctx context.Context, hits []hand.Hit) error { return takeAway(ctx, hits[0].Cluster, *dark) }
	return hand.Inject(ctx, on, p, plan)
}

// mountedAnew completes the plan of a fault after which the targets' file systems are of use only once they are mounted anew.
// It returns whom that concerns, known once the targets are.
func mountedAnew(p hand.Plan) (hand.Plan, *[]darkened) {
	dark := new([]darkened)
	p.ArgsOf = func(ctx context.Context, c kube.Cluster, v kube.Victim) (any, error) { // all that is refused is refused here
		d, err := darkenedBy(ctx, c, &v.Object)
		*dark = append(*dark, d)
		return p.Args, err
	}
	p.First = func(ctx context.Context, a *chaos.Active) error { return promisePower(ctx, a, *dark) }
	return p, dark
}

// darkened is a pod whose volumes are dead until they are mounted anew.
type darkened struct {
	Pod     string          `json:"pod"`
	UID     string          `json:"uid"`
	Volumes []string        `json:"volumes"`
	Set     change.Replicas `json:"set"`
}

// RestorePower brings a pod back on volumes that were mounted anew.
var RestorePower = kube.Undoing("restore-power", restorePower)

// promisePower writes down, of every target, what brings it back.
func promisePower(ctx context.Context, a *chaos.Active, dark []darkened) error {
	for _, d := range dark {
		if _, err := a.Promise(ctx, RestorePower, d); err != nil {
			return err
		}
		a.Hit = a.Hit.Add(chaos.Things{observe.StatefulSet: {d.Set.Set}})
	}
	return nil
}

func darkenedBy(ctx context.Context, c kube.Cluster, pod *corev1.Pod) (darkened, error) {
	set, err := recreatable(ctx, c, pod)
	if err == nil {
		err = change.KeepsClaims(set)
	}
	if err != nil {
		return darkened{}, err
	}
	vols, err := volumesOf(ctx, c, pod)
	if err == nil {
		err = vols.free()
	}
	d := darkened{Pod: pod.Name, UID: string(pod.UID), Set: change.Replicas{Set: set.Name, Replicas: len(kube.PodNames(set))}}
	for _, v := range vols {
		d.Volumes = append(d.Volumes, v.name)
	}
	return d, err
}

// takeAway scales to zero and waits until the volumes are detached: a new pod on the same node would be given the dead mount.
func takeAway(ctx context.Context, c kube.Cluster, dark []darkened) error {
	for _, d := range dark {
		if err := change.Scale(ctx, c, d.Set.Set, 0); err != nil {
			return err
		}
	}
	for _, d := range dark {
		err := kube.Wait(ctx, kube.ReplaceWithin, "the volumes of pod "+d.Pod+" to be detached", func(ctx context.Context) error { return d.detached(ctx, c) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (d darkened) detached(ctx context.Context, c kube.Cluster) error {
	if pod, err := kube.GetPod(ctx, c, d.Pod); err == nil {
		return fmt.Errorf("there is still %s", kube.Describe(pod))
	} else if !apierrors.IsNotFound(err) {
		return err
	}
	attached, err := c.Client().StorageV1().VolumeAttachments().List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("listing which volumes are attached: %w", err)
	}
	var still []error
	for _, a := range attached.Items {
		for _, v := range d.Volumes {
			if name := a.Spec.Source.PersistentVolumeName; name != nil && *name == v {
				still = append(still, fmt.Errorf("volume %s is still attached to node %s", v, a.Spec.NodeName))
			}
		}
	}
	return errors.Join(still...)
}

// seenDark returns nil when the file system was seen dead and the pod is away from it.
func seenDark(ctx context.Context, h hand.Hit) error {
	if err := sawDead(ctx, h); err != nil {
		return err
	}
	if pod, err := kube.GetPod(ctx, h.Cluster, h.Pod); err == nil {
		return fmt.Errorf("its pod is there, on a dead disk or on one that came back: %s", kube.Describe(pod))
	} else if !apierrors.IsNotFound(err) {
		return err
	}
	return nil
}

// restorePower goes on where the runner stopped: a pod that still is the one of before sits on a dead file system.
func restorePower(ctx context.Context, c kube.Cluster, _ string, d darkened) error {
	pod, err := kube.GetPod(ctx, c, d.Pod)
	if err != nil && !apierrors.IsNotFound(err) {
		return err
	}
	if err == nil && string(pod.UID) == d.UID {
		if err := takeAway(ctx, c, []darkened{d}); err != nil {
			return err
		}
	}
	return change.RestoreScale(ctx, c, d.Set)
}
