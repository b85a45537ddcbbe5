package reports

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/reports/plot"
	"github.com/rmqproof/rmqproof/verify"
)

// plotIn is the data that a page carries.
func plotIn(t *testing.T, page string) plot.Data {
	t.Helper()
	for _, n := range elements(t, page) {
		if n.Data == "script" && attribute(n, "id") == "plot" {
			var p plot.Data
			if err := json.Unmarshal([]byte(n.FirstChild.Data), &p); err != nil {
				t.Fatal(err)
			}
			return p
		}
	}
	t.Fatal("the page carries no data")
	return plot.Data{}
}

func textOf(t *testing.T, page string) string {
	t.Helper()
	var b strings.Builder
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			b.WriteString(n.Data + " ")
		}
	}
	return b.String()
}

func TestPageSaysInWordsWhatThePictureShows(t *testing.T) {
	dir, _ := saved(t, typical().violatedReport())
	text := textOf(t, read(t, filepath.Join(dir, TimelineFile)))
	for _, want := range []string{"VIOLATED", "3 of them lost", "no-acked-loss", "broker-a was out for 8.02 s", "20.300 s", "28.320 s", "kill a master", "confirmed",
		"pod broker-a-master-0", "CONNECT_REFUSED", "producer 2 seq 71", "4711", "make e2e", "acknowledged  12,000", "What to do next", "SYNC_MASTER"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestPageCarriesEveryOperation(t *testing.T) {
	g := typical()
	dir, _ := saved(t, g.report(verify.Valid))
	p := plotIn(t, read(t, filepath.Join(dir, TimelineFile)))
	var sends, rate int64
	for i := range p.Rate.OK {
		rate += p.Rate.OK[i] + p.Rate.Failed[i] + p.Rate.Unknown[i]
	}
	sends = int64(len(p.Latency.Intended.O))
	if want := int64(g.length.Seconds() * g.rate); sends != want || rate != want {
		t.Errorf("%d points and a rate of %d sends, recorded %d", sends, rate, want)
	}
	s, err := plot.Read(g)
	if err != nil {
		t.Fatal(err)
	}
	for o, columns := range map[history.Outcome][]int64{history.OK: p.Rate.OK, history.Failed: p.Rate.Failed, history.Unknown: p.Rate.Unknown} {
		var n int64
		for _, c := range columns {
			n += c
		}
		if digit := string('0' + rune(o)); n != s.Sent[o] || n != int64(strings.Count(p.Latency.Actual.O, digit)) || n == 0 {
			t.Errorf("outcome %d: a rate of %d and %d points, recorded %d", o, n, strings.Count(p.Latency.Actual.O, digit), s.Sent[o])
		}
	}
	if len(p.Groups) != 2 || len(p.Spans) != 3 || len(p.Groups[0].Outages) != 1 {
		t.Errorf("%d groups, %d spans, outages %v", len(p.Groups), len(p.Spans), p.Groups[0].Outages)
	}
}

// TestMillionIsDrawnWhole holds a large run to the same honesty: nothing dropped, outages of one probe kept, a bounded page.
func TestMillionIsDrawnWhole(t *testing.T) {
	g := typical()
	g.rate, g.lose = 17000, -1
	g.outages = append(g.outages, outage{"broker-b", 50 * time.Second, 50*time.Second + 20*time.Millisecond})
	began := time.Now()
	s, err := plot.Read(g)
	if err != nil {
		t.Fatal(err)
	}
	p := plot.DataOf(s, judgedOf(g.report(verify.Valid)))
	t.Logf("%d sends collected in %s", s.Sent.Total(), time.Since(began))
	var sends int64
	for _, n := range p.Latency.Intended.N {
		sends += n
	}
	if sends != s.Sent.Total() || sends < 1_000_000 {
		t.Errorf("cells hold %d of %d sends", sends, s.Sent.Total())
	}
	if got := stateAt(p, "broker-b", 50*time.Second+5*time.Millisecond); got == "ok" || got == "none" {
		t.Errorf("an outage of one probe is drawn as %q", got)
	}
	page, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if len(page) > 3<<20 {
		t.Errorf("the page's data is %d bytes", len(page))
	}
}

// stateAt is what the strip of a group shows at a time.
func stateAt(p plot.Data, group string, at time.Duration) string {
	for _, g := range p.Groups {
		for _, part := range g.Strip {
			if g.Name == group && part[0].(int64) <= at.Microseconds() && at.Microseconds() < part[1].(int64) {
				return fmt.Sprint(part[2])
			}
		}
	}
	return "missing"
}

func TestPictureIsLight(t *testing.T) {
	for name, g := range map[string]generator{"typical": typical(), "large": {length: 4 * time.Minute, rate: 2000, lose: -1}, "hour": {length: time.Hour, rate: 20, lose: -1}} {
		s, err := plot.Read(g)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := (drawing{e: Experiment{Title: name}, s: s, judged: judgedOf(g.report(verify.Valid))}).alone(&b); err != nil {
			t.Fatal(err)
		}
		if b.Len() > 150_000 {
			t.Errorf("%s: the picture has %d bytes", name, b.Len())
		}
	}
}

func TestPictureStaysLightWhenAllFlaps(t *testing.T) {
	var records history.Slice
	for i := range 40_000 {
		start := time.Duration(i) * 20 * time.Millisecond
		records = append(records, &history.Probe{Broker: fmt.Sprintf("broker-%d", i%8), Start: start, End: start + time.Millisecond, Outcome: history.Outcome(i / 8 % 3)})
	}
	s, err := plot.Read(records)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := (drawing{e: Experiment{}, s: s}).alone(&b); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 150_000 {
		t.Errorf("eight groups that flap all the time make a picture of %d bytes", b.Len())
	}
}

func TestEmptyHistoryIsSaidToBeEmpty(t *testing.T) {
	dir := t.TempDir()
	if err := WriteExperiment(dir, Experiment{Name: "empty", Error: "the load never started"}); err != nil {
		t.Fatal(err)
	}
	page := read(t, filepath.Join(dir, TimelineFile))
	if text := textOf(t, page); !strings.Contains(text, "nothing to draw") || !strings.Contains(text, "INCONCLUSIVE") || !strings.Contains(text, "the load never started") {
		t.Errorf("the page of an empty history says %.300s", text)
	}
	if strings.Contains(page, "<script") {
		t.Error("the page of an empty history has a script")
	}
}

func TestSummaryBeginsWithTheVerdict(t *testing.T) {
	for v, r := range map[verify.Verdict]verify.Report{verify.Valid: typical().report(verify.Valid), verify.Violated: typical().violatedReport(), verify.Inconclusive: {}} {
		e := Experiment{Title: "Kill | one `master`", Report: r}
		lines := strings.Split(string(e.summary(&plot.Series{})), "\n")
		if !strings.HasPrefix(lines[0], "# ") || !strings.Contains(lines[0], word(v)+": Kill \\| one \\`master\\`") {
			t.Errorf("%s: the first line is %q", v, lines[0])
		}
	}
}

func TestSummaryOfARunHasALineForEachExperiment(t *testing.T) {
	r := Run{Experiments: []Experiment{{Name: "a", Title: "Kill a master", Report: typical().report(verify.Valid)}, {Name: "b", Title: "Drain a node", Report: typical().violatedReport()}}}
	text := string(r.summary())
	for _, want := range []string{"# ❌ VIOLATED", "| ✅ valid | Kill a master | 12,000 | 0 | broker-a 8.02 s; broker-b 0 s | broker-a 8.32 s; broker-b not interrupted |", "| ❌ violated | Drain a node | 12,000 | 3 |"} {
		if !strings.Contains(text, want) {
			t.Errorf("the summary lacks %q:\n%s", want, text)
		}
	}
}

func TestSummaryIsCutBelowTheLimitAndClosed(t *testing.T) {
	r := typical().violatedReport()
	long := strings.Repeat("12.345 s  producer 1 seq 2 acknowledged\n", 2000)
	for range 40 {
		r.Claims[0].Evidence = append(r.Claims[0].Evidence, verify.Evidence{Summary: "s", Timeline: []string{long}})
	}
	out := Experiment{Name: "long", Report: r}.summary(&plot.Series{})
	text := string(out)
	if len(out) > summaryLimit+100 {
		t.Errorf("%d bytes", len(out))
	}
	if strings.Count(text, "\n```")%2 != 0 || strings.Count(text, "<details>") != strings.Count(text, "</details>") {
		t.Error("the cut left a block open")
	}
	if !strings.Contains(text, "… cut at") || !strings.HasPrefix(text, "# ❌ VIOLATED") {
		t.Error("the cut is not said, or the verdict is lost")
	}
}

func TestAnOutageThatDidNotEndIsSaidToBeOpen(t *testing.T) {
	r := typical().report(verify.Valid)
	r.Availability.Groups[0].Outages[0].Open = true
	e := Experiment{Name: "open", Report: r}
	for where, text := range map[string]string{"headline": e.headline(), "summary": string(e.summary(&plot.Series{})), "run": string(Run{Experiments: []Experiment{e}}.summary())} {
		if !strings.Contains(text, "at least 8.02 s") && !strings.Contains(text, "&gt; 8.02 s") {
			t.Errorf("the %s gives an open outage a length: %s", where, text)
		}
	}
}

func TestMarksStandWhereTheEvidenceLies(t *testing.T) {
	marks := marksOf(typical().violatedReport())
	if len(marks) != 3 || marks[0].At != 20192*time.Millisecond || marks[0].Claim != "no-acked-loss" {
		t.Errorf("got %+v", marks)
	}
	r := typical().violatedReport()
	r.Claims[0].Verdict = verify.Valid
	if got := marksOf(r); len(got) != 0 {
		t.Errorf("a valid claim is marked as a violation: %v", got)
	}
}

func TestFilesAreReplacedWhole(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		if err := writeFile(dir, "a", []byte("whole")); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || read(t, filepath.Join(dir, "a")) != "whole" {
		t.Errorf("%v, %v", entries, err)
	}
}
