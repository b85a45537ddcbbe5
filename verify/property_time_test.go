package verify

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// asked is what a drawn run is judged by.
type asked struct {
	cluster, group, queue time.Duration
	healed                string // the group that is expected to be out until a fault is healed
	longest, sum          time.Duration
	share                 float64
}

func (a asked) claims() []Claim {
	group := claims.GroupsResumeWithin(a.group)
	if a.healed != "" {
		group = group.CountedFromHealed(a.healed)
	}
	return []Claim{claims.ResumesWithin(a.cluster), group, claims.QueuesResumeWithin(a.queue), claims.OutageAtMost(a.longest, a.sum), claims.AvailabilityAtLeast(a.share)}
}

// spoken is what comes out for one claim, in the words that oracle and judge share.
type spoken struct {
	Verdict                     Verdict
	Watched, Interrupted, Slow  int64
	LongestMS, MostMS, WorstPPM int64
}

// judge gives what each claim on time must say.
func (o *timeOracle) judge(a asked) map[string]spoken {
	queues, groups := o.acknowledging()
	unsure := len(o.faults) == 0 || slices.ContainsFunc(o.faults, func(f *history.Span) bool { return !f.Confirmed })
	out := map[string]spoken{}
	injected := func(f *history.Span) time.Duration {
		if f.Injected != 0 {
			return f.Injected
		}
		return f.Start
	}
	healed := func(f *history.Span) time.Duration {
		if f.Healed != 0 {
			return f.Healed
		}
		return f.End
	}
	add := func(claim string, budget time.Duration, doubt bool, watches ...watchedOracle) {
		s := spoken{Watched: int64(len(watches))}
		for _, w := range watches {
			from := injected
			if claim == "group-resumes-within" && w.group == a.healed {
				from = healed
			}
			r := o.recover(w, budget, from)
			s.Interrupted, s.Slow, doubt = s.Interrupted+r.interrupted, s.Slow+r.slow, doubt || r.doubt
			s.LongestMS = max(s.LongestMS, r.longest.Milliseconds())
		}
		s.Verdict = verdictOf(s.Slow > 0 && !unsure, doubt || unsure || len(queues) == 0)
		out[claim] = s
	}
	aimed, sentTo := o.aimedAt()
	never := slices.ContainsFunc(sentTo, func(g string) bool {
		return !o.sentTo(g, func(s *history.Send) bool { return s.Broker == g }).ever
	})
	silent := slices.ContainsFunc(o.announced, func(g string) bool { return !slices.Contains(groups, g) })
	add("resumes-within", a.cluster, silent || never, o.cluster())
	var each, probed []watchedOracle
	for _, q := range aimed {
		each = append(each, o.sentTo(q.broker, func(s *history.Send) bool { return s.Broker == q.broker && s.Queue == q.queue }))
	}
	add("queue-resumes-within", a.queue, silent, each...)
	for _, g := range sortedKeys(o.probes) {
		probed = append(probed, o.probed(g))
	}
	unprobed := len(probed) == 0 || slices.ContainsFunc(slices.Concat(groups, o.announced), func(g string) bool { return len(o.probes[g]) == 0 })
	add("group-resumes-within", a.group, unprobed, probed...)
	out["outage-at-most"] = o.outages(a, len(probed) > 0 && unprobed, probed)
	out["availability-at-least"] = o.available(a.share, unprobed, probed)
	return out
}

// dark is all in which a service was out or was not watched while sends went on.
func (o *timeOracle) dark(w watchedOracle) []Outage {
	first, last := o.ends()
	l := slices.Concat(w.out, w.blind)
	if len(o.sends) > 0 && w.first-first > oraclePause {
		l = append(l, Outage{Start: first, End: w.first})
	}
	if len(o.sends) > 0 && last-w.end > oraclePause {
		l = append(l, Outage{Start: w.end, End: last})
	}
	return overlapping(l, 0)
}

func sumOf(l []Outage) (longest, sum time.Duration) {
	for _, x := range l {
		longest, sum = max(longest, x.Length()), sum+x.Length()
	}
	return longest, sum
}

