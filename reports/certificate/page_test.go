package certificate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestThePageSaysWhatTheCertificateSays(t *testing.T) {
	scenarios := sound()
	scenarios[0].error = "<script>alert(1)</script>"
	run := runOf(t, scenarios[0])
	run.NotRun = map[string]string{"kill-two": "no <b>disk</b> | here"}
	run.Demands, _ = ParseDemands("outage=1s,acked-loss=0")
	run.Header.Deviations = []string{"`nothing` is *as it was*"}
	dir, _ := bundle(t, run, nil)
	for name, want := range map[string][]string{
		pageFile:     {"Not certified", "outage=1s: NOT met", "acked-loss=0: met", "Nothing is lost.", "<svg", "kill-one", "no &lt;b&gt;disk", "scenarios/kill-one/timeline.html"},
		markdownFile: {"# NOT CERTIFIED", "outage=1s: NOT met", "NOT RUN", `no &lt;b&gt;disk&lt;/b&gt; \| here`, "\\`nothing\\` is \\*as it was\\*"},
	} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(string(raw), w) {
				t.Errorf("%s does not hold %q", name, w)
			}
		}
		if strings.Contains(string(raw), "<script") || strings.Contains(string(raw), "<b>disk") {
			t.Errorf("%s holds markup that came with the data", name)
		}
	}
}
