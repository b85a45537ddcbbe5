package reports

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify"
)

// evil would run, break out or break off in any of the languages that a report is written in.
const evil = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">'\"`\n```\n| a |\x00\x1b[31m\u202e]]>{{.}}</title>"

// evilExperiment carries evil in every text that comes from a cluster, a broker's answer or a configuration.
func evilExperiment(t *testing.T, dir string) Experiment {
	t.Helper()
	path := filepath.Join(dir, "history.bin")
	rec, err := history.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	at := func(ms int) time.Duration { return time.Duration(ms) * time.Millisecond }
	records := []history.Record{
		&history.Run{Version: history.Version, ID: evil, Started: time.Unix(0, 0)},
		&history.Span{Name: evil, Phase: history.Fault, Target: evil, Start: at(100), End: at(900)},
	}
	for i := range 60 {
		records = append(records,
			&history.Send{Seq: uint64(i), Topic: evil, Key: evil, Intended: at(i * 20), Start: at(i * 20), End: at(i*20 + 3), Outcome: history.Outcome(i % 3), Status: evil, Broker: evil},
			&history.Probe{Broker: evil, Start: at(i * 20), End: at(i*20 + 1), Outcome: history.Outcome(i % 3)})
	}
	for _, r := range records {
		if err := rec.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	op, err := json.Marshal(map[string]string{"kind": "send", "topic": evil})
	if err != nil {
		t.Fatal(err)
	}
	r := verify.Report{Verdict: verify.Violated, Notes: []string{evil}, Claims: []verify.Judgement{
		{ID: evil, Verdict: verify.Violated, Counts: map[string]int64{evil: 1}, Why: evil, Named: []string{evil}, Evidence: []verify.Evidence{{Summary: evil, Operation: op, Timeline: []string{evil}}}},
		{ID: "no-acked-loss", Verdict: verify.Verdict(evil), Why: evil},
	}}
	r.Availability.Groups = []verify.GroupAvailability{{Group: evil, Outages: []verify.Outage{{Start: at(40), End: at(80), Open: true}}, Longest: at(40), Recoveries: []verify.Recovery{{Fault: evil, Target: evil, Interrupted: true}}}}
	r.Availability.Spans = []verify.SpanAvailability{{Name: evil, Phase: "fault", Target: evil}}
	return Experiment{Name: "evil", Title: evil, History: path, Report: r, Error: evil,
		Meta: Meta{Rerun: evil, Cluster: evil, Versions: map[string]string{evil: evil}, Config: map[string]string{evil: evil}, Evidence: []string{evil}}}
}

func writeEvil(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, "evil")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	e := evilExperiment(t, dir)
	if err := WriteExperiment(dir, e); err != nil {
		t.Fatal(err)
	}
	if err := WriteRun(root, Run{Title: evil, Meta: e.Meta, Error: evil, Experiments: []Experiment{e}}); err != nil {
		t.Fatal(err)
	}
	return root
}

// allowedScripts is how many script elements a page of ours has: its data and its code, or none.
var allowedScripts = map[string]int{TimelineFile: 2, IndexFile: 0}

func TestPagesHoldHostileTextAsText(t *testing.T) {
	root := writeEvil(t)
	for _, path := range []string{filepath.Join("evil", TimelineFile), IndexFile} {
		page := read(t, filepath.Join(root, path))
		scripts := 0
		for _, n := range elements(t, page) {
			scripts += checkElement(t, path, n)
		}
		if want := allowedScripts[filepath.Base(path)]; scripts != want {
			t.Errorf("%s has %d scripts, want %d", path, scripts, want)
		}
		if strings.Count(page, "document.title") == 0 {
			t.Errorf("%s shows nothing of the hostile text: the test sees nothing", path)
		}
	}
}

var handler = regexp.MustCompile(`^on[a-z]+$`)

// checkElement finds what a self-contained page must not hold. It returns 1 for a script.
func checkElement(t *testing.T, path string, n *html.Node) int {
	t.Helper()
	if n.Data == "img" || n.Data == "iframe" || n.Data == "object" || n.Data == "link" {
		t.Errorf("%s has an element %s", path, n.Data)
	}
	for _, a := range n.Attr {
		if handler.MatchString(a.Key) || a.Key == "style" || a.Key == "src" {
			t.Errorf("%s: %s has the attribute %s", path, n.Data, a.Key)
		}
		if a.Key == "href" && !strings.HasPrefix(a.Val, "./") {
			t.Errorf("%s links to %q", path, a.Val)
		}
	}
	if n.Data == "script" {
		return 1
	}
	return 0
}

func elements(t *testing.T, page string) (out []*html.Node) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			out = append(out, n)
		}
	}
	return out
}

func TestPolicyAllowsJustThePagesOwnStyleAndScript(t *testing.T) {
	root := writeEvil(t)
	for _, path := range []string{filepath.Join("evil", TimelineFile), IndexFile} {
		policy := ""
		var need []string
		for _, n := range elements(t, read(t, filepath.Join(root, path))) {
			switch {
			case n.Data == "meta" && attribute(n, "http-equiv") == "Content-Security-Policy":
				policy = attribute(n, "content")
			case n.Data == "style", n.Data == "script" && attribute(n, "type") == "":
				need = append(need, digest(n.FirstChild.Data))
			}
		}
		if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
		if strings.Count(policy, "sha256-") != len(need) || len(need) == 0 {
			t.Errorf("%s: policy %q names other than %d hashes", path, policy, len(need))
		}
		for _, hash := range need {
			if !strings.Contains(policy, hash) {
				t.Errorf("%s: policy %q does not allow a style or script of the page: %s", path, policy, hash)
			}
		}
	}
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func TestXMLFilesHoldHostileTextAsText(t *testing.T) {
	root := writeEvil(t)
	for _, path := range []string{filepath.Join("evil", PictureFile), filepath.Join("evil", JUnitFile), JUnitFile} {
		d := xml.NewDecoder(strings.NewReader(read(t, filepath.Join(root, path))))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s is no XML: %v", path, err)
			}
			if start, ok := token.(xml.StartElement); ok && (start.Name.Local == "script" || start.Name.Local == "img") {
				t.Errorf("%s has an element %s", path, start.Name.Local)
			}
		}
	}
}

func TestSummaryHoldsHostileTextAsText(t *testing.T) {
	root := writeEvil(t)
	for _, path := range []string{filepath.Join("evil", SummaryFile), SummaryFile} {
		fence := ""
		for _, line := range strings.Split(read(t, filepath.Join(root, path)), "\n") {
			if ticks := strings.TrimLeft(line, "`"); len(line)-len(ticks) >= 3 && ticks == "" && (fence == "" || line == fence) {
				if fence = map[bool]string{true: line}[fence == ""]; fence != "" {
					continue
				}
			}
			if fence == "" && (strings.Contains(line, "<script") || strings.Contains(line, "<img")) {
				t.Errorf("%s: markup outside of code: %q", path, line)
			}
			if strings.ContainsAny(line, "\x00\x1b\u202e") {
				t.Errorf("%s: control characters in %q", path, line)
			}
		}
		if fence != "" {
			t.Errorf("%s: a block of code is never closed", path)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
