package reports

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// result is how a CI system reads JUnit.
type result struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Suites   []struct {
		Name  string `xml:"name,attr"`
		Tests int    `xml:"tests,attr"`
		Cases []struct {
			Name    string    `xml:"name,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct {
				Message string `xml:"message,attr"`
			} `xml:"error"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func (r result) green() bool { return r.Tests > 0 && r.Failures == 0 && r.Errors == 0 }

func parse(t *testing.T, write func(*bytes.Buffer) error) result {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	var r result
	if err := xml.Unmarshal(b.Bytes(), &r); err != nil {
		t.Fatalf("not readable: %v\n%s", err, b.String())
	}
	if !strings.HasPrefix(b.String(), "<?xml") {
		t.Errorf("no XML declaration: %.60s", b.String())
	}
	return r
}

func claimsOf(verdicts ...verify.Verdict) verify.Report {
	r := verify.Report{Verdict: verify.Valid}
	for i, v := range verdicts {
		r.Claims = append(r.Claims, verify.Judgement{ID: claims.IDs()[i], Verdict: v, Why: "because"})
		r.Verdict = verify.Worst(r.Verdict, v)
	}
	return r
}

func TestJUnitIsGreenForValidAlone(t *testing.T) {
	for _, c := range []struct {
		name             string
		e                Experiment
		failures, errors int
	}{
		{"valid", Experiment{Report: claimsOf(verify.Valid, verify.Valid)}, 0, 0},
		{"violated", Experiment{Report: claimsOf(verify.Valid, verify.Violated)}, 1, 0},
		{"inconclusive", Experiment{Report: claimsOf(verify.Inconclusive, verify.Valid)}, 0, 1},
		{"an unheard-of verdict", Experiment{Report: claimsOf("perhaps")}, 0, 1},
		{"no claim", Experiment{Report: verify.Report{Verdict: verify.Valid}}, 0, 1},
		{"valid, but the experiment went wrong", Experiment{Report: claimsOf(verify.Valid), Error: "heal: timed out"}, 0, 1},
		{"never judged", Experiment{Error: "no cluster"}, 0, 2},
	} {
		r := parse(t, func(b *bytes.Buffer) error { return c.e.junit(b) })
		if r.Failures != c.failures || r.Errors != c.errors {
			t.Errorf("%s: %d failures and %d errors, want %d and %d", c.name, r.Failures, r.Errors, c.failures, c.errors)
		}
		if r.green() != (c.e.Verdict() == verify.Valid) {
			t.Errorf("%s: green is %v, but the verdict is %s", c.name, r.green(), c.e.Verdict())
		}
		for _, tc := range r.Suites[0].Cases {
			if tc.Skipped != nil {
				t.Errorf("%s: %s is skipped, which CI shows as green", c.name, tc.Name)
			}
		}
	}
}

func TestJUnitHasOneCaseForEachClaim(t *testing.T) {
	e := Experiment{Name: "kill", Report: claimsOf(verify.Valid, verify.Violated, verify.Inconclusive)}
	r := parse(t, func(b *bytes.Buffer) error { return e.junit(b) })
	if r.Tests != 3 || len(r.Suites) != 1 || r.Suites[0].Name != "kill" {
		t.Fatalf("got %+v", r)
	}
	for i, tc := range r.Suites[0].Cases {
		if tc.Name != claims.IDs()[i] {
			t.Errorf("case %d is %q", i, tc.Name)
		}
	}
}

func TestJUnitOfARunAddsUp(t *testing.T) {
	run := Run{Experiments: []Experiment{{Name: "a", Report: claimsOf(verify.Valid)}, {Name: "b", Report: claimsOf(verify.Violated, verify.Inconclusive)}}}
	r := parse(t, func(b *bytes.Buffer) error { return run.junit(b) })
	if r.Tests != 3 || r.Failures != 1 || r.Errors != 1 || len(r.Suites) != 2 {
		t.Errorf("got %+v", r)
	}
	for name, run := range map[string]Run{"of nothing": {}, "with an error": {Error: "no disk", Experiments: run.Experiments[:1]}} {
		if r := parse(t, func(b *bytes.Buffer) error { return run.junit(b) }); r.green() {
			t.Errorf("a run %s is green", name)
		}
	}
}
