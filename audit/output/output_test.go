package output

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/compare"
	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/audit/rules"
)

var update = flag.Bool("update", false, "write the golden files and the documentation")

// report is that of a layout with three mistakes and an accepted one.
func report(t *testing.T) audit.Report {
	t.Helper()
	layout, err := rules.Layout("static")
	if err != nil {
		t.Fatal(err)
	}
	layout = strings.Replace(layout, "inSyncReplicas=2", "inSyncReplicas=1", 1)
	layout = strings.Replace(layout, "autoCreateTopicEnable=false", "autoCreateTopicEnable=true", 1)
	layout = strings.Replace(layout, "maxUnavailable: 1 # nameservers", "maxUnavailable: 0", 1)
	layout = strings.Replace(layout, "terminationGracePeriodSeconds: 60 # master a", "terminationGracePeriodSeconds: 10", 1)
	set, err := input.Parse([]byte(layout), "mq/static layout.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := audit.Run(set, map[string]string{"grace-too-short": "the disks are fast"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}

func validate(t *testing.T, schema, document []byte) {
	t.Helper()
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", parsed); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(value); err != nil {
		t.Error(err)
	}
}

// standard holds a text to a compact schema of what is used of the SARIF standard; with the standard's own schema in the
// file that RMQPROOF_SARIF_SCHEMA names, to that as well.
func standard(t *testing.T, text []byte) {
	t.Helper()
	for _, name := range []string{"testdata/sarif-subset.schema.json", os.Getenv("RMQPROOF_SARIF_SCHEMA")} {
		if name == "" {
			continue
		}
		schema, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		validate(t, schema, text)
	}
}

func TestSARIF(t *testing.T) {
	var out, change, failed bytes.Buffer
	if err := Report(&out, "sarif", report(t), TextOptions{}); err != nil {
		t.Fatal(err)
	}
	standard(t, out.Bytes())
	golden(t, "testdata/report.sarif", out.Bytes())
	if err := Change(&change, "sarif", compare.Of(report(t), audit.Report{Promise: report(t).Promise})); err != nil {
		t.Fatal(err)
	}
	standard(t, change.Bytes())
	if err := Failure(&failed, "sarif", 65, errors.New("x.yaml: line 3: no YAML")); err != nil {
		t.Fatal(err)
	}
	standard(t, failed.Bytes())
	if !strings.Contains(failed.String(), `"executionSuccessful": false`) || !strings.Contains(failed.String(), "line 3") {
		t.Error(failed.String())
	}
}

func TestText(t *testing.T) {
	var out bytes.Buffer
	if err := Text(&out, report(t), TextOptions{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/report.txt", out.Bytes())
}

// TestSummary prints ten lines at most, whatever is found.
func TestSummary(t *testing.T) {
	for _, name := range []string{"static", "single", "controller", "masters", "proxy"} {
		layout, err := rules.Layout(name)
		if err != nil {
			t.Fatal(err)
		}
		broken := strings.NewReplacer("inSyncReplicas=2", "inSyncReplicas=1", "mountPath: /home/rocketmq/store", "mountPath: /data", "namesrvAddr=", "namesrvAdr=").Replace(layout)
		set, err := input.Parse([]byte(broken), "x.yaml")
		if err != nil {
			t.Fatal(err)
		}
		r, err := audit.Run(set, nil)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := Report(&out, "text", r, TextOptions{Summary: true}); err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(out.String(), "\n"); lines > 10 || lines < 3 {
			t.Errorf("%s: %d lines:\n%s", name, lines, out.String())
		}
	}
}

// TestSingleNode judges one broker without a slave and one NameServer: one line about high availability, all findings on
// request, and all of them in the JSON form.
func TestSingleNode(t *testing.T) {
	layout, err := os.ReadFile("testdata/single-node.yaml")
	if err != nil {
		t.Fatal(err)
	}
	set, err := input.Parse(layout, "x.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := audit.Run(set, nil)
	if err != nil {
		t.Fatal(err)
	}
	for o, want := range map[TextOptions][2]int{{}: {1, 0}, {All: true}: {0, 1}} {
		var out bytes.Buffer
		if err := Report(&out, "text", r, o); err != nil {
			t.Fatal(err)
		}
		if got := [2]int{strings.Count(out.String(), "A single-node set-up"), strings.Count(out.String(), "WARNING one-broker-group")}; got != want {
			t.Errorf("%+v: %v in\n%s", o, got, out.String())
		}
	}
	if !slices.ContainsFunc(r.Findings, func(f rules.Finding) bool { return f.Rule == "one-broker-group" }) {
		t.Error("the JSON form lacks a finding")
	}
}

func TestChangeForReading(t *testing.T) {
	good := report(t)
	layout, err := rules.Layout("static")
	if err != nil {
		t.Fatal(err)
	}
	set, err := input.Parse([]byte(strings.ReplaceAll(layout, "mountPath: /home/rocketmq/store", "mountPath: /data")), "mq/static layout.yaml")
	if err != nil {
		t.Fatal(err)
	}
	bad, err := audit.Run(set, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Change(&out, "text", compare.Of(good, bad)); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/change.txt", out.Bytes())
}

func TestJSON(t *testing.T) {
	var out bytes.Buffer
	if err := Report(&out, "json", report(t), TextOptions{}); err != nil {
		t.Fatal(err)
	}
	var r struct {
		Findings   []map[string]any `json:"findings"`
		Unresolved []any            `json:"unresolved"`
		Promise    json.RawMessage  `json:"promise"`
	}
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"rule", "severity", "object", "file", "line", "message", "fix", "source"} {
		if len(r.Findings) == 0 || r.Findings[0][key] == nil {
			t.Errorf("a finding lacks %s", key)
		}
	}
	validate(t, promise.Schema, r.Promise)
}

func TestDocumentation(t *testing.T) {
	var out bytes.Buffer
	if err := Markdown(&out); err != nil {
		t.Fatal(err)
	}
	golden(t, "../../docs/audit.md", out.Bytes())
}

func TestExplainAndList(t *testing.T) {
	var list bytes.Buffer
	if err := List(&list); err != nil {
		t.Fatal(err)
	}
	for _, r := range rules.All() {
		var out bytes.Buffer
		if err := Explain(&out, r); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), r.Source) || !strings.Contains(list.String(), r.ID) {
			t.Errorf("%s is not explained or not listed", r.ID)
		}
	}
}
