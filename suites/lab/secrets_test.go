package lab

import (
	"compress/gzip"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/rest"
)

type fakeCluster struct{ client kubernetes.Interface }

func (c fakeCluster) Client() kubernetes.Interface { return c.client }
func (fakeCluster) Namespace() string              { return "rocketmq" }

func TestASecretOfTheClusterIsFoundInWhatIsWritten(t *testing.T) {
	const planted, short = "not-for-the-log-4711", "true"
	in := secretsOf{fakeCluster{fake.NewClientset(&corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "acl", Namespace: "rocketmq"},
		Data:       map[string][]byte{"password": []byte(planted + "\n"), "enabled": []byte(short)},
	})}, &rest.Config{BearerToken: "the-runner's-own-token"}}
	for name, write := range map[string]struct {
		text  string
		found bool
	}{
		"nothing":            {"all is well: " + short, false},
		"a Secret's value":   {"user admin, password " + planted, true},
		"in base64":          {base64.StdEncoding.EncodeToString([]byte("password=" + planted)), true},
		"the runner's token": {"Authorization: the-runner's-own-token", true},
	} {
		dir := t.TempDir()
		f, err := os.Create(filepath.Join(dir, "evidence.log.gz"))
		if err != nil {
			t.Fatal(err)
		}
		z := gzip.NewWriter(f)
		_, _ = z.Write([]byte(write.text))
		if err := z.Close(); err != nil || f.Close() != nil {
			t.Fatal(err)
		}
		err = sealed(t.Context(), in, dir)
		if (err != nil) != write.found {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (!strings.Contains(err.Error(), "evidence.log.gz!") || strings.Contains(err.Error(), planted)) {
			t.Errorf("%s: the error has to name the place and not the secret: %v", name, err)
		}
	}
}
