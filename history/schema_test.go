package history

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("history.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("history.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fits(t *testing.T, s *jsonschema.Schema, line []byte) bool {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v) == nil
}

// TestSchemaAndReaderAgree takes fields away from good lines and breaks them, and wants the schema and the
// reader to accept and refuse the same.
func TestSchemaAndReaderAgree(t *testing.T) {
	s := compiled(t)
	for _, r := range sample() {
		line, err := EncodeLine(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range variants(t, line) {
			_, err := DecodeLine(l)
			if ok := fits(t, s, l); ok != (err == nil) {
				t.Errorf("schema says %t, the reader %v: %s", ok, err, l)
			}
		}
	}
}

func variants(t *testing.T, line []byte) [][]byte {
	t.Helper()
	out := [][]byte{line}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(line, &m); err != nil {
		t.Fatal(err)
	}
	for name := range m {
		for _, v := range []string{"", `-1`, `1.5`, `"x"`, `true`, `[]`, `99999999999999999999`} {
			if name == "promise" || name == "seed" || name == "via" || name == "started" && v == `"x"` {
				continue
			}
			c := map[string]json.RawMessage{}
			for n, w := range m {
				c[n] = w
			}
			delete(c, name)
			if v != "" {
				c[name] = json.RawMessage(v)
			}
			b, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, b)
		}
	}
	return out
}
