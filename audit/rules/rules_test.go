package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/model"
)

func judge(t *testing.T, text string) []Finding {
	t.Helper()
	set, err := input.Parse([]byte(text), "example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return Check(model.Build(set))
}

func fired(all []Finding, id string) (Finding, bool) {
	at := slices.IndexFunc(all, func(f Finding) bool { return f.Rule == id })
	if at < 0 {
		return Finding{}, false
	}
	return all[at], true
}

func mustLayout(t *testing.T, name string) string {
	t.Helper()
	text, err := Layout(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestExamples breaks each rule's sound layout by its one change: the rule must be silent before and speak after.
func TestExamples(t *testing.T) {
	for _, r := range All() {
		t.Run(r.ID, func(t *testing.T) {
			layout := mustLayout(t, r.Example.On)
			sound := layout
			if r.Example.Clean != "" {
				sound = mustLayout(t, r.Example.Clean)
			}
			if f, ok := fired(judge(t, sound), r.ID); ok {
				t.Errorf("speaks of the sound layout: %+v", f)
			}
			if r.Example.Sound != "" && !strings.Contains(layout, r.Example.Sound) {
				t.Fatalf("layout %s lacks %q", r.Example.On, r.Example.Sound)
			}
			f, ok := fired(judge(t, r.Example.Break(layout)), r.ID)
			if !ok {
				t.Fatal("is silent about its own example")
			}
			if f.Line == 0 || f.Message == "" || f.Fix == "" || f.Source == "" || f.Object == "" {
				t.Errorf("incomplete: %+v", f)
			}
		})
	}
}

func TestRulesAreWholeAndDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range All() {
		if seen[r.ID] || r.Title == "" || len(r.Explain) < 40 || r.Source == "" || r.Severity == "" || r.check == nil {
			t.Errorf("%s is not whole, or there twice", r.ID)
		}
		seen[r.ID] = true
	}
	if len(seen) < 40 {
		t.Errorf("%d rules", len(seen))
	}
}

// TestLayoutsAreSound lists all that is said of the layouts: they are written as documentation recommends, and what is
// said is what their mode brings with it.
func TestLayoutsAreSound(t *testing.T) {
	accepted := map[string][]string{
		"masters":    {"master-without-slave"},
		"shared":     {"master-without-slave"},
		"deployment": {"master-without-slave"},
	}
	for _, name := range []string{"static", "single", "controller", "jraft", "dledger", "proxy", "masters", "shared", "acl", "deployment"} {
		for _, f := range judge(t, mustLayout(t, name)) {
			if f.Severity != Info && !slices.Contains(accepted[name], f.Rule) {
				t.Errorf("%s:%d %s %s: %s", name, f.Line, f.Severity, f.Rule, f.Message)
			}
		}
	}
}
