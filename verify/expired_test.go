package verify

import (
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// deletedRun is the clean run in which the scans of one group do not find the first ten messages of each queue, where the log was
// deleted. What stays is found all the same; tell changes what a scan says.
func deletedRun(stays func(*history.Found) bool, tell func(*history.Scan)) history.Slice {
	h := without(cleanRun(), func(r history.Record) bool {
		f, ok := r.(*history.Found)
		return ok && f.Broker == "broker-b" && f.Offset < 10 && !stays(f)
	})
	for _, r := range h {
		if s, ok := r.(*history.Scan); ok && s.Broker == "broker-b" {
			s.Min, s.Expired = 10, 10
			tell(s)
		}
	}
	return h
}

func nothing(*history.Found) bool { return false }
func asItIs(*history.Scan)        {}

func TestWhatTheBrokerDeletedIsExpiredAndNotLost(t *testing.T) {
	r, err := Judge(deletedRun(nothing, asItIs), Options{})
	c, _ := r.Claim(NoAckedLoss)
	if err != nil || r.Verdict != Valid || c.Counts["expired"] != 20 || c.Counts["lost"] != 0 || !strings.Contains(c.Why, "20 expired, and all others are found") {
		t.Errorf("%v\n%s", err, r.Text())
	}
}

// TestWhatDeletionDoesNotExplain has near misses: each differs from what retention does in one thing.
func TestWhatDeletionDoesNotExplain(t *testing.T) {
	for name, tc := range map[string]struct {
		stays         func(*history.Found) bool
		tell          func(*history.Scan)
		verdict       Verdict
		lost, expired int64
	}{
		"the log begins at 0": {nothing, func(s *history.Scan) { s.Expired = 0 }, Violated, 20, 0},
		"one lies above the lowest offset": {nothing, func(s *history.Scan) {
			if s.Queue == 0 {
				s.Min, s.Expired = 9, 9
			}
		}, Violated, 1, 19},
		"the group holds older ones": {func(f *history.Found) bool { return f.Queue == 1 }, func(s *history.Scan) {
			if s.Queue == 1 {
				s.Min, s.Expired = 0, 0
			}
		}, Violated, 6, 4},
		"a slave still has them": {func(f *history.Found) bool { return f.Replica == "broker-b/1" }, func(s *history.Scan) {
			if !s.Master {
				s.Min, s.Expired = 0, 0
			}
		}, Inconclusive, 0, 0},
		"no scan ended since": {nothing, func(s *history.Scan) { s.End = time.Millisecond }, Inconclusive, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Judge(deletedRun(tc.stays, tc.tell), Options{Claims: named(NoAckedLoss)})
			if c := r.Claims[0]; err != nil || c.Verdict != tc.verdict || c.Counts["lost"] != tc.lost || c.Counts["expired"] != tc.expired {
				t.Errorf("%v\n%s", err, r.Text())
			}
		})
	}
}

// TestASlaveThatDeletedMore has one that deleted a file more than its master. Where the master deleted nothing, no age explains it.
func TestASlaveThatDeletedMore(t *testing.T) {
	for front, want := range map[int64]Verdict{5: Inconclusive, 0: Violated} {
		r, err := Judge(deletedRun(func(f *history.Found) bool { return strings.HasSuffix(f.Replica, "/0") && f.Offset >= front }, func(s *history.Scan) {
			if s.Master {
				s.Min, s.Expired = front, front
			}
		}), Options{Claims: named(ReplicasAgree)})
		if err != nil || r.Verdict != want {
			t.Errorf("a master that deleted up to %d: %v\n%s", front, err, r.Text())
		}
	}
}

// TestWhatIsStoredLaterThanItWasSentTellsNoAge has a message that the group still holds, and that was sent before all that were deleted: a
// delayed one, which was stored when it was due, and one of which nobody knows when it was stored.
func TestWhatIsStoredLaterThanItWasSentTellsNoAge(t *testing.T) {
	for name, early := range map[string]*history.Send{
		"delayed": {Producer: 9, Topic: "t", Broker: "broker-b", Outcome: history.OK, Offset: -1, Type: history.Delay, Due: 50 * time.Second},
		"unknown": {Producer: 9, Topic: "t", Broker: "broker-b", Outcome: history.Unknown, Offset: -1},
	} {
		h := deletedRun(nothing, func(s *history.Scan) {
			if s.Queue == 0 {
				s.Max = 151
			}
		})
		h = append(history.Slice{early, &history.Found{Replica: "broker-b/0", Topic: "t", Broker: "broker-b", Offset: 150, Producer: 9, Intact: true}}, h...)
		if c := edgeClaim(t, h, Options{}, NoAckedLoss); c.Verdict != Valid || c.Counts["expired"] != 20 {
			t.Errorf("%s: %s: %s", name, c.Verdict, c.Why)
		}
	}
}
