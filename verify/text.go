package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/verify/claims"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// Text writes the report for a terminal.
func (r Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s\n", r.Run)
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "  problem: %s\n", p)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "  note: %s\n", n)
	}
	for _, c := range r.Claims {
		fmt.Fprintf(&b, "  %-23s %-12s %s\n", c.ID, c.Verdict, c.whyAlone())
		for i, e := range c.Evidence {
			fmt.Fprintf(&b, "    %d. %s\n", i+1, e.Summary)
			for _, l := range e.Timeline {
				fmt.Fprintf(&b, "       %s\n", l)
			}
		}
		if n := len(c.Named); n > 0 {
			fmt.Fprintf(&b, "    all of them: %s\n", strings.Join(c.Named[:min(n, 100)], " "))
			if n > 100 {
				fmt.Fprintf(&b, "    and %d more ranges, in the JSON output\n", n-100)
			}
		}
	}
	for _, n := range r.NotJudged {
		fmt.Fprintf(&b, "  %-23s not judged   %s\n", n.ID, n.Why)
	}
	availabilityText(r.Availability, &b)
	return b.String()
}

// whyAlone is why without the first exhibit, which is shown below it.
func (c Judgement) whyAlone() string {
	if len(c.Evidence) == 0 {
		return c.Why
	}
	return strings.TrimSuffix(c.Why, claims.First(c.Evidence[0].Summary))
}

func availabilityText(a Availability, b *strings.Builder) {
	for _, g := range a.Groups {
		fmt.Fprintf(b, "  group %s served %.4f%% of %s, %d outages, longest %s (resolution %s)\n",
			g.Group, 100*g.Availability, ms(g.Observed), len(g.Outages), ms(g.Longest), ms(g.Interval))
		outages(b, g.Outages)
		recoveries(b, "group "+g.Group, g.Recoveries)
	}
	if a.Sends.Sends > 0 {
		fmt.Fprintf(b, "  sends: %d, of these %d acknowledged, %d failed, %d unknown; longest pause %s\n",
			a.Sends.Sends, a.Sends.OK, a.Sends.Failed, a.Sends.Unknown, ms(a.Sends.Longest))
		outages(b, a.Sends.Pauses)
		recoveries(b, "sends", a.Sends.Recoveries)
		l := a.Latency
		fmt.Fprintf(b, "  latency p50 %s p99 %s p99.99 %s max %s; from the intended time p50 %s p99 %s p99.99 %s max %s\n", ms(l.Actual.P50), ms(l.Actual.P99),
			ms(l.Actual.P9999), ms(l.Actual.Max), ms(l.Intended.P50), ms(l.Intended.P99), ms(l.Intended.P9999), ms(l.Intended.Max))
	}
}

// shownOutages bounds the outages that are listed of one service, the longest first.
const shownOutages = 5

func outages(b *strings.Builder, l []Outage) {
	l = slices.Clone(l)
	slices.SortStableFunc(l, func(a, b Outage) int { return cmp.Compare(b.Length(), a.Length()) })
	for _, x := range l[:min(len(l), shownOutages)] {
		fmt.Fprintf(b, "    out from %s to %s, for %s\n", facts.Seconds(x.Start), facts.Seconds(x.End), ms(x.Length()))
	}
	if more := len(l) - shownOutages; more > 0 {
		fmt.Fprintf(b, "    and %d shorter ones, in the JSON output\n", more)
	}
}

func recoveries(b *strings.Builder, who string, l []Recovery) {
	for _, r := range l {
		switch {
		case !r.Interrupted:
			fmt.Fprintf(b, "    %s: not interrupted by %q\n", who, r.Fault)
		case r.Recovered:
			fmt.Fprintf(b, "    %s: stable %s after %q\n", who, ms(r.Took), r.Fault)
		default:
			fmt.Fprintf(b, "    %s: not stable again after %q, watched for %s\n", who, r.Fault, ms(r.Took))
		}
	}
}

func ms(d time.Duration) string { return d.Round(100 * time.Microsecond).String() }

// Claim gives the judgement of one claim.
func (r Report) Claim(id string) (Judgement, bool) {
	i := slices.IndexFunc(r.Claims, func(c Judgement) bool { return c.ID == id })
	if i < 0 {
		return Judgement{}, false
	}
	return r.Claims[i], true
}
