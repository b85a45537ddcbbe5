package output

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/compare"
	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// repeated is a report with n findings and groups.
func repeated(n int) audit.Report {
	r := audit.Report{Findings: []rules.Finding{}, Suppressed: []rules.Finding{}, Unresolved: []audit.Unresolved{}, Objects: n}
	c := promise.Cluster{Name: `<"shop">`}
	for i := range n {
		key := promise.Key{Key: "inSyncReplicas", Value: "2", File: "x.yaml", Line: i}
		o := promise.Outcome{Failure: promise.NodeLost, Why: "a & b", Keys: []promise.Key{key}, Against: []string{"a"}}
		c.Groups = append(c.Groups, promise.Group{Name: fmt.Sprint("g", i), Outcomes: []promise.Outcome{o, {Keys: []promise.Key{}}, {}}})
		r.Findings = append(r.Findings, rules.Finding{Rule: "a", Message: "<a>\n", Line: i})
		r.Unresolved = append(r.Unresolved, audit.Unresolved{Object: "o", RenderedLine: i})
	}
	r.Promise = promise.Promise{Version: "1", Clusters: []promise.Cluster{c}}
	return r
}

// TestStreamedJSONIsThatOfTheStandardLibrary holds each form against encoding/json, byte for byte.
func TestStreamedJSONIsThatOfTheStandardLibrary(t *testing.T) {
	several := repeated(3)
	several.Error = "an error"
	older := repeated(2)
	for name, v := range map[string]any{
		"an empty report": audit.Report{}, "a report": several, "one of a group": repeated(1), "a comparison": compare.Of(older, several),
		"SARIF": sarif(several), "SARIF of none": sarif(repeated(0)), "a comparison's SARIF": sarifChange(compare.Of(older, several)),
		"a failure": map[string]any{"error": "<e>", "exitCode": 65}, "a failure's SARIF": sarifFailure(65, errors.New("e")),
	} {
		var got, want bytes.Buffer
		if err := encode(&got, v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Errorf("%s:\n%s\nwant\n%s", name, got.String(), want.String())
		}
	}
}

// writes counts what is written, in all and at once.
type writes struct{ all, largest int }

func (w *writes) Write(p []byte) (int, error) {
	w.all, w.largest = w.all+len(p), max(w.largest, len(p))
	return len(p), nil
}

// TestJSONIsWrittenItemByItem bounds what is held at once of a long report.
func TestJSONIsWrittenItemByItem(t *testing.T) {
	var w writes
	if err := encode(&w, repeated(2000)); err != nil {
		t.Fatal(err)
	}
	if w.all < 1<<20 || w.largest > 1<<16 {
		t.Errorf("of %d bytes %d were written at once", w.all, w.largest)
	}
}

// full takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestJSONThatCannotBeWrittenIsAnError(t *testing.T) {
	for _, n := range []int{0, 2000} {
		if err := encode(full{}, repeated(n)); err == nil {
			t.Errorf("%d items: nothing was said", n)
		}
	}
}