func (o *timeOracle) outages(a asked, doubt bool, probed []watchedOracle) spoken {
	queues, _ := o.acknowledging()
	s := spoken{}
	if len(queues) > 0 {
		probed = append([]watchedOracle{o.cluster()}, probed...)
	}
	for _, w := range probed {
		long, sum := sumOf(w.out)
		darkest, dark := sumOf(o.dark(w))
		s.Watched++
		s.LongestMS, s.MostMS = max(s.LongestMS, long.Milliseconds()), max(s.MostMS, sum.Milliseconds())
		if long > a.longest || sum > a.sum {
			s.Slow++
		}
		doubt = doubt || darkest > a.longest || dark > a.sum
	}
	s.Verdict = verdictOf(s.Slow > 0, doubt || len(queues) == 0)
	return s
}

func (o *timeOracle) available(share float64, doubt bool, probed []watchedOracle) spoken {
	s, worst := spoken{Watched: int64(len(probed))}, 1.0
	first, last := o.ends()
	for _, w := range probed {
		_, down := sumOf(w.out)
		_, dark := sumOf(o.dark(w))
		whole := w.end - w.first
		worst = min(worst, max(0, 1-float64(down)/float64(whole)))
		if len(o.sends) > 0 && w.first-first > oraclePause {
			whole += w.first - first
		}
		if len(o.sends) > 0 && last-w.end > oraclePause {
			whole += last - w.end
		}
		if 1-float64(down)/float64(whole) < share {
			s.Slow++
		}
		doubt = doubt || 1-float64(dark)/float64(whole) < share
	}
	s.WorstPPM = int64(math.Floor(worst * 1e6))
	s.Verdict = verdictOf(s.Slow > 0, doubt)
	return s
}

// heard is what the judge says in the same words.
func heard(r Report) map[string]spoken {
	out := map[string]spoken{}
	for _, c := range r.Claims {
		s := spoken{Verdict: c.Verdict, LongestMS: c.Counts["longest_ms"], MostMS: c.Counts["most_ms"], WorstPPM: c.Counts["worst_ppm"]}
		s.Watched, s.Interrupted, s.Slow = c.Counts["watched"]+c.Counts["groups"], c.Counts["interrupted"], c.Counts["too_slow"]+c.Counts["over"]+c.Counts["below"]
		out[c.ID] = s
	}
	return out
}

// TestJudgeOfTimeAgreesWithTheOracle draws runs in which service fails in every way that is known.
func TestJudgeOfTimeAgreesWithTheOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, a := drawService(t)
		r, err := Judge(h, Options{Claims: a.claims()})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(newTimeOracle(h).judge(a), heard(r)); d != "" {
			t.Fatalf("oracle (-) and judge (+) disagree:\n%s\nasked %+v\n%s\n%s", d, a, r.Text(), troubles(h))
		}
	})
}

// troubles writes what a reader needs to see a disagreement: all that did not go well, and where each queue's load stood still.
func troubles(h history.Slice) string {
	var b strings.Builder
	for _, r := range h {
		switch r := r.(type) {
		case *history.Run:
			fmt.Fprintf(&b, "run brokers=%v\n", r.Brokers)
		case *history.Span:
			fmt.Fprintf(&b, "span %s %s-%s injected %s healed %s confirmed %v\n", r.Phase, r.Start, r.End, r.Injected, r.Healed, r.Confirmed)
		}
	}
	o := newTimeOracle(h)
	fmt.Fprintf(&b, "the cluster: %+v\n", o.cluster())
	queues, _ := o.aimedAt()
	for _, q := range queues {
		at := func(s *history.Send) bool { return s.Broker == q.broker && s.Queue == q.queue }
		fmt.Fprintf(&b, "%+v: %+v\n", q, o.sentTo(q.broker, at))
	}
	for _, g := range sortedKeys(o.probes) {
		fmt.Fprintf(&b, "probed %s: %+v\n", g, o.probed(g))
	}
	return b.String()
}
