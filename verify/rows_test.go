package verify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// TestOneOfAGroupsQueues has two queues of one group, of which one refuses from the fault on: the group answers all the while.
func TestOneOfAGroupsQueues(t *testing.T) {
	for until, want := range map[int]Verdict{80_000: Violated, 1 << 30: Violated, 60_000: Valid, 20_000: Valid} {
		h := history.Slice{faultAt(20*time.Second, 30*time.Second)}
		for queue := range int32(2) {
			for n := range 600 {
				at := time.Duration(n) * 200 * ms1
				s := &history.Send{Producer: uint32(queue), Seq: uint64(n), Topic: "t", Broker: "b", Queue: queue, Intended: at, Start: at, End: at + ms1, Outcome: history.OK, Offset: int64(n)}
				if queue == 1 && n*200 >= 20_000 && n*200 < until {
					s.Outcome, s.Offset = history.Failed, -1
				}
				h = append(h, s)
			}
		}
		r, err := Judge(h, Options{Claims: []Claim{claims.QueuesResumeWithin(45 * time.Second), claims.ResumesWithin(30 * time.Second)}})
		if err != nil || r.Claims[0].Verdict != want || r.Claims[1].Verdict != Valid {
			t.Errorf("until %d ms: %v %s", until, err, r.Text())
		}
	}
}

// TestMoreCopiesThanReplicasThatWereScanned is never valid, whatever the replicas hold that were.
func TestMoreCopiesThanReplicasThatWereScanned(t *testing.T) {
	for copies, want := range map[int]Verdict{1: Valid, 2: Valid, 3: Inconclusive} {
		c := edgeClaim(t, copiesRun(copies, 10), Options{}, ReplicasAgree)
		if c.Verdict != want || want == Inconclusive && !strings.Contains(c.Why, "3 copies are promised and 2 replicas") {
			t.Errorf("%d copies: %s: %s", copies, c.Verdict, c.Why)
		}
	}
}

// TestTheTextSaysWhatItIsAboutAndWhatWasNotJudged has a run that asks for one claim.
func TestTheTextSaysWhatItIsAboutAndWhatWasNotJudged(t *testing.T) {
	run := &history.Run{Version: 1, ID: "kill-master", Tool: "v9", Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Claims: []string{"fault-confirmed"}}
	r, err := Judge(history.Slice{run, faultAt(20*time.Second, 30*time.Second)}, Options{})
	if err != nil || r.Verdict != Valid {
		t.Fatalf("%v %s", err, r.Text())
	}
	text := r.Text()
	if !strings.HasPrefix(text, "  run kill-master, started 2026-01-02T03:04:05Z, recorded by rmqproof v9\n") {
		t.Errorf("it begins with %.120s", text)
	}
	for _, id := range claims.IDs() {
		said := strings.Contains(text, fmt.Sprintf("\n  %-23s not judged   the run line names other claims\n", id))
		if said != (id != "fault-confirmed") {
			t.Errorf("%s is named as not judged: %v", id, said)
		}
	}
}

// TestTheTextShowsAnExhibitOnce has one loss: what is shown below a claim is not repeated beside its verdict.
func TestTheTextShowsAnExhibitOnce(t *testing.T) {
	r, err := Judge(change(found("", func(*history.Found) bool { return false })), Options{Claims: named(NoAckedLoss)})
	if err != nil || len(r.Claims[0].Evidence) != 1 {
		t.Fatalf("%v %s", err, r.Text())
	}
	if n := strings.Count(r.Text(), r.Claims[0].Evidence[0].Summary); n != 1 {
		t.Errorf("it stands there %d times\n%s", n, r.Text())
	}
}
