package lab

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/rmqproof/rmqproof/internal/redact"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// shortest is the length in bytes below which a Secret's value is not looked for: "true" stands everywhere.
const shortest = 8

// cluster is whose Secrets must not be written.
type cluster interface {
	Client() kubernetes.Interface
	Namespace() string
}

type secretsOf struct {
	cluster
	access *rest.Config
}

// sealed is an error when a file of the folder holds what nobody may read: a value of one of the namespace's Secrets, or
// the credentials by which the cluster is reached. It looks into archives, too.
func sealed(ctx context.Context, in secretsOf, dir string) error {
	secrets, err := in.Client().CoreV1().Secrets(in.Namespace()).List(ctx, metav1.ListOptions{})
	if apierrors.IsForbidden(err) { // a value that this user may not read is not in what he gathered
		secrets, err = &corev1.SecretList{}, nil
	}
	if err != nil {
		return fmt.Errorf("list the Secrets of namespace %s, whose values must not stand in the evidence: %w", in.Namespace(), err)
	}
	config := in.access
	known := []string{config.BearerToken, config.Password, string(config.KeyData), base64.StdEncoding.EncodeToString(config.KeyData)}
	for _, s := range secrets.Items {
		for _, value := range s.Data {
			known = append(known, strings.TrimSpace(string(value)))
		}
	}
	found, err := redact.Scan(dir, longEnough(known)...)
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("a secret of namespace %s or of the kubeconfig stands in the evidence: delete it before you pass the folder on: %s in %s",
			in.Namespace(), strings.Join(found, ", "), dir)
	}
	return err
}

func longEnough(values []string) (long []string) {
	for _, v := range values {
		if len(v) >= shortest {
			long = append(long, v)
		}
	}
	return long
}
