package pods

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos/kube"
)

// AwaitPods sees that a controller brought the pods back.
var AwaitPods = kube.Undoing("await-pods", awaitPods)

// awaitPods waits until each pod runs again. One that its StatefulSet no longer wants is not waited for: somebody
// has scaled or removed it since.
func awaitPods(ctx context.Context, c kube.Cluster, _ string, pods []kube.SetPod) error {
	for _, p := range pods {
		wanted, err := p.Wanted(ctx, c)
		if err != nil {
			return err
		}
		if !wanted {
			continue
		}
		err = kube.Wait(ctx, kube.StartWithin, fmt.Sprintf("pod %s to run again", p.Name), func(ctx context.Context) error {
			return kube.Running(ctx, c, p.Name)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
