package claims

import (
	"fmt"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/verify/availability"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// OutageAtMost claims that over the whole run no broker group, and not the cluster as its clients see it, is out for
// longer than longest at once or than sum together.
func OutageAtMost(longest, sum time.Duration) Claim { return outageAtMost{longest, sum} }

type outageAtMost struct{ longest, sum time.Duration }

var _ = list(Kind{ID: "outage-at-most", Section: Service, Figure: "30s/1m0s", Doc: Doc{
	Means:        "Over the whole run no broker group by its probes, and not the cluster by its clients' sends, is out for longer than the first figure at once, or than the second together.",
	Guarantee:    "None: what is bearable is the user's figure. It tells a service that is back from one that comes and goes.",
	Inconclusive: "nothing was watched, a broker group was not probed, or what was not watched is long enough to hide more",
	NextStep:     "Add up the outages in the table below: either one is too long, or service came and went.",
}, Default: outageAtMost{30 * time.Second, time.Minute}, Parse: func(figure string) (Claim, error) {
	one, all, has := strings.Cut(figure, "/")
	longest, err := duration(one)
	if err != nil {
		return nil, err
	}
	if !has {
		return outageAtMost{longest, longest}, nil
	}
	sum, err := duration(all)
	return outageAtMost{longest, sum}, err
}})

func (c outageAtMost) ID() string            { return "outage-at-most" }
func (c outageAtMost) String() string        { return fmt.Sprintf("%s=%s/%s", c.ID(), c.longest, c.sum) }
func (c outageAtMost) Doc() Doc              { return docOf(c.ID()) }
func (c outageAtMost) Applies(f *Facts) bool { return hasFaults(f) }

func (c outageAtMost) Judge(f *Facts) Finding {
	var t facts.Tally
	doubt := first(f.NoTimes(), f.NoAcks(), f.BadClock(), when(f.Probing(), f.NoProbes()))
	longest, most := time.Duration(0), time.Duration(0)
	for _, w := range watched(f) {
		long, sum := added(w.Interruptions)
		longest, most = max(longest, long), max(most, sum)
		dark, _ := f.Dark(w)
		darkest, mostly := added(dark)
		switch {
		case long > c.longest || sum > c.sum:
			t.Add(f.Options.Evidence, func() facts.Violation {
				return facts.Violation{Times: longestAfter(w, w.Start-1), Group: w.Group, Summary: fmt.Sprintf("%s was out for %s in all, with %s allowed, and for %s at once, with %s allowed", w.Who, short(sum), c.sum, short(long), c.longest)}
			})
		case mostly > c.sum || darkest > c.longest:
			doubt = first(doubt, fmt.Sprintf("%s was not watched for %s, besides %s that it was out", w.Who, short(mostly-sum), short(sum)))
		}
	}
	return conclude(t, fmt.Sprintf("%d of %d services were out for longer than allowed", t.Count, len(watched(f))), doubt,
		fmt.Sprintf("the longest outage lasted %s, and no service was out for more than %s in all", short(longest), short(most))).unless(f.BadClock()).
		counted(map[string]int64{"watched": int64(len(watched(f))), "over": t.Count, "longest_ms": longest.Milliseconds(), "most_ms": most.Milliseconds(),
			"allowed_longest_ms": c.longest.Milliseconds(), "allowed_sum_ms": c.sum.Milliseconds()})
}

// watched lists the cluster as its clients saw it, and each broker group as its probes did.
func watched(f *Facts) (out []availability.Watch) {
	if f.Acked > 0 {
		out = append(out, f.Watched.Sends)
	}
	for _, name := range f.BrokerGroups() {
		if w, probed := f.Watched.Groups[name]; probed {
			w.Group = name
			out = append(out, w)
		}
	}
	return out
}

func added(l []availability.Outage) (longest, sum time.Duration) {
	for _, x := range l {
		longest, sum = max(longest, x.Length()), sum+x.Length()
	}
	return longest, sum
}
