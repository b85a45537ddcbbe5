package sinner

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify"
)

// breaks is what each sin must be found to violate, and nothing else.
var breaks = map[Sin][]string{
	None:          nil,
	AckThenDrop:   {verify.NoAckedLoss, verify.DeliveredAtLeastOnce},
	DropTail:      {verify.NoAckedLoss, verify.OffsetHonest, verify.OffsetUnique, verify.OffsetMonotone, verify.DeliveredAtLeastOnce},
	SameOffset:    {verify.NoAckedLoss, verify.OffsetHonest, verify.OffsetUnique, verify.DeliveredAtLeastOnce},
	OffsetBack:    {verify.OffsetHonest, verify.OffsetUnique, verify.OffsetMonotone},
	Reorder:       {verify.OffsetMonotone, verify.QueueOrder, verify.KeyOrder},
	Duplicate:     {verify.NoLogDuplicate},
	Corrupt:       {verify.PayloadIntact},
	StaleRoute:    {verify.ResumesWithin},
	Stall:         {verify.ResumesWithin, verify.AvailabilityAtLeast},
	HalfOpen:      {verify.ResumesWithin},
	SlaveDiverges: {verify.ReplicasAgree},
	SkipDelivery:  {verify.NoDeliverySkip, verify.DeliveredAtLeastOnce},
	LeaveBacklog:  {verify.ConsumersCatchUp},
	Redeliver:     {verify.DuplicatesAtMost},
	ResurrectSend: {verify.NoUnexpected},
}

// TestEachSinBreaksExactlyItsClaims takes each sin the whole way: load, history on disk, judgement, canary.
func TestEachSinBreaksExactlyItsClaims(t *testing.T) {
	for _, sin := range Sins() {
		t.Run(string(sin), func(t *testing.T) {
			t.Parallel()
			f, err := history.Open(sinfulRun(t, sin))
			if err != nil {
				t.Fatal(err)
			}
			r, err := verify.Judge(f, verify.Options{DuplicatesAtMost: 100, AvailabilityAtLeast: 0.9})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Claims) != len(verify.IDs()) {
				t.Errorf("%d claims were judged", len(r.Claims))
			}
			for _, c := range r.Claims {
				want := verify.Valid
				if slices.Contains(breaks[sin], c.ID) {
					want = verify.Violated
				}
				if sin == LeaveBacklog && c.ID == verify.DeliveredAtLeastOnce {
					want = verify.Inconclusive
				}
				if c.Verdict != want {
					t.Errorf("%s is %s, want %s: %s", c.ID, c.Verdict, want, c.Why)
				}
			}
			if err := verify.Canary(f, verify.Options{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// sinfulRun records a run of 90 s with a crash after 20 s, and returns the history's path.
func sinfulRun(t *testing.T, sin Sin) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), history.FileName)
	rec, err := history.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Duration(0)
	l := &Load{Cluster: NewCluster(sin), Clock: func(time.Time) time.Duration { return now }}
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(l.Start(ctx, rec, history.Run{Version: history.Version, ID: string(sin), Promise: []byte(`{"copies":2}`)}))
	spans := []struct {
		phase history.Phase
		end   time.Duration
	}{{history.Before, 20 * time.Second}, {history.Fault, 64 * time.Second}, {history.After, 90 * time.Second}}
	for _, s := range spans {
		span := &history.Span{Name: string(s.phase), Phase: s.phase, Target: "broker-a", Start: now, End: s.end, Confirmed: true}
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
