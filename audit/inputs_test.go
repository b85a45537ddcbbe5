package audit_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/promise"
)

// expected is what one small input must come out as.
type expected struct {
	File string `json:"file"`
	// Rules must speak, Forbid must be silent.
	Rules  []string `json:"rules"`
	Forbid []string `json:"forbid"`
	// NotKnown must be named as such.
	NotKnown string `json:"notKnown"`
	// Promise gives the values that are right, AtLeastMS the least bound of what may be lost.
	Promise   map[promise.Failure][]promise.Worth `json:"promise"`
	AtLeastMS map[promise.Failure]int             `json:"atLeastMs"`
	// Why says what is wrong with the input, or what is not.
	Why string `json:"why"`
}

// TestInputs judges small inputs of which each holds one mistake, or one thing that looks like one.
func TestInputs(t *testing.T) {
	dir := filepath.Join("testdata", "inputs")
	data, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all []expected
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*.yaml")); len(files) != len(all) {
		t.Errorf("%d inputs, %d expectations", len(files), len(all))
	}
	for _, e := range all {
		t.Run(e.File, func(t *testing.T) {
			set, err := input.Files(context.Background(), []string{filepath.Join(dir, e.File)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			r, err := audit.Run(set, nil)
			if err != nil {
				t.Fatal(err)
			}
			e.check(t, r)
		})
	}
}

func (e expected) check(t *testing.T, r audit.Report) {
	t.Helper()
	var found []string
	for _, f := range r.Findings {
		found = append(found, f.Rule)
	}
	for _, rule := range e.Rules {
		if !slices.Contains(found, rule) {
			t.Errorf("%s is silent: %s", rule, e.Why)
		}
	}
	for _, rule := range e.Forbid {
		if slices.Contains(found, rule) {
			t.Errorf("%s speaks: %s", rule, e.Why)
		}
	}
	named := slices.ContainsFunc(r.Unresolved, func(u audit.Unresolved) bool { return strings.Contains(u.What, e.NotKnown) })
	if e.NotKnown != "" && !named {
		t.Errorf("nothing says that %q is not known", e.NotKnown)
	}
	for _, c := range r.Promise.Clusters {
		for _, o := range c.Outcomes {
			if want := e.Promise[o.Failure]; want != nil && !slices.Contains(want, o.Acknowledged) {
				t.Errorf("%s: %s: %s", o.Failure, o.Acknowledged, e.Why)
			}
			if least := e.AtLeastMS[o.Failure]; o.UpToMS > 0 && o.UpToMS < least {
				t.Errorf("%s: up to %d ms: %s", o.Failure, o.UpToMS, e.Why)
			}
		}
	}
}
