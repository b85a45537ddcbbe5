package nodes

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Marked are the nodes that a fault in this namespace cordoned, as entries that undo it.
func Marked(ctx context.Context, c kube.Cluster) ([]chaos.Entry, error) {
	list, err := c.Client().CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if apierrors.IsForbidden(err) { // then no fault could have cordoned one
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for cordoned nodes: %w", err)
	}
	var entries []chaos.Entry
	for _, n := range list.Items {
		namespace, id, _ := strings.Cut(n.Annotations[CordonMark], "/")
		if namespace != c.Namespace() || id == "" {
			continue
		}
		prior, err := json.Marshal(Prior{n.Name})
		if err != nil {
			return nil, err
		}
		entries = append(entries, chaos.Entry{
			ID: id, Namespace: namespace, Fault: "a cordon", Target: "node " + n.Name, Undo: Uncordon.Name, Prior: prior,
		})
	}
	return entries, nil
}
