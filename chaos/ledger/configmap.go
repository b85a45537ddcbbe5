package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/rmqproof/rmqproof/chaos"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/retry"
)

// ConfigMap is the name of the one that holds what is not healed yet, one key an entry.
const ConfigMap = "rmqproof-ledger"

// cluster tells clusters apart, so that a ledger file is never replayed on another cluster.
func (j *Journal) cluster(ctx context.Context) (string, error) {
	ns, err := j.client.CoreV1().Namespaces().Get(ctx, metav1.NamespaceSystem, metav1.GetOptions{})
	if apierrors.IsForbidden(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("identifying the cluster by its namespace %s: %w", metav1.NamespaceSystem, err)
	}
	return string(ns.UID), nil
}

func (j *Journal) read(ctx context.Context) ([]chaos.Entry, error) {
	m, err := j.client.CoreV1().ConfigMaps(j.namespace).Get(ctx, ConfigMap, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, j.explain("reading", err)
	}
	var entries []chaos.Entry
	for _, id := range slices.Sorted(maps.Keys(m.Data)) {
		var e chaos.Entry
		if err := json.Unmarshal([]byte(m.Data[id]), &e); err != nil {
			return nil, fmt.Errorf("ConfigMap %s, key %s: %w", ConfigMap, id, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func (j *Journal) put(ctx context.Context, e chaos.Entry) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	err = j.patch(ctx, map[string]any{e.ID: string(raw)})
	if !apierrors.IsNotFound(err) {
		return err
	}
	err = j.create(ctx, e.ID, string(raw))
	if apierrors.IsAlreadyExists(err) { // a fault at the same time was first
		return j.patch(ctx, map[string]any{e.ID: string(raw)})
	}
	return err
}

func (j *Journal) create(ctx context.Context, id, entry string) error {
	m := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: ConfigMap, Labels: map[string]string{"app.kubernetes.io/part-of": "rmqproof"}},
		Data:       map[string]string{id: entry},
	}
	if _, err := j.client.CoreV1().ConfigMaps(j.namespace).Create(ctx, m, metav1.CreateOptions{}); err != nil {
		return j.explain("creating", err)
	}
	return nil
}

func (j *Journal) drop(ctx context.Context, e chaos.Entry) error {
	err := j.patch(ctx, map[string]any{e.ID: nil})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// patch changes the keys of data alone, so that faults at the same time do not overwrite each other's entries.
func (j *Journal) patch(ctx context.Context, data map[string]any) error {
	patch, err := json.Marshal(map[string]any{"data": data})
	if err != nil {
		return err
	}
	err = retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		_, err := j.client.CoreV1().ConfigMaps(j.namespace).Patch(ctx, ConfigMap, types.MergePatchType, patch, metav1.PatchOptions{})
		return err
	})
	if err != nil {
		return j.explain("writing", err)
	}
	return nil
}

// explain says what to do where the cluster does not let us keep promises.
func (j *Journal) explain(doing string, err error) error {
	if apierrors.IsForbidden(err) {
		return fmt.Errorf("%s ConfigMap %s of namespace %s, which holds what undoes each fault: %w; rmqproof rbac prints the rights that are needed",
			doing, ConfigMap, j.namespace, err)
	}
	return fmt.Errorf("%s ConfigMap %s: %w", doing, ConfigMap, err)
}
