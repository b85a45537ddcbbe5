package certificate

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/internal/redact"
)

const planted = "Planted7xQ2secret"

// TestNoSecretStandsInABundle plants one in everything that a certificate is made of: its values by the names that they
// stand under, one that only the caller knows, and both within archives.
func TestNoSecretStandsInABundle(t *testing.T) {
	const known = "onlyTheCallerKnows9Zz"
	scenarios := sound()
	scenarios[0].error = "login failed: secretKey=" + planted
	run := runOf(t, scenarios...)
	evidence := filepath.Join(run.Dir, "kill-one", "evidence")
	put(t, filepath.Join(evidence, "logs", "broker.log"), "accessKey="+planted+"\nlogged in by "+known+"\n")
	put(t, filepath.Join(evidence, "acl.yaml"), "accounts:\n- accessKey: "+planted+"\n  secretKey: "+planted+"\n")
	put(t, filepath.Join(evidence, "kubeconfig"), "client-key-data: "+planted+"\n")
	put(t, filepath.Join(evidence, "logs.tar.gz"), string(taped(t, "password="+planted+" "+known)))
	run.Manifests = []byte("env:\n- name: ROCKETMQ_SECRET_KEY\n  value: " + planted + "\nargs: " + known + "\n")
	run.NotRun = map[string]string{"kill-two": "token: " + planted}
	run.Header.Deviations = []string{"--password " + planted, "by " + known}
	run.Header.Configuration.Name = "overlay of " + known
	run.Secrets = []string{known}
	dir, c := bundle(t, run, newKey(t, Ed25519))
	found, err := redact.Scan(filepath.Dir(dir), planted, known) // the folder and its archive
	if err != nil || len(found) > 0 {
		t.Errorf("%q %v", found, err)
	}
	if len(c.LeftOut) != 1 || !strings.HasSuffix(c.LeftOut[0], "logs.tar.gz") {
		t.Errorf("left out: %q", c.LeftOut)
	}
	if _, err := Check(t.Context(), dir, Checks{Profiles: profiles}); err != nil {
		t.Error(err)
	}
}

func TestAHistoryWithASecretMakesNoBundle(t *testing.T) {
	for _, status := range []string{"secretKey=" + planted, planted} {
		scenarios := sound()
		scenarios[0].status = status
		run := runOf(t, scenarios...)
		run.Secrets = []string{planted}
		dir := filepath.Join(t.TempDir(), "certificate")
		if _, err := Write(t.Context(), dir, run, nil); !errors.Is(err, ErrSecret) || strings.Contains(err.Error(), planted) {
			t.Errorf("%v", err)
		}
		if exists(dir) || exists(dir+".part") || exists(dir+archiveEnding) {
			t.Error("something was written all the same")
		}
	}
}

func taped(t *testing.T, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	tape := tar.NewWriter(zip)
	err := tape.WriteHeader(&tar.Header{Name: "x", Size: int64(len(content))})
	_, wrong := tape.Write([]byte(content))
	if err := errors.Join(err, wrong, tape.Close(), zip.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
