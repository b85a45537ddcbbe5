package hand

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/internal/await"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// UndoAct returns a node to the state without an act. The helper that did it may be gone: another one undoes it then.
var UndoAct = chaos.Undo{Name: "undo-on-node", Do: undoAct}

// Release removes the helper of a node, once its acts are undone: they are undone by it, and recovery learns its image here.
var Release = chaos.Undo{Name: "remove-helper", Do: kube.Undoing("remove-helper", release).Do, After: UndoAct.Name}

type acted struct {
	Node string    `json:"node"`
	Act  chaos.Act `json:"act"`
}

type released struct {
	Node  string `json:"node"`
	Image string `json:"image"`
}

// undoAct: the act's id is that of the entry, which did not exist when its prior state was written.
func undoAct(ctx context.Context, on chaos.System, e chaos.Entry) error {
	c, err := kube.Of(on)
	if err != nil {
		return err
	}
	var was acted
	if err := json.Unmarshal(e.Prior, &was); err != nil {
		return fmt.Errorf("reading the state before the fault: %w", err)
	}
	was.Act.ID = e.ID
	if _, err := c.Client().CoreV1().Nodes().Get(ctx, was.Node, metav1.GetOptions{}); apierrors.IsNotFound(err) {
		return nil // what was done went with the node
	}
	what := "the helper on node " + was.Node + " to undo " + was.Act.Verb
	return kube.Wait(ctx, startWithin, what, func(ctx context.Context) error {
		helper, err := c.Hand(ctx, was.Node)
		if err == nil {
			err = helper.Undo(ctx, was.Act)
		}
		if apierrors.IsInvalid(err) { // the helper's own answer
			return await.Permanent(err)
		}
		return err
	})
}

// Keeper is a system that has helpers, as recovery and every cluster of ours do.
type Keeper interface{ Helpers() *Helpers }

func release(ctx context.Context, c kube.Cluster, _ string, was released) error {
	k, ok := c.(Keeper)
	if !ok {
		return fmt.Errorf("this system (%T) has no helpers to remove", c)
	}
	return k.Helpers().Close(ctx, was.Node)
}

func imageOf(c kube.Cluster) string {
	if k, ok := c.(Keeper); ok {
		return k.Helpers().Image()
	}
	return ""
}

// ImageIn returns the image of the helpers that an entry tells of, or nothing.
func ImageIn(e chaos.Entry) string {
	var was released
	if e.Undo != Release.Name || json.Unmarshal(e.Prior, &was) != nil {
		return ""
	}
	return was.Image
}
