//go:build !agent

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/reports/certificate"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/rmqproof/rmqproof/suites/lab"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

const overlayKind = "../../manifests/overlays/kind"

// pretended conducts scenarios without a cluster: each leaves the history that served makes of it.
type pretended struct {
	ran   []string
	fails map[string]string                                  // by scenario: what goes wrong, and nothing is judged
	spoil map[string]func([]history.Record) []history.Record // by scenario: what its history lacks
}

func (p *pretended) conduct(_ context.Context, o lab.Options, todo []scenario.Scenario) (map[string]string, error) {
	broken := map[string]string{}
	for _, s := range todo {
		p.ran = append(p.ran, s.Name)
		if why := p.fails[s.Name]; why != "" {
			broken[s.Name] = why
			continue
		}
		records := served(s)
		if spoil := p.spoil[s.Name]; spoil != nil {
			records = spoil(records)
		}
		if err := saveScenario(filepath.Join(o.Dir, s.Name), o.Rerun, s, records); err != nil {
			return broken, err
		}
	}
	return broken, nil
}

func saveScenario(dir, rerun string, s scenario.Scenario, records []history.Record) error {
	path := filepath.Join(dir, history.FileName)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := errors.Join(history.WriteCompact(out, history.Slice(records)), out.Close()); err != nil {
		return err
	}
	report, err := verify.Judge(history.Slice(records), verify.Options{Claims: s.Claims})
	if err != nil {
		return err
	}
	return reports.WriteExperiment(dir, reports.Experiment{Name: s.Name, Title: s.Title, History: path, Report: report,
		Meta: reports.Meta{Started: time.Unix(1, 0).UTC(), Rerun: rerun, Versions: map[string]string{"rocketmq": "5.1.0", "images": "packages"}}})
}

// served is a history in which everything is kept and nobody notices the fault.
func served(s scenario.Scenario) (out []history.Record) {
	const length, step, fault = 30 * time.Second, 250 * time.Millisecond, 10 * time.Second
	groups := []string{"a", "b"}
	out = append(out, &history.Run{Version: history.Version, ID: s.Name, Claims: claims.Texts(s.Claims), Faults: s.Faults(), Spans: []string{"before", "after"},
		Probes: groups, Brokers: groups, Groups: []string{"g"}, Copies: 2, Replicas: []string{"a/0", "a/1", "b/0", "b/1"}})
	var scans []history.Record
	for i, group := range groups {
		n := int64(0)
		var found [2][]history.Record
		for at := time.Duration(0); at < length; at += step {
			seq, end := uint64(n), at+time.Millisecond
			out = append(out, &history.Probe{Broker: group, Start: at, End: end, Outcome: history.OK},
				&history.Send{Producer: uint32(i), Seq: seq, Topic: "t", Intended: at, Start: at, End: end, Outcome: history.OK, Status: "SEND_OK", Broker: group, Offset: n},
				&history.Deliver{Group: "g", Topic: "t", Broker: group, Offset: n, Producer: uint32(i), Seq: seq, Attempt: 1, Start: end + time.Millisecond},
				&history.Change{At: at, Broker: group, Address: group + "-0:10911", Role: "master", Writable: true, By: group + "-0:10911"})
			for id, replica := range []string{group + "/0", group + "/1"} {
				found[id] = append(found[id], &history.Found{Replica: replica, Topic: "t", Broker: group, Offset: n, Producer: uint32(i), Seq: seq, Intact: true})
			}
			n++
		}
		for id, replica := range []string{group + "/0", group + "/1"} {
			scans = append(append(scans, found[id]...), &history.Scan{Replica: replica, Master: id == 0, Topic: "t", Broker: group, Max: n, Complete: true, End: length + time.Second})
		}
	}
	out = append(out, scans...)
	out = append(out, &history.Span{Name: "before", Phase: history.Before, End: fault, Confirmed: true})
	for _, name := range s.Faults() {
		out = append(out, &history.Span{Name: name, Phase: history.Fault, Target: "pod a-0", Start: fault, Injected: fault, End: fault + 5*time.Second, Healed: fault + 5*time.Second, Confirmed: true})
	}
	return append(out, &history.Span{Name: "after", Phase: history.After, Start: fault + 5*time.Second, End: length, Confirmed: true})
}

// lossy takes a message out of a history's scans; blind takes the scans away.
func lossy(records []history.Record) []history.Record {
	return slices.DeleteFunc(records, func(r history.Record) bool {
		f, ok := r.(*history.Found)
		return ok && f.Producer == 0 && f.Seq == 40
	})
}

func blind(records []history.Record) []history.Record {
	return slices.DeleteFunc(records, func(r history.Record) bool {
		_, found := r.(*history.Found)
		_, scan := r.(*history.Scan)
		return found || scan
	})
}

// begun is a certification in a folder of its own that p conducts.
func begun(t *testing.T, p *pretended) *job {
	t.Helper()
	o := &certifyOptions{kustomize: overlayKind, profile: "smoke", version: catalog.Default.From, upgradeTo: catalog.Default.To, require: "acked-loss=0", seed: 1}
	j, err := o.fresh()
	if err == nil {
		err = errors.Join(j.prepare(t.Context()), j.open(t.TempDir()))
	}
	if err != nil {
		t.Fatal(err)
	}
	j.conduct = p.conduct
	return j
}

