package lab

import (
	"os"
	"path/filepath"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
)

func TestAPlantedSecretHasToComeIntoTheEvidenceAndOutOfIt(t *testing.T) {
	for name, c := range map[string]struct {
		log string
		ok  bool
	}{
		"nobody printed it": {"", false},
		"written as it is":  {"connect with password=S3CR3TS3CR3T", false},
		"redacted":          {"connect with password=REDACTED", true},
	} {
		dir := t.TempDir()
		logs := filepath.Join(dir, "evidence", "logs")
		if err := os.MkdirAll(logs, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(logs, planted+".x.log"), []byte(c.log), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := printed(dir); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if printed(t.TempDir()) == nil {
		t.Error("no log at all, and that passed")
	}
}

func TestPlantingLeavesNothing(t *testing.T) {
	in := fakeCluster{fake.NewClientset()}
	remove, err := plant(t.Context(), in, "image")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plant(t.Context(), in, "image"); err == nil {
		t.Error("a second Secret of that name was planted")
	}
	if err := remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	left, err := in.client.CoreV1().Secrets("rocketmq").List(t.Context(), metav1.ListOptions{})
	if err != nil || len(left.Items) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}
