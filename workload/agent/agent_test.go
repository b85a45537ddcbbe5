package agent

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
)

func TestARunFromStartToFinish(t *testing.T) {
	f := newFixture(t)
	f.startRun()
	f.until("much is sent", func(s agentapi.RunStatus) bool { return s.Acked >= 100 && s.Probes >= 50 })
	if status, body := f.do("POST", "/runs", agentapi.RunConfig{ID: "second", Groups: []string{"broker-a"}, Traffics: []agentapi.Traffic{{Rate: 1}}}); status != http.StatusConflict {
		t.Errorf("a second run: %d %s", status, body)
	}
	if status, body := f.do("POST", "/runs/run/scan", nil); status != http.StatusConflict {
		t.Errorf("a scan under load: %d %s", status, body)
	}
	f.order("/runs/run/stop")
	stopped := f.await(agentapi.PhaseStopped)
	f.order("/runs/run/scan")
	f.await(agentapi.PhaseScanned)
	if status, body := f.do("POST", "/runs/run/remove", nil); status != http.StatusConflict {
		t.Errorf("topics are taken away before the run is finished: %d %s", status, body)
	}
	f.order("/runs/run/finish")
	end := f.order("/runs/run/finish") // again does no harm
	f.order("/runs/run/remove")
	for _, b := range []*fakemq.Broker{f.a, f.b} {
		b.Set(func(b *fakemq.Broker) {
			for _, want := range []string{"t", "rmqproof-run-probe-broker-a", "rmqproof-run-probe-broker-b", "rmqproof-scan"} {
				if !slices.Contains(b.Deleted, want) {
					t.Errorf("%s stays on %s: it was told to delete %q", want, b.Group, b.Deleted)
				}
			}
		})
	}
	if stopped.Acked < 100 || end.Found != stopped.Acked || end.Acked != stopped.Acked || end.Probes < 50 || end.Error != "" || end.Interrupted {
		t.Errorf("%+v", end)
	}
	if stopped.LoadSeconds <= 0 || stopped.CPUSeconds <= 0 || end.LoadSeconds != stopped.LoadSeconds || end.CPUSeconds != stopped.CPUSeconds {
		t.Errorf("the cost of the load goes on with the scan, or was not taken: %+v, then %+v", stopped, end)
	}
	counts := map[history.Kind]int64{}
	for _, r := range f.log("") {
		counts[r.Kind()]++
	}
	if counts[history.KindRun] != 1 || counts[history.KindFound] != end.Found || counts[history.KindScan] != 8 || counts[history.KindProbe] != end.Probes || counts[history.KindSend] != end.Acked+end.Failed+end.Unknown {
		t.Errorf("the log holds %v, the status says %+v", counts, end)
	}
	if status, _ := f.do("GET", fmt.Sprintf("/runs/run/log?from=%d", end.LogBytes), nil); status != http.StatusOK {
		t.Errorf("from the end: %d", status)
	}
	if status, _ := f.do("GET", fmt.Sprintf("/runs/run/log?from=%d", end.LogBytes+1), nil); status != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("from beyond the end: %d", status)
	}
}

func TestAKilledAgentForgetsNothing(t *testing.T) {
	f := newFixture(t)
	f.startRun()
	f.until("something is sent", func(s agentapi.RunStatus) bool { return s.Acked >= 50 })
	// A kill: the log as it is at some moment, with half a block behind it, is all that the next life has.
	data, err := os.ReadFile(filepath.Join(f.dir, "run"+logSuffix))
	if err != nil {
		t.Fatal(err)
	}
	_, body := f.do("GET", "/runs/run", nil)
	before := f.parse(body)
	f.order("/runs/run/stop")
	f.await(agentapi.PhaseStopped)
	f.dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(f.dir, "run"+logSuffix), append(data, "RH\x01torn"...), 0o644); err != nil {
		t.Fatal(err)
	}
	f.restart()
	status := f.await(agentapi.PhaseStopped)
	if !status.Interrupted || status.Acked == 0 || status.Acked > before.Acked || !status.Started.Equal(before.Started) {
		t.Errorf("%+v after %+v", status, before)
	}
	f.order("/runs/run/scan")
	f.await(agentapi.PhaseScanned)
	f.order("/runs/run/finish")
	acked, restarts := checkLog(t, f.log(""))
	if acked != status.Acked || restarts != 4 {
		t.Errorf("%d acknowledged and %d of %s in the log", acked, restarts, StatusRestart)
	}
	f.restart()
	if again := f.await(agentapi.PhaseFinished); again.Acked != status.Acked {
		t.Errorf("after another restart: %+v", again)
	}
}

// checkLog checks that every producer's sequence numbers are dense and that every message acknowledged in the log is
// among the found ones.
func checkLog(t *testing.T, records []history.Record) (acked, restarts int64) {
	t.Helper()
	next, missing := map[uint32]uint64{}, map[uint64]bool{}
	for _, r := range records {
		switch r := r.(type) {
		case *history.Send:
			if r.Seq != next[r.Producer] {
				t.Fatalf("producer %d: %d after %d", r.Producer, r.Seq, next[r.Producer])
			}
			next[r.Producer]++
			if r.Outcome == history.OK {
				acked++
				missing[key(r.Producer, r.Seq)] = true
			}
			if r.Status == StatusRestart {
				restarts++
			}
		case *history.Found:
			delete(missing, key(r.Producer, r.Seq))
		}
	}
	if len(missing) > 0 {
		t.Errorf("%d acknowledged were not found", len(missing))
	}
	return acked, restarts
}