func certified(t *testing.T, j *job) certificate.Certificate {
	t.Helper()
	c, err := j.certify(t.Context(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheProfileSmokeCanBeCertified(t *testing.T) {
	j := begun(t, &pretended{})
	if c := certified(t, j); !c.Certified {
		t.Errorf("%s", c.Text())
	}
	bundle := filepath.Join(j.dir, bundleName)
	for _, path := range []string{bundle, bundle + ".tar.gz"} {
		if code, out := command(t, "verify", path); code != 0 || !strings.Contains(out, "CERTIFIED") || !strings.Contains(out, "NOT SIGNED") {
			t.Errorf("%d %s", code, out)
		}
	}
	if code, out := command(t, "compare", bundle, bundle); code != 0 || !strings.Contains(out, "0 got worse") {
		t.Errorf("%d %s", code, out)
	}
}

func TestResumeSkipsWhatIsDecided(t *testing.T) {
	p := &pretended{spoil: map[string]func([]history.Record) []history.Record{"kill-master": lossy, "drain-node": blind},
		fails: map[string]string{"rolling-upgrade": "the API server went away"}}
	j := begun(t, p)
	c := certified(t, j)
	if c.Certified || c.Verdict != verify.Violated || !strings.Contains(c.Text(), "the API server went away") || !strings.HasPrefix(c.Reasons[0], "A promise was broken in kill-master") {
		t.Fatalf("%s", c.Text())
	}
	again, err := resumed(j.dir)
	if err == nil {
		err = again.prepare(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	second := &pretended{}
	again.conduct = second.conduct
	c = certified(t, again)
	if !slices.Equal(second.ran, []string{"drain-node", "rolling-upgrade"}) {
		t.Errorf("run again: %q", second.ran)
	}
	if c.Verdict != verify.Violated || c.Scenarios[0].Verdict != verify.Violated || c.Scenarios[3].Verdict != verify.Valid {
		t.Errorf("what was violated has to stay so, and the rest be valid:\n%s", c.Text())
	}
	if !strings.Contains(strings.Join(c.Deviations, "\n"), "drain-node was run before, and was inconclusive") {
		t.Errorf("%q do not tell of the earlier run", c.Deviations)
	}
	if code, out := command(t, "verify", filepath.Join(j.dir, bundleName)); code != exitViolated {
		t.Errorf("%d %s", code, out)
	}
}

// A scenario that was run on another configuration, and whose folder was put there, is no part of this run.
func TestAScenarioOfAnotherRunIsNotTaken(t *testing.T) {
	j := begun(t, &pretended{})
	records := served(j.scenarios[0])
	if err := saveScenario(filepath.Join(j.dir, j.scenarios[0].Name), "rmqproof certify -k manifests/overlays/other", j.scenarios[0], records); err != nil {
		t.Fatal(err)
	}
	if _, err := j.certify(t.Context(), nil, false); err == nil || !strings.Contains(err.Error(), "is of another run (rmqproof certify -k manifests/overlays/other)") {
		t.Errorf("%v", err)
	}
}

func TestWhatIsNotRunCertifiesNothing(t *testing.T) {
	j := begun(t, &pretended{fails: map[string]string{"drain-node": "no node may be drained"}})
	certified(t, j)
	if code, out := command(t, "verify", filepath.Join(j.dir, bundleName)); code != exitInconclusive || !strings.Contains(out, "no node may be drained") {
		t.Errorf("%d %s", code, out)
	}
}

func TestWorseIsExitCode1(t *testing.T) {
	older, newer := begun(t, &pretended{}), begun(t, &pretended{spoil: map[string]func([]history.Record) []history.Record{"kill-master": lossy}})
	certified(t, older)
	certified(t, newer)
	code, out := command(t, "compare", filepath.Join(older.dir, bundleName), filepath.Join(newer.dir, bundleName))
	if code != exitViolated || !strings.HasPrefix(out, "WORSE\tkill-master\tbroken promises") {
		t.Errorf("%d %s", code, out)
	}
}

func TestEveryFailureOfAProfileIsOneOfTheAudits(t *testing.T) {
	for _, p := range catalog.Profiles() {
		for _, m := range p.Members {
			known := m.Failure == ""
			for _, f := range promise.Failures {
				known = known || string(f.Failure) == m.Failure
			}
			if !known {
				t.Errorf("%s of %s: the audit knows no failure %q", m.Scenario, p.Name, m.Failure)
			}
		}
	}
}

// What was violated before a run was aborted is told by its certificate, and not by the exit code.
func TestAnAbortedRunIsExitCode2(t *testing.T) {
	p := &pretended{spoil: map[string]func([]history.Record) []history.Record{"kill-master": lossy}}
	j := begun(t, p)
	j.conduct = func(ctx context.Context, o lab.Options, todo []scenario.Scenario) (map[string]string, error) {
		broken, err := p.conduct(ctx, o, todo[:1])
		return broken, errors.Join(err, fmt.Errorf("%w: others were harmed", lab.ErrAborted))
	}
	c := certified(t, j)
	if err := j.ended(c); c.Verdict != verify.Violated || codeOf(err) != exitInconclusive || !strings.Contains(err.Error(), "others were harmed") {
		t.Errorf("%s: exit code %d, %v", c.Verdict, codeOf(err), err)
	}
}
