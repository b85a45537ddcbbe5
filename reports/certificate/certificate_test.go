package certificate

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rmqproof/rmqproof/verify"
)

var errUnknownProfile = errors.New("no such profile is known")

func TestASoundRunIsCertified(t *testing.T) {
	for _, kind := range []string{Ed25519, ECDSA} {
		key := newKey(t, kind)
		run := runOf(t, sound()...)
		run.Demands, _ = ParseDemands("acked-loss=0,rto=10s,rpo=0s,outage=5s")
		dir, c := bundle(t, run, key)
		if !c.Certified || len(c.Reasons) > 0 || !c.Started.Equal(time.Unix(1, 0)) {
			t.Fatalf("%+v, started %s", c.Reasons, c.Started)
		}
		for _, path := range []string{dir, dir + archiveEnding} {
			for _, asked := range []*PublicKey{nil, key.Public()} {
				got, err := Check(t.Context(), path, Checks{profiles, asked})
				if err != nil || got.SignedBy != key.Public().ID() || !got.Certificate.Certified || got.KeyGiven != (asked != nil) {
					t.Errorf("%s: %+v %v", path, got, err)
				}
			}
			if _, err := Check(t.Context(), path, Checks{profiles, newKey(t, kind).Public()}); !errors.Is(err, ErrRefused) {
				t.Errorf("another's key is accepted: %v", err)
			}
		}
	}
}

func TestFiguresAreThoseOfTheHistory(t *testing.T) {
	_, c := bundle(t, runOf(t, sound()...), nil)
	s := c.Scenarios[0].Seen
	if s.LongestOutage < 3900*time.Millisecond || s.LongestOutage > 4200*time.Millisecond || !s.Recovery.Recovered || !s.Recovery.Interrupted || *s.Lost != 0 || *s.RecoveryPoint != 0 || s.Acks == 0 {
		t.Errorf("%+v", s)
	}
}

func TestABrokenPromiseStandsFirst(t *testing.T) {
	scenarios := sound()
	scenarios[0].lose = 3
	run := runOf(t, scenarios...)
	run.Demands, _ = ParseDemands("acked-loss=0,rpo=500ms,outage=1s")
	dir, c := bundle(t, run, nil)
	if c.Certified || c.Verdict != verify.Violated || !strings.HasPrefix(c.Reasons[0], "A promise was broken in kill-one") {
		t.Fatalf("%+v", c.Reasons)
	}
	s := c.Scenarios[0]
	if *s.Seen.Lost != 3 || s.Seen.RecoveryPoint.Round(10*time.Millisecond) != time.Second || !slices.Equal(s.Violated, []string{"no-acked-loss"}) {
		t.Errorf("%+v", s.Seen)
	}
	for i, want := range []verify.Verdict{verify.Violated, verify.Violated, verify.Violated} {
		if s.Demanded[i].Answer != want {
			t.Errorf("%+v", s.Demanded[i])
		}
	}
	for _, name := range []string{markdownFile, pageFile} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Contains(raw, []byte("promise was broken")) || bytes.Index(raw, []byte("promise was broken")) > bytes.Index(raw, []byte("kill-two")) {
			t.Errorf("%s does not name the broken promise first: %v", name, err)
		}
	}
	// It is a true report of a failure: whole, and not certified.
	if got, err := Check(t.Context(), dir, Checks{Profiles: profiles}); err != nil || got.Certificate.Certified {
		t.Errorf("%v", err)
	}
}

func TestWhatWasNotRunNeverCountsAsPassed(t *testing.T) {
	run := runOf(t, sound()[:1]...)
	run.NotRun = map[string]string{"kill-two": "the node has no disk"}
	dir, c := bundle(t, run, nil)
	if c.Certified || c.Verdict != verify.Inconclusive || !strings.Contains(strings.Join(c.Reasons, ""), "the node has no disk") {
		t.Errorf("%+v", c)
	}
	got, err := Check(t.Context(), dir, Checks{Profiles: profiles})
	if err != nil || got.Certificate.Certified || got.Certificate.Scenarios[1].NotRun == "" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestAProblemOfTheRunMakesItInconclusive(t *testing.T) {
	scenarios := sound()
	scenarios[1].error = "the scan was cut off"
	_, c := bundle(t, runOf(t, scenarios...), nil)
	if c.Certified || c.Scenarios[1].Verdict != verify.Inconclusive || !strings.Contains(c.Reasons[0], "the scan was cut off") {
		t.Errorf("%+v", c.Reasons)
	}
}

func TestTheCertificateFollowsItsSchema(t *testing.T) {
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("certificate", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("certificate")
	if err != nil {
		t.Fatal(err)
	}
	for _, scenarios := range [][]made{sound(), sound()[1:], nil} {
		run := runOf(t, scenarios...)
		run.Demands, _ = ParseDemands("rto=1m")
		dir, _ := bundle(t, run, nil)
		raw, err := os.Open(filepath.Join(dir, CertificateFile))
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(raw)
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(document); err != nil {
			t.Error(err)
		}
	}
}

func TestACertificateIsNeverWrittenOverAnother(t *testing.T) {
	run := runOf(t, sound()...)
	dir, _ := bundle(t, run, nil)
	if _, err := Write(t.Context(), dir, run, nil); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("%v", err)
	}
}

func TestDemandsAreReadOrNamed(t *testing.T) {
	got, err := ParseDemands("acked-loss=0, rto=30s # as agreed\n\noutage=1m")
	if err != nil || len(got) != 3 || got[2].String() != "outage=1m0s" {
		t.Errorf("%v %v", got, err)
	}
	for _, bad := range []string{"loss=0", "rto", "rto=soon", "rto=-1s", "rto=0s", "acked-loss=few", "acked-loss=-1", "rto=1s,rto=2s"} {
		if _, err := ParseDemands(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}
