package output

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rmqproof/rmqproof/audit"
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

// TestSARIF holds the form to a compact schema of what is used of the standard; with the standard's own schema in the
// file that RMQPROOF_SARIF_SCHEMA names, to that as well.
func TestSARIF(t *testing.T) {
	var out bytes.Buffer
	if err := SARIF(&out, report(t)); err != nil {
		t.Fatal(err)
	}
	schema, err := os.ReadFile("testdata/sarif-subset.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	validate(t, schema, out.Bytes())
	if name := os.Getenv("RMQPROOF_SARIF_SCHEMA"); name != "" {
		whole, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		validate(t, whole, out.Bytes())
	}
	golden(t, "testdata/report.sarif", out.Bytes())
}

func TestText(t *testing.T) {
	var out bytes.Buffer
	if err := Text(&out, report(t)); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/report.txt", out.Bytes())
}

func TestJSON(t *testing.T) {
	var out bytes.Buffer
	if err := JSON(&out, report(t)); err != nil {
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
