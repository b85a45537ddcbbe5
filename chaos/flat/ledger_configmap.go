package flat

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// LedgerName is the ConfigMap that holds what is not healed yet, one key an entry.
const LedgerName = "rmqproof-ledger"

// clusterID tells clusters apart, so that a ledger file is never replayed on another cluster.
func clusterID(ctx context.Context, c Cluster) (types.UID, error) {
	ns, err := c.Client().CoreV1().Namespaces().Get(ctx, metav1.NamespaceSystem, metav1.GetOptions{})
	if apierrors.IsForbidden(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("identifying the cluster by its namespace %s: %w", metav1.NamespaceSystem, err)
	}
	return ns.UID, nil
}

func readEntries(ctx context.Context, c Cluster) ([]Entry, error) {
	m, err := c.Client().CoreV1().ConfigMaps(c.Namespace()).Get(ctx, LedgerName, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading ConfigMap %s: %w", LedgerName, err)
	}
	var entries []Entry
	for _, id := range slices.Sorted(maps.Keys(m.Data)) {
		var e Entry
		if err := json.Unmarshal([]byte(m.Data[id]), &e); err != nil {
			return nil, fmt.Errorf("ConfigMap %s, key %s: %w", LedgerName, id, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func putEntry(ctx context.Context, c Cluster, e Entry) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	err = patchLedger(ctx, c, map[string]any{e.ID: string(raw)})
	if !apierrors.IsNotFound(err) {
		return err
	}
	m := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: LedgerName, Labels: map[string]string{"app.kubernetes.io/part-of": "rmqproof"}},
		Data:       map[string]string{e.ID: string(raw)},
	}
	if _, err := c.Client().CoreV1().ConfigMaps(c.Namespace()).Create(ctx, m, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("creating ConfigMap %s: %w", LedgerName, err)
	}
	return nil
}

func dropEntry(ctx context.Context, c Cluster, e Entry) error {
	err := patchLedger(ctx, c, map[string]any{e.ID: nil})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

func patchLedger(ctx context.Context, c Cluster, data map[string]any) error {
	patch, err := json.Marshal(map[string]any{"data": data})
	if err != nil {
		return err
	}
	_, err = c.Client().CoreV1().ConfigMaps(c.Namespace()).Patch(ctx, LedgerName, types.MergePatchType, patch, metav1.PatchOptions{})
	if err != nil {
		return fmt.Errorf("writing ConfigMap %s: %w", LedgerName, err)
	}
	return nil
}
