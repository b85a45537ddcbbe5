package faulty

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// breaks is what each anomaly must be found to violate, and nothing else.
var breaks = map[Anomaly][]string{
	None:          nil,
	AckThenDrop:   {"no-acked-loss", "no-truncation", "delivered-at-least-once"},
	DropTail:      {"no-acked-loss", "no-truncation", "offset-honest", "offset-unique", "offset-monotone", "delivered-at-least-once"},
	SameOffset:    {"no-acked-loss", "no-truncation", "offset-honest", "offset-unique", "delivered-at-least-once"},
	OffsetBack:    {"offset-honest", "offset-unique", "offset-monotone"},
	Reorder:       {"offset-monotone", "queue-order", "key-order"},
	Duplicate:     {"no-log-duplicate"},
	Corrupt:       {"payload-intact"},
	StaleRoute:    {"resumes-within", "outage-at-most"}, // the clients are out for 40 s, which is above what either allows
	Stall:         {"resumes-within", "group-resumes-within", "outage-at-most", "availability-at-least"},
	HalfOpen:      {"resumes-within", "outage-at-most"},
	SlaveDiverges: {"replicas-agree"},
	SlaveHole:     {"replicas-agree"},
	TwoMasters:    {"one-master"},
	ElectLate:     {"elects-within", "writable-within"},
	LeaveBehind:   {"in-sync-again-within"},
	ForgetTopic:   {"metadata-kept"},
	RewindOffsets: {"offsets-kept"},
	SkipDelivery:  {"no-delivery-skip", "delivered-at-least-once"},
	LeaveBacklog:  {"consumers-catch-up"},
	Redeliver:     {"duplicates-at-most"},
	ResurrectSend: {"no-unexpected"},
	RepeatSend:    {"no-log-duplicate"},
	DeleteOld:     nil,
	DeleteYoung:   {"no-acked-loss", "no-truncation"},
	CountRefused:  {"offset-honest"},
	NeverFire:     {"fires-once", "no-acked-loss", "delivered-at-least-once"},
	FireTwice:     {"fires-once", "no-log-duplicate"},
	FireEarly:     {"fires-once"},
	CommitTwice:   {"commits-once", "no-log-duplicate"},
	Unroll:        {"commits-once", "no-unexpected"},
}

// TestEachAnomalyBreaksExactlyItsClaims takes each anomaly the whole way: load, history on disk, judgement, planted loss.
func TestEachAnomalyBreaksExactlyItsClaims(t *testing.T) {
	for _, anomaly := range Anomalies() {
		t.Run(string(anomaly), func(t *testing.T) {
			t.Parallel()
			f, err := history.Open(faultyRun(t, anomaly))
			if err != nil {
				t.Fatal(err)
			}
			r, err := verify.Judge(f, verify.Options{With: []verify.Claim{claims.DuplicatesAtMost(100), claims.AvailabilityAtLeast(0.9),
				claims.ElectsWithin(30 * time.Second), claims.WritableWithin(30 * time.Second), claims.InSyncAgainWithin(10 * time.Second), claims.OffsetsKept(5 * time.Second)}})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.NotJudged) > 0 {
				t.Errorf("not judged: %v", r.NotJudged)
			}
			for _, c := range r.Claims {
				want := verify.Valid
				if slices.Contains(breaks[anomaly], c.ID) {
					want = verify.Violated
				}
				if anomaly == LeaveBacklog && c.ID == "delivered-at-least-once" {
					want = verify.Inconclusive
				}
				if c.Verdict != want {
					t.Errorf("%s is %s, want %s: %s", c.ID, c.Verdict, want, c.Why)
				}
			}
			if err := verify.PlantedLoss(f); err != nil {
				t.Error(err)
			}
		})
	}
}

// faultyRun records a run of 90 s with a crash after 20 s, and returns the history's path.
func faultyRun(t *testing.T, anomaly Anomaly) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), history.FileName)
	rec, err := history.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Duration(0)
	l := &Load{Cluster: NewCluster(anomaly, "east", "west"), Clock: func(time.Time) time.Duration { return now }}
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(l.Start(ctx, rec, history.Run{Version: history.Version, ID: string(anomaly), Promise: []byte(`{"copies":2}`)}))
	spans := []struct {
		phase history.Phase
		end   time.Duration
	}{{history.Before, 20 * time.Second}, {history.Fault, 64 * time.Second}, {history.After, 90 * time.Second}}
	for _, s := range spans {
		span := &history.Span{Name: string(s.phase), Phase: s.phase, Target: "east", Start: now, End: s.end, Confirmed: true}
		if s.phase == history.Fault {
			l.Crash()
		}
		now = s.end
		l.Since(time.Time{})
		check(rec.Append(span))
	}
	check(l.Stop(ctx))
	check(l.Scan(ctx))
	check(l.Finish(ctx))
	check(rec.Close())
	return path
}