func TestBadRequests(t *testing.T) {
	f := newFixture(t)
	good := agentapi.RunConfig{ID: "run", Groups: []string{"broker-a"}, Traffics: []agentapi.Traffic{{Rate: 1}}}
	change := func(do func(*agentapi.RunConfig)) agentapi.RunConfig {
		c := good
		c.Traffics = slices.Clone(good.Traffics)
		do(&c)
		return c
	}
	for name, tc := range map[string]struct {
		method, path string
		body         any
		status       int
		says         string
	}{
		"no such run":       {"GET", "/runs/none", nil, 404, "no run"},
		"stop no run":       {"POST", "/runs/none/stop", nil, 404, "no run"},
		"log of no run":     {"GET", "/runs/none/log", nil, 404, "no run"},
		"unknown path":      {"GET", "/nothing", nil, 404, ""},
		"no JSON":           {"POST", "/runs", "text", 400, "body"},
		"unknown field":     {"POST", "/runs", map[string]any{"id": "x", "speed": 1}, 400, "speed"},
		"topic's name":      {"POST", "/runs", change(func(c *agentapi.RunConfig) { c.Traffics[0].Topic = "a b" }), 400, "want 1 to 96 letters"},
		"run id of a path":  {"POST", "/runs", change(func(c *agentapi.RunConfig) { c.ID = "../x" }), 400, "run id"},
		"no groups":         {"POST", "/runs", change(func(c *agentapi.RunConfig) { c.Groups = nil }), 400, "no broker group"},
		"no traffic":        {"POST", "/runs", change(func(c *agentapi.RunConfig) { c.Traffics = nil }), 400, "no traffic"},
		"rate":              {"POST", "/runs", change(func(c *agentapi.RunConfig) { c.Traffics[0].Rate = -1 }), 400, "rate"},
		"workers":           {"POST", "/runs", change(func(c *agentapi.RunConfig) { c.Traffics[0].Workers = -1 }), 400, "out of range"},
		"kind":              {"POST", "/runs", change(func(c *agentapi.RunConfig) { c.Traffics[0].Kind = "odd" }), 400, "there are: delay, steady, timer, transaction"},
		"way to be refused": {"POST", "/runs", change(func(c *agentapi.RunConfig) { c.Traffics[0].RefusedBy = []string{"x"} }), 400, "there are: size"},
		"one topic twice":   {"POST", "/runs", change(func(c *agentapi.RunConfig) { c.Traffics = []agentapi.Traffic{{Topic: "t"}, {Topic: "t"}} }), 400, "one each"},
		"probe":             {"POST", "/runs", change(func(c *agentapi.RunConfig) { c.ProbeInterval = time.Second }), 400, "probe"},
		"no such group":     {"POST", "/runs", change(func(c *agentapi.RunConfig) { c.Groups = []string{"broker-x"} }), 502, "none of its addresses"},
	} {
		status, body := f.do(tc.method, tc.path, tc.body)
		if status != tc.status || !strings.Contains(body, tc.says) {
			t.Errorf("%s: %d %s, want %d with %q", name, status, body, tc.status, tc.says)
		}
	}
	if files, _ := filepath.Glob(filepath.Join(f.dir, "*")); len(files) > 0 {
		t.Errorf("refused runs left %v", files)
	}
}

func TestClusterQuestions(t *testing.T) {
	f := newFixture(t)
	if status, body := f.do("GET", "/brokers", nil); status != http.StatusOK || strings.Count(body, `"version":"V5_1_0"`) != 2 {
		t.Errorf("brokers: %d %s", status, body)
	}
	if status, body := f.do("GET", "/nameservers", nil); status != http.StatusOK || !strings.Contains(body, `"brokers":2`) {
		t.Errorf("NameServers: %d %s", status, body)
	}
	if status, _ := f.do("GET", "/healthz", nil); status != http.StatusOK {
		t.Errorf("health: %d", status)
	}
	f.ns.Close()
	if status, body := f.do("GET", "/brokers", nil); status != http.StatusBadGateway || !strings.Contains(body, "no NameServer answers") {
		t.Errorf("without NameServer: %d %s", status, body)
	}
}

func TestALogOfAnotherAgentIsRefused(t *testing.T) {
	dir := t.TempDir()
	rec, err := history.Create(filepath.Join(dir, "run"+logSuffix))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(rec.Append(&history.Run{Version: history.Version, ID: "run"}), rec.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := New(dir, "127.0.0.1:1"); err == nil || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("%v", err)
	}
}

func TestAnEmptyLogIsForgotten(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "run"+logSuffix)
	if err := os.WriteFile(path, []byte("RH"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := New(dir, "127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("it is still there")
	}
}

func TestALoadWhoseRunnerIsGoneGivesWay(t *testing.T) {
	f := newFixture(t)
	f.startRun()
	second := agentapi.RunConfig{ID: "second", Groups: []string{"broker-a"}, Traffics: []agentapi.Traffic{{Rate: 10}}}
	if status, body := f.do("POST", "/runs", second); status != http.StatusConflict || strings.Contains(body, agentapi.TryAgain) {
		t.Fatalf("beside a load that is followed: %d %s", status, body)
	}
	f.agent.runs["run"].lastSign.Store(time.Now().Add(-2 * replaceAfter).UnixNano())
	if status, body := f.do("POST", "/runs", second); status != http.StatusConflict || !strings.Contains(body, agentapi.TryAgain) {
		t.Fatalf("first answer: %d %s", status, body)
	}
	for range 3000 {
		if status, _ := f.do("POST", "/runs", second); status == http.StatusOK {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("it never gave way")
}
