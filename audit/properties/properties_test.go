package properties

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseAsJavaDoes(t *testing.T) {
	got := Parse("# comment\n! also\nbrokerName=a\n  brokerId : 1 \nrole SLAVE\npath=/a/\\\n   b\nkey\\=x=1=2\r\nempty\nu=\\u0041\\t\\z\nlast=\\")
	want := []Entry{
		{"brokerName", "a", 3}, {"brokerId", "1 ", 4}, {"role", "SLAVE", 5}, {"path", "/a/b", 6},
		{"key=x", "1=2", 8}, {"empty", "", 9}, {"u", "A\tz", 10}, {"last", "", 11},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a=b\\\n c", "\\u00", "\\", "=\n:\n", "a\\\\\\\nb"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, e := range Parse(text) {
			if e.Line < 1 || len(e.Key)+len(e.Value) > len(text)+8 {
				t.Fatalf("%+v from %q", e, text)
			}
		}
	})
}
