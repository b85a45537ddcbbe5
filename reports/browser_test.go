package reports

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/rmqproof/rmqproof/verify"
)

// browser finds a Chromium, or skips.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("missing: chromium (Debian: apt-get install chromium), so no browser has looked at the pages")
	return ""
}

// visit opens a page in a browser without a network and returns its document, after its script ran, and its console.
func visit(t *testing.T, path string) (dom, console string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // for a browser that never ends
	defer cancel()
	cmd := exec.CommandContext(ctx, browser(t), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir="+t.TempDir(),
		"--window-size=1280,1600", "--virtual-time-budget=2000", "--enable-logging=stderr", "--dump-dom", "file://"+path)
	cmd.WaitDelay = 5 * time.Second
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, log.String())
	}
	return out.String(), strings.Join(regexp.MustCompile(`(?m)^.*CONSOLE.*$`).FindAllString(log.String(), -1), "\n")
}

func TestBrowserRunsThePageUnderItsOwnPolicy(t *testing.T) {
	browser(t)
	dir, _ := saved(t, typical().report(verify.Valid))
	dom, console := visit(t, filepath.Join(dir, TimelineFile))
	if console != "" {
		t.Errorf("the browser complains:\n%s", console)
	}
	if root := element(t, dom, "html"); !strings.Contains(attribute(root, "class"), "live") {
		t.Error("the page's script did not run to its end")
	}
}

func TestBrowserRunsNoHostileText(t *testing.T) {
	browser(t)
	root := writeEvil(t)
	for _, path := range []string{filepath.Join("evil", TimelineFile), filepath.Join("evil", PictureFile), IndexFile} {
		dom, console := visit(t, filepath.Join(root, path))
		if console != "" {
			t.Errorf("%s: the browser complains:\n%s", path, console)
		}
		if strings.Contains(dom, "<title>owned") {
			t.Errorf("%s: hostile text ran as a script", path)
		}
	}
}

// exercise uses the page as a person does and leaves what it saw in the document's title.
const exercise = `
const seen = {}, chart = document.getElementById("chart"), shown = document.getElementById("shown"), tip = document.getElementById("tip");
const r = chart.querySelector("svg").getBoundingClientRect(), k = r.width / 1000;
const at = (part, y) => ({ clientX: r.left + (62 + part * 926) * k, clientY: r.top + y * k, bubbles: true, pointerId: 1, button: 0 });
const fire = (type, o) => chart.dispatchEvent(new PointerEvent(type, o));
chart.setPointerCapture = () => {};
seen.whole = shown.textContent;
fire("pointermove", at(24 / 60, 60));
seen.tip = tip.hidden ? "" : tip.textContent;
fire("pointerdown", at(0.25, 60)); fire("pointermove", at(0.5, 60)); fire("pointerup", at(0.5, 60));
seen.dragged = shown.textContent;
chart.dispatchEvent(new KeyboardEvent("keydown", { key: "0" }));
seen.key = shown.textContent;
document.querySelector("button[data-from]").click();
seen.outage = shown.textContent;
fire("dblclick", at(0.5, 60));
seen.reset = shown.textContent;
document.getElementById("closer").click();
seen.closer = shown.textContent;
document.getElementById("whole").click();
document.getElementById("layer").value = "actual";
document.getElementById("layer").dispatchEvent(new Event("change"));
document.getElementById("theme").click();
seen.theme = document.documentElement.dataset.theme;
document.getElementById("theme").click();
seen.overflow = document.documentElement.scrollWidth - document.documentElement.clientWidth;
setTimeout(() => {
  seen.red = [...document.querySelectorAll(".plot .f.e")].flatMap(p => [...p.getAttribute("d").matchAll(/M([0-9.]+) /g)].map(m => (m[1] - 62) / 926 * 60));
  document.title = "SEEN " + JSON.stringify(seen);
}, 300);
`

type seen struct {
	Whole, Tip, Dragged, Key, Outage, Reset, Closer, Theme string
	Overflow                                               int
	Red                                                    []float64 // the times in seconds at which the strips show red
}

// exercised opens a copy of a page without its policy, so that the exercise may run in it.
func exercised(t *testing.T, page string) (s seen) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	page = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`).ReplaceAllString(page, "")
	page = strings.Replace(page, "</body>", "<script>"+exercise+"</script></body>", 1)
	if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	dom, console := visit(t, path)
	if console != "" {
		t.Errorf("the browser complains:\n%s", console)
	}
	title := element(t, dom, "title").FirstChild.Data
	if err := json.Unmarshal([]byte(strings.TrimPrefix(title, "SEEN ")), &s); err != nil {
		t.Fatalf("the exercise did not end: %q: %v", title, err)
	}
	return s
}

func TestBrowserZoomsHoversAndKeepsShortOutages(t *testing.T) {
	browser(t)
	g := typical()
	g.outages = append(g.outages, outage{"broker-b", 50 * time.Second, 50*time.Second + 20*time.Millisecond})
	dir := filepath.Join(t.TempDir(), "e")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := WriteExperiment(dir, g.experiment(t, dir, g.report(verify.Valid))); err != nil {
		t.Fatal(err)
	}
	s := exercised(t, read(t, filepath.Join(dir, TimelineFile)))
	for what, pair := range map[string][2]string{
		"at first": {s.Whole, "whole run, 60.00 s"}, "after a drag": {s.Dragged, "15.0 s to 30.0 s"}, "after the key 0": {s.Key, "whole run"},
		"after Show": {s.Outage, "15.5 s to 33.1 s"}, "after a double click": {s.Reset, "whole run"}, "after +": {s.Closer, "12.0 s to 48.0 s"},
		"under the pointer": {s.Tip, "broker-aoutage of 8.02 s"}, "the theme": {s.Theme, "dark"},
	} {
		if !strings.Contains(pair[0], pair[1]) {
			t.Errorf("%s the page shows %q, want %q", what, pair[0], pair[1])
		}
	}
	if s.Overflow > 0 {
		t.Errorf("the page is %d px wider than its window", s.Overflow)
	}
	for _, want := range []float64{24, 50} {
		if !near(s.Red, want) {
			t.Errorf("no strip is red at %v s, where a group was out; red at %v", want, s.Red)
		}
	}
	if near(s.Red, 40) {
		t.Error("a strip is red at 40 s, where all served")
	}
}

func near(times []float64, want float64) bool {
	for _, x := range times {
		if x > want-0.15 && x < want+0.15 {
			return true
		}
	}
	return false
}

func element(t *testing.T, page, name string) *html.Node {
	t.Helper()
	for _, n := range elements(t, page) {
		if n.Data == name {
			return n
		}
	}
	t.Fatalf("the page has no %s", name)
	return nil
}
