package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rmqproof/rmqproof/internal/redact"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/availability"
)

func TestVerdictIsTheWorseOfJudgementAndExperiment(t *testing.T) {
	for _, c := range []struct {
		name string
		e    Experiment
		want verify.Verdict
	}{
		{"valid", Experiment{Report: claimsOf(verify.Valid)}, verify.Valid},
		{"valid with an error", Experiment{Report: claimsOf(verify.Valid), Error: "x"}, verify.Inconclusive},
		{"violated with an error", Experiment{Report: claimsOf(verify.Violated), Error: "x"}, verify.Violated},
		{"never judged", Experiment{}, verify.Inconclusive},
		{"no claims", Experiment{Report: verify.Report{Verdict: verify.Valid}}, verify.Inconclusive},
		{"unheard-of", Experiment{Report: claimsOf("perhaps")}, verify.Inconclusive},
	} {
		if got := c.e.Verdict(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// saved writes an experiment of the typical run into a new folder.
func saved(t *testing.T, r verify.Report) (dir string, e Experiment) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "kill-master")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	e = typical().experiment(t, dir, r)
	if err := WriteExperiment(dir, e); err != nil {
		t.Fatal(err)
	}
	return dir, e
}

func TestExperimentIsReadBackAsItWasWritten(t *testing.T) {
	dir, want := saved(t, typical().violatedReport())
	got, err := ReadExperiment(dir)
	if err != nil {
		t.Fatal(err)
	}
	compact := cmp.Transformer("compact", func(raw json.RawMessage) string {
		var b bytes.Buffer
		if json.Compact(&b, raw) != nil {
			return string(raw)
		}
		return b.String()
	})
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(availability.Outage{}), compact); diff != "" {
		t.Error(diff)
	}
}

func TestVerdictFileReadsLikeTheJudges(t *testing.T) {
	dir, _ := saved(t, typical().violatedReport())
	var top map[string]json.RawMessage
	if err := json.Unmarshal([]byte(read(t, filepath.Join(dir, VerdictFile))), &top); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"format", "kind", "verdict", "claims", "availability", "name", "meta", "history"} {
		if top[key] == nil {
			t.Errorf("verdict.json has no %q", key)
		}
	}
	if string(top["verdict"]) != `"violated"` || string(top["history"]) != `"history.bin"` {
		t.Errorf("verdict %s, history %s", top["verdict"], top["history"])
	}
}

func TestRedrawChangesNothing(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "kill-master")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	e := typical().experiment(t, dir, typical().violatedReport())
	if err := errors.Join(WriteExperiment(dir, e), WriteRun(root, Run{Title: "run", Meta: e.Meta, Experiments: []Experiment{e}})); err != nil {
		t.Fatal(err)
	}
	before := files(t, root)
	for _, target := range []string{dir, root} {
		page, verdict, err := Redraw(target)
		if err != nil || verdict != verify.Violated || !strings.HasPrefix(page, target) {
			t.Fatalf("%s, %s, %v", page, verdict, err)
		}
		if diff := cmp.Diff(before, files(t, root)); diff != "" {
			t.Errorf("redrawing %s changed: %s", target, diff)
		}
	}
}

// files maps each file below root to its content.
func files(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out[path] = read(t, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRedrawNamesWhatItCannotRead(t *testing.T) {
	empty := t.TempDir()
	wrong := t.TempDir()
	newer := t.TempDir()
	for path, content := range map[string]string{filepath.Join(wrong, VerdictFile): "{", filepath.Join(newer, VerdictFile): `{"kind":"experiment","format":99}`} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{empty, wrong, newer, filepath.Join(empty, "missing")} {
		_, _, err := Redraw(dir)
		if !errors.Is(err, ErrUnreadable) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestUnreadableHistoryStillLeavesAReport(t *testing.T) {
	dir, e := saved(t, typical().report(verify.Valid))
	if err := os.Remove(e.History); err != nil {
		t.Fatal(err)
	}
	if err := WriteExperiment(dir, e); !errors.Is(err, ErrUnreadable) {
		t.Errorf("no word on the missing history: %v", err)
	}
	for _, name := range []string{VerdictFile, SummaryFile, JUnitFile, TimelineFile, PictureFile} {
		if len(read(t, filepath.Join(dir, name))) == 0 {
			t.Errorf("%s is empty", name)
		}
	}
	if page := read(t, filepath.Join(dir, TimelineFile)); !strings.Contains(page, "The pictures are not whole") {
		t.Error("the page does not say that its picture is not whole")
	}
}

func TestRunIsReadBackEvenWhenItWasCutOff(t *testing.T) {
	root := t.TempDir()
	for name, v := range map[string]verify.Verdict{"a": verify.Valid, "b": verify.Violated} {
		if err := WriteExperiment(filepath.Join(root, name), Experiment{Name: name, Report: claimsOf(v)}); err != nil {
			t.Fatal(err)
		}
	}
	r, err := ReadRun(root)
	if err != nil || len(r.Experiments) != 2 || r.Verdict() != verify.Violated {
		t.Fatalf("%+v, %v", r, err)
	}
	if err := WriteRun(root, r); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(root, "b")); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadRun(root); err == nil || !strings.Contains(err.Error(), `"b"`) {
		t.Errorf("the violated experiment was taken away, and nobody says so: %v", err)
	}
}

func TestRunOfNothingIsInconclusive(t *testing.T) {
	if v := (Run{}).Verdict(); v != verify.Inconclusive {
		t.Errorf("a run without experiments is %s", v)
	}
	if _, err := ReadRun(t.TempDir()); err == nil {
		t.Error("an empty folder was read as a run")
	}
	dir := t.TempDir()
	if err := WriteRun(dir, Run{Error: "no disk"}); err != nil {
		t.Fatal(err)
	}
	if first, _, _ := strings.Cut(read(t, filepath.Join(dir, SummaryFile)), "\n"); !strings.Contains(first, "INCONCLUSIVE") {
		t.Errorf("the summary begins with %q", first)
	}
}

func TestNoSecretReachesAReport(t *testing.T) {
	const planted = "Planted7xQ2"
	root := t.TempDir()
	e := Experiment{Name: "e", Report: claimsOf(verify.Valid), Error: "login with secretKey=" + planted,
		Meta: Meta{Rerun: "ACL_PASSWORD=" + planted + " make e2e", Config: map[string]string{"aclSecretKey": planted, "conf": "accessKey=" + planted}}}
	if err := errors.Join(WriteExperiment(filepath.Join(root, "e"), e), WriteRun(root, Run{Error: "token: " + planted, Meta: e.Meta, Experiments: []Experiment{e}})); err != nil {
		t.Fatal(err)
	}
	if found, err := redact.Scan(root, planted); err != nil || len(found) > 0 {
		t.Errorf("the secret is in %v (%v)", found, err)
	}
}
