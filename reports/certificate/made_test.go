package certificate

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// made is a small history: two broker groups are sent to and probed five times a second for half a minute, and one is out
// from the fault on.
type made struct {
	name   string
	out    time.Duration
	lose   int    // acknowledged messages that the scan does not find, from a second before the fault on
	status string // of every send
	error  string
}

const (
	length   = 30 * time.Second
	fault    = 10 * time.Second
	step     = 200 * time.Millisecond
	killName = "kill master"
)

func member(name, failure string) Member {
	return Member{Name: name, Title: "The title of " + name, Failure: failure, Faults: []string{killName},
		Claims: claims.Sorted([]verify.Claim{claims.NoAckedLoss(), claims.FaultConfirmed(), claims.GroupsResumeWithin(15 * time.Second), claims.EnoughTraffic(1)})}
}

func (m made) records() (out []history.Record) {
	run := &history.Run{Version: history.Version, ID: m.name, Started: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Faults: []string{killName},
		Claims: claims.Texts(member(m.name, "").Claims), Probes: []string{"a", "b"}}
	out = append(out, run)
	found := map[string][]history.Record{}
	for at := time.Duration(0); at < length; at += step {
		for i, group := range []string{"a", "b"} {
			down := group == "a" && at >= fault && at < fault+m.out
			probe := &history.Probe{Broker: group, Start: at, End: at + time.Millisecond, Outcome: history.OK}
			send := &history.Send{Producer: uint32(i), Seq: uint64(at / step), Topic: "t", Intended: at, Start: at, End: at + time.Millisecond,
				Outcome: history.OK, Status: m.status, Broker: group, Offset: int64(len(found[group]))}
			if down {
				probe.Outcome, send.Outcome, send.Offset = history.Failed, history.Failed, -1
			} else {
				kept := &history.Found{Replica: group + "/0", Topic: "t", Broker: group, Offset: send.Offset, Producer: send.Producer, Seq: send.Seq, Intact: true}
				found[group] = append(found[group], kept)
			}
			out = append(out, probe, send)
		}
	}
	for _, group := range []string{"a", "b"} {
		out = append(out, m.scan(group, found[group])...)
	}
	return append(out, &history.Span{Name: "before", Phase: history.Before, End: fault, Confirmed: true},
		&history.Span{Name: killName, Phase: history.Fault, Target: "pod a-0", Start: fault, End: fault + 5*time.Second, Confirmed: true},
		&history.Span{Name: "after", Phase: history.After, Start: fault + 5*time.Second, End: length, Confirmed: true})
}

func (m made) scan(group string, found []history.Record) []history.Record {
	kept := found
	if first := int((fault - time.Second) / step); group == "a" && m.lose > 0 {
		kept = append(append([]history.Record{}, found[:first]...), found[first+m.lose:]...)
	}
	return append(kept, &history.Scan{Replica: group + "/0", Master: true, Topic: "t", Broker: group, Max: int64(len(found)), Complete: true, End: length})
}

// save writes the scenario's folder into a run's, as the conductor leaves it.
func (m made) save(t *testing.T, run string) {
	t.Helper()
	dir := filepath.Join(run, m.name)
	put(t, filepath.Join(dir, "evidence", "upgrade to apache/rocketmq:5.2.0", "broker.log"), "a line of a log\n")
	path := filepath.Join(dir, history.FileName)
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := history.WriteCompact(out, history.Slice(m.records())); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := history.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	report, err := verify.Judge(r, verify.Options{Claims: member(m.name, "").Claims})
	if err != nil {
		t.Fatal(err)
	}
	e := reports.Experiment{Name: m.name, Title: "Title", History: path, Report: report, Error: m.error, Meta: reports.Meta{Started: time.Unix(1, 0).UTC(), Cluster: "kind", Versions: map[string]string{"rocketmq": "5.1.0"}}}
	if err := reports.WriteExperiment(dir, e); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, reports.TimelineFile), "<!doctype html>\n") // the real one is large, and slow to redact
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

var id = ProfileID{Name: "tiny", Version: 1, RocketMQ: "5.1.0", UpgradeTo: "5.2.0"}

func tiny() Profile {
	return Profile{ID: id, Members: []Member{member("kill-one", "pod-killed"), member("kill-two", "")}}
}

func profiles(p ProfileID) (Profile, error) {
	if p != id {
		return Profile{}, errUnknownProfile
	}
	return tiny(), nil
}

// runOf saves scenarios and says what a certificate is to be made of.
func runOf(t *testing.T, scenarios ...made) Run {
	t.Helper()
	dir := t.TempDir()
	for _, m := range scenarios {
		m.save(t, dir)
	}
	return Run{Dir: dir, Profile: tiny(), Manifests: []byte("kind: StatefulSet\n"),
		Header:   Certificate{Tool: Tool{"test", digest(nil)}, Configuration: Configuration{Name: "overlay x"}, Seed: 7},
		Promises: map[string]Promise{"pod-killed": {Failure: "pod-killed", Acknowledged: kept, Sends: otherGroups, Sentence: "Nothing is lost."}}}
}

func sound() []made {
	return []made{{name: "kill-one", out: 4 * time.Second, status: "SEND_OK"}, {name: "kill-two", out: 2 * time.Second, status: "SEND_OK"}}
}

// bundle writes a certificate and gives its folder.
func bundle(t *testing.T, run Run, key *Key) (string, Certificate) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "certificate")
	c, err := Write(t.Context(), dir, run, key)
	if err != nil {
		t.Fatal(err)
	}
	return dir, c
}

func newKey(t *testing.T, kind string) *Key {
	t.Helper()
	k, err := NewKey(kind)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
