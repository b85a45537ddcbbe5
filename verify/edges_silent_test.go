package verify

import (
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// TestAnOutageAsLongAsIsAllowed has one that is exactly so long, and one that is 100 ms longer.
func TestAnOutageAsLongAsIsAllowed(t *testing.T) {
	for out, want := range map[int]Verdict{25_000: Valid, 25_100: Violated} {
		run := standard
		run.down = of("east", 20_000, 20_000+out)
		if c := edgeTimed(t, run, claims.OutageAtMost(25*time.Second, time.Minute)); c.Verdict != want {
			t.Errorf("out for %d ms: %s %s", out, c.Verdict, c.Why)
		}
	}
}

func edgeTimed(t *testing.T, run tape, c Claim) Judgement {
	t.Helper()
	r, err := Judge(run.history(), Options{Claims: []Claim{c}})
	if err != nil {
		t.Fatal(err)
	}
	return r.Claims[0]
}

// TestEveryQueueIsScannedOnEachAnnouncedReplica has two broker groups with a slave each, and one slave's scan of a queue taken out.
func TestEveryQueueIsScannedOnEachAnnouncedReplica(t *testing.T) {
	for missing, want := range map[bool]Verdict{false: Valid, true: Inconclusive} {
		h := cleanRun()
		h[0].(*history.Run).Replicas = []string{"broker-a/0", "broker-a/1", "broker-b/0", "broker-b/1"}
		if missing {
			h = without(h, func(r history.Record) bool {
				f, found := r.(*history.Found)
				s, scan := r.(*history.Scan)
				return found && f.Replica == "broker-b/1" && f.Queue == 1 || scan && s.Replica == "broker-b/1" && s.Queue == 1
			})
		}
		if c := edgeClaim(t, h, Options{}, ReplicasAgree); c.Verdict != want {
			t.Errorf("missing %t: %s %s", missing, c.Verdict, c.Why)
		}
	}
}

// TestAQueueThatWasSentToInVainIsScanned has an unknown send to a queue of its own.
func TestAQueueThatWasSentToInVainIsScanned(t *testing.T) {
	for scanned, want := range map[bool]Verdict{false: Inconclusive, true: Valid} {
		h := append(cleanRun(), &history.Send{Producer: 9, Topic: "t", Start: time.Second, End: 2 * time.Second, Outcome: history.Unknown, Broker: "broker-a", Queue: 7, Offset: -1})
		if scanned {
			h = append(h, &history.Scan{Replica: "broker-a/0", Master: true, Topic: "t", Broker: "broker-a", Queue: 7, Complete: true, End: 70 * time.Second})
		}
		if c := edgeClaim(t, h, Options{}, NoUnexpected); c.Verdict != want {
			t.Errorf("scanned %t: %s %s", scanned, c.Verdict, c.Why)
		}
	}
}

// TestTheFaultThatShowsIt has two faults, and a group that is out after one of them.
func TestTheFaultThatShowsIt(t *testing.T) {
	for name, out := range map[string]func(string, int) bool{"first": of("east", 20_000, 56_000), "second": of("east", 70_000, 106_000)} {
		run := tape{length: 120_000, down: out, unrecorded: true}
		h := run.history()
		for i, f := range []string{"first", "second"} {
			at := time.Duration(20+50*i) * time.Second
			h = append(h, &history.Span{Name: f, Phase: history.Fault, Target: "x", Start: at, End: at + time.Second, Confirmed: true})
		}
		c := edgeClaim(t, h, Options{}, "group-resumes-within=30s")
		if c.Verdict != Violated || len(c.Evidence) != 1 || !strings.Contains(string(c.Evidence[0].Operation), `"name":"`+name+`"`) {
			t.Errorf("%s: %s %s %v", name, c.Verdict, c.Why, c.Evidence)
		}
	}
}

// TestAContradictedScanLosesWhatNobodyHad has a scan that ends below what a consumer was given. A message that it misses and that
// the consumer had is not lost; one that nobody had is.
func TestAContradictedScanLosesWhatNobodyHad(t *testing.T) {
	for had, want := range map[bool]Verdict{true: Inconclusive, false: Violated} {
		h := history.Slice{&history.Run{Version: 1, ID: "r"}}
		for n := range int64(3) {
			h = append(h, &history.Send{Seq: uint64(n), Topic: "t", End: 1, Outcome: history.OK, Broker: "b", Offset: n})
			if n != 1 || had {
				h = append(h, &history.Deliver{Group: "g", Topic: "t", Broker: "b", Offset: n, Seq: uint64(n), Start: 2})
			}
		}
		h = append(h, &history.Found{Replica: "b/0", Topic: "t", Broker: "b", Intact: true}, &history.Scan{Replica: "b/0", Master: true, Topic: "t", Broker: "b", Max: 2, Complete: true, End: 3})
		if c := edgeClaim(t, h, Options{}, NoAckedLoss); c.Verdict != want {
			t.Errorf("had %t: %s %s", had, c.Verdict, c.Why)
		}
	}
}

// TestAPauseOfTheLoadIsNoQueuesSilence has 4 s in which nothing is sent: longer than a queue may be silent, too short to be blind.
func TestAPauseOfTheLoadIsNoQueuesSilence(t *testing.T) {
	for name, change := range map[string]func(*tape, func(string, int) bool){
		"not sent": func(c *tape, f func(string, int) bool) { c.notSent = f },
		"refused":  func(c *tape, f func(string, int) bool) { c.refused = f },
	} {
		run := standard
		change(&run, of("east", 30_000, 34_000))
		c := edgeTimed(t, run, claims.QueuesResumeWithin(30*time.Second))
		if hit := c.Counts["interrupted"] > 0; c.Verdict != Valid || hit != (name == "refused") {
			t.Errorf("%s: %s %v %s", name, c.Verdict, c.Counts, c.Why)
		}
	}
}

// TestWhatIsSoundSaysHowSound names the services and the latest recovery.
func TestWhatIsSoundSaysHowSound(t *testing.T) {
	run := standard
	run.refused, run.down = of("", 20_000, 30_000), of("", 20_000, 30_000)
	for want, c := range map[string]Claim{
		"each of 2 broker groups was stable again 10s after a fault at the latest, with 30s allowed": claims.GroupsResumeWithin(30 * time.Second),
		"each of 2 queues was stable again 10s after a fault at the latest, with 30s allowed":        claims.QueuesResumeWithin(30 * time.Second),
		"the cluster was stable again 10s after a fault at the latest, with 30s allowed":             claims.ResumesWithin(30 * time.Second),
	} {
		if j := edgeTimed(t, run, c); j.Verdict != Valid || j.Why != want {
			t.Errorf("%s: %s", j.ID, j.Why)
		}
	}
}
