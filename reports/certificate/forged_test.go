package certificate

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Whoever makes the digests anew, as anybody can for a bundle without a signature, or signs what is not true, still has
// the histories against him.
func TestForgedBundlesAreRefused(t *testing.T) {
	lossy := sound()
	lossy[0].lose = 3
	whole, wholeSays := bundle(t, runOf(t, sound()...), nil)
	violated, violatedSays := bundle(t, runOf(t, lossy...), nil)
	for what, c := range map[string]struct {
		from  string
		forge func(dir string, cert *Certificate)
		want  string
	}{
		"the certificate says more than the history": {violated, func(_ string, c *Certificate) {
			c.Certified, c.Verdict, c.Reasons, c.Scenarios[0].Broken = true, "valid", []string{}, []string{}
			c.Scenarios[0].Verdict, c.Scenarios[0].Violated = "valid", []string{}
		}, "does not say what the histories show"},
		"the verdict says more than the history": {violated, func(dir string, _ *Certificate) {
			edit(t, filepath.Join(dir, "scenarios/kill-one/verdict.json"), "violated", "valid")
		}, "judged again"},
		"a scenario is cut out": {whole, func(dir string, c *Certificate) {
			c.Scenarios = c.Scenarios[:1]
			remove(t, filepath.Join(dir, "scenarios/kill-two"))
		}, "does not say what the histories show"},
		"a scenario's history is gone": {whole, func(dir string, _ *Certificate) {
			remove(t, filepath.Join(dir, "scenarios/kill-two/history.rmqh"))
		}, "history.rmqh"},
		"one history stands for two scenarios": {whole, func(dir string, _ *Certificate) {
			raw, err := os.ReadFile(filepath.Join(dir, "scenarios/kill-one/history.rmqh"))
			if err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(dir, "scenarios/kill-two/history.rmqh"), string(raw))
		}, "the history of kill-two is that of a run named"},
		"an earlier day":   {whole, func(_ string, c *Certificate) { c.Started = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) }, "started"},
		"a shorter outage": {whole, func(_ string, c *Certificate) { c.Scenarios[0].Seen.LongestOutage = time.Second }, "longestOutage"},
		"a demand that was met by words": {whole, func(_ string, c *Certificate) {
			c.Demands = []string{"outage=1s"}
			c.Scenarios[0].Demanded = []Answer{{"outage=1s", "valid"}}
			c.Scenarios[1].Demanded = []Answer{{"outage=1s", "valid"}}
		}, "does not say what the histories show"},
		"an unknown profile":  {whole, func(_ string, c *Certificate) { c.Profile.Name = "smoke" }, errUnknownProfile.Error()},
		"an unknown version":  {whole, func(_ string, c *Certificate) { c.Profile.Version = 9 }, errUnknownProfile.Error()},
		"a newer format":      {whole, func(_ string, c *Certificate) { c.Format = 2 }, "has format 2"},
		"a scenario too many": {whole, func(dir string, _ *Certificate) { put(t, filepath.Join(dir, "scenarios/other/x"), "x") }, "no scenario of profile"},
		"other manifests":     {whole, func(dir string, _ *Certificate) { put(t, filepath.Join(dir, manifestsFile), "x") }, "not the manifests"},
	} {
		dir, cert := t.TempDir(), wholeSays
		if c.from == violated {
			cert = violatedSays
		}
		if err := os.CopyFS(dir, os.DirFS(c.from)); err != nil {
			t.Fatal(err)
		}
		cert.Scenarios = slices.Clone(cert.Scenarios)
		for i := range cert.Scenarios {
			seen := *cert.Scenarios[i].Seen
			cert.Scenarios[i].Seen = &seen
		}
		c.forge(dir, &cert)
		key := newKey(t, Ed25519)
		resign(t, dir, cert, key)
		_, err := Check(t.Context(), dir, Checks{profiles, key.Public()})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v does not say %q", what, err, c.want)
		}
	}
}

// A bundle whose key and signature were replaced holds for itself, and not for whoever knows the right key.
func TestAnotherSignatureIsRefusedByTheRightKey(t *testing.T) {
	right, wrong := newKey(t, Ed25519), newKey(t, Ed25519)
	dir, cert := bundle(t, runOf(t, sound()...), right)
	resign(t, dir, cert, wrong)
	refused(t, "another's signature", dir, Checks{profiles, right.Public()})
	if got, err := Check(t.Context(), dir, Checks{Profiles: profiles}); err != nil || got.KeyGiven {
		t.Errorf("%+v %v", got, err)
	}
}

func TestASignatureThatNamesNoKeyIsRefused(t *testing.T) {
	key := newKey(t, Ed25519)
	dir, _ := bundle(t, runOf(t, sound()...), key)
	edit(t, filepath.Join(dir, AttestationFile), `"keyid": "`+key.Public().ID(), `"keyid": "`)
	for _, asked := range []*PublicKey{nil, key.Public()} {
		refused(t, "no key is named", dir, Checks{profiles, asked})
	}
}

func TestAnUnsignedBundleIsRefusedWhereAKeyIsAskedFor(t *testing.T) {
	dir, _ := bundle(t, runOf(t, sound()...), nil)
	refused(t, "no signature", dir, Checks{profiles, newKey(t, Ed25519).Public()})
}

// resign writes certificate.json and the statement anew, with digests that fit.
func resign(t *testing.T, dir string, c Certificate, key *Key) {
	t.Helper()
	raw, err := c.encode()
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, CertificateFile), string(raw))
	if err := attest(t.Context(), dir, c, key); err != nil {
		t.Fatal(err)
	}
}

func edit(t *testing.T, path, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(raw, []byte(from)) {
		t.Fatalf("%s holds no %q: %v", path, from, err)
	}
	put(t, path, strings.ReplaceAll(string(raw), from, to))
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}
