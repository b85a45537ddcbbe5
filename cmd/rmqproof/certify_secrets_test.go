//go:build !agent

package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/internal/redact"
	"github.com/rmqproof/rmqproof/reports/certificate"
)

// TestNoSecretOfAnyInputStandsInTheBundle plants one in each thing that certify reads.
func TestNoSecretOfAnyInputStandsInTheBundle(t *testing.T) {
	const canary = "CanaryQ7x2Wm5pT9"
	manifests := t.TempDir()
	if err := os.CopyFS(manifests, os.DirFS(foreignInputs+"orders")); err != nil {
		t.Fatal(err)
	}
	more := `apiVersion: v1
kind: Secret
metadata: {name: plain, namespace: orders-mq, annotations: {note: "rotated from ` + canary + `"}}
stringData: {anything: ` + canary + `}
---
apiVersion: v1
kind: Secret
metadata: {name: coded, namespace: orders-mq}
data: {anything: ` + base64.StdEncoding.EncodeToString([]byte(canary)) + `}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: acl, namespace: orders-mq}
data: {plain_acl.yml: "accounts:\n- accessKey: ` + canary + `\n  secretKey: ` + canary + `\n"}
`
	demands := filepath.Join(manifests, "demands")
	for path, text := range map[string]string{filepath.Join(manifests, "90-more.yaml"): more, demands: "acked-loss=0 # password=" + canary + "\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o := &certifyOptions{profile: "pods", require: demands, seed: 1}
	o.source = source{Files: []string{filepath.Join(manifests, "00-namesrv.yaml"), filepath.Join(manifests, "10-settings.yaml"), filepath.Join(manifests, "20-stores.yaml"), filepath.Join(manifests, "90-more.yaml")},
		Map: []string{mapOrders}}
	j, err := o.fresh()
	if err == nil {
		err = j.prepare(t.Context())
	}
	if err == nil {
		err = j.open(t.TempDir())
	}
	if err != nil {
		t.Fatal(err)
	}
	j.conduct = (&pretended{}).conduct
	key, err := certificate.NewKey(certificate.Ed25519)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := j.certify(t.Context(), key, false); err != nil || !c.Certified {
		t.Fatalf("%v %s", err, c.Text())
	}
	found, err := redact.Scan(j.dir, canary) // the run's folder, the bundle and its archive
	if err != nil || len(found) > 0 {
		t.Errorf("%v in %s", err, strings.Join(found, ", "))
	}
	if code, out := command(t, "verify", filepath.Join(j.dir, bundleName+".tar.gz")); code != 0 {
		t.Errorf("%d %s", code, out)
	}
}
