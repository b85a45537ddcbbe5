package lab

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/internal/redact"
	"github.com/rmqproof/rmqproof/scenario"
)

// planted is the name of a Secret and of a pod that prints it, put into the cluster of a control: what shows that nothing
// was written is worth something only where there was something to write.
const planted = "planted-secret"

// plantFor plants a Secret where the scenario asks for one. What it returns takes it away again and is an error unless the
// Secret came into the evidence in the experiment's folder, and was taken out of it.
func plantFor(ctx context.Context, s scenario.Scenario, in *rocketmq.Cluster) (func(ctx context.Context, dir string) error, error) {
	if !s.PlantSecret {
		return func(context.Context, string) error { return nil }, nil
	}
	t := in.Topology()
	remove, err := plant(ctx, in, t.Image+":"+t.Version)
	return func(ctx context.Context, dir string) error { return errors.Join(printed(dir), remove(ctx)) }, err
}

// plant makes the Secret and its pod, of an image that has a shell, and returns what takes both away.
func plant(ctx context.Context, in cluster, image string) (remove func(context.Context) error, err error) {
	secrets, pods := in.Client().CoreV1().Secrets(in.Namespace()), in.Client().CoreV1().Pods(in.Namespace())
	remove = func(ctx context.Context) error {
		var grace int64
		return errors.Join(gone(pods.Delete(ctx, planted, metav1.DeleteOptions{GracePeriodSeconds: &grace})), gone(secrets.Delete(ctx, planted, metav1.DeleteOptions{})))
	}
	meta := metav1.ObjectMeta{Name: planted}
	if _, err = secrets.Create(ctx, &corev1.Secret{ObjectMeta: meta, StringData: map[string]string{"password": rand.Text()}}, metav1.CreateOptions{}); err == nil {
		_, err = pods.Create(ctx, &corev1.Pod{ObjectMeta: meta, Spec: printing(image)}, metav1.CreateOptions{})
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("plant a Secret in namespace %s: %w", in.Namespace(), err), remove(ctx))
	}
	return remove, nil
}

func gone(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// printing writes the Secret as a careless program would, and stays, for logs are followed while a container runs.
func printing(image string) corev1.PodSpec {
	yes, no, user := true, false, int64(3000) // RocketMQ's own user; the namespace takes restricted pods alone
	from := corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: planted}, Key: "password"}
	return corev1.PodSpec{
		RestartPolicy:   corev1.RestartPolicyNever,
		SecurityContext: &corev1.PodSecurityContext{RunAsNonRoot: &yes, RunAsUser: &user, SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}},
		Containers: []corev1.Container{{
			Name: planted, Image: image, Command: []string{"sh", "-c", `echo "connect with password=$PASSWORD"; exec sleep 600`},
			SecurityContext: &corev1.SecurityContext{AllowPrivilegeEscalation: &no, Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}},
			Env:             []corev1.EnvVar{{Name: "PASSWORD", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &from}}},
		}},
	}
}

// printed is an error unless the planted Secret came into the evidence, and was taken out of it.
func printed(dir string) error {
	logs, err := filepath.Glob(filepath.Join(dir, "evidence", "logs", planted+".*.log"))
	if err != nil {
		return err
	}
	for _, file := range logs {
		if raw, err := os.ReadFile(file); err == nil && strings.Contains(string(raw), "password="+redact.Mark) {
			return nil
		}
	}
	return fmt.Errorf("the secret that pod %s printed did not come to where it is taken out, in %s: nothing shows that secrets are kept out of the evidence",
		planted, filepath.Join(dir, "evidence", "logs"))
}
