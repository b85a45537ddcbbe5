package claims

import (
	"fmt"
	"strconv"
	"time"

	"github.com/rmqproof/rmqproof/verify/availability"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// AvailabilityAtLeast claims that each broker group served at least this share of the time, above 0 and up to 1.
func AvailabilityAtLeast(share float64) Claim { return availabilityAtLeast{share} }

type availabilityAtLeast struct{ share float64 }

var _ = list(Kind{ID: "availability-at-least", Section: Service, Figure: "0.99", Doc: Doc{
	Means:        "Over the whole run each broker group served at least the share of time that was asked for, by its probes.",
	Guarantee:    "None: the share is the user's objective.",
	Inconclusive: "there are no probes, a broker group that acknowledged or was announced was not probed, or what was not probed could make the difference",
	NextStep:     "The outages in the table below add up to more than the objective allows.",
}, Parse: func(figure string) (Claim, error) {
	share, err := strconv.ParseFloat(figure, 64)
	if err == nil && !(share > 0 && share <= 1) {
		err = fmt.Errorf("%s is not a share above 0 and up to 1", figure)
	}
	return AvailabilityAtLeast(share), err
}})

func (c availabilityAtLeast) ID() string { return "availability-at-least" }
func (c availabilityAtLeast) String() string {
	return c.ID() + "=" + strconv.FormatFloat(c.share, 'f', -1, 64)
}
func (c availabilityAtLeast) Doc() Doc              { return docOf(c.ID()) }
func (c availabilityAtLeast) Applies(f *Facts) bool { return !f.Options.MessagesOnly }

func (c availabilityAtLeast) Judge(f *Facts) Finding {
	var t facts.Tally
	groups := f.Availability.Groups
	doubt := first(f.NoTimes(), f.BadClock(), f.NoProbes())
	worst := 1.0
	for _, g := range groups {
		worst = min(worst, g.Availability)
		ends := unprobedEnds(f, f.Watched.Groups[g.Group])
		whole := g.Observed + ends
		switch {
		case g.Observed == 0:
			doubt = first(doubt, fmt.Sprintf("broker group %s was probed too little", g.Group))
		case 1-float64(g.Down)/float64(whole) < c.share:
			t.Add(f.Options.Evidence, func() facts.Violation {
				return facts.Violation{Summary: fmt.Sprintf("broker group %s served %.4f of the time, with %.4f asked for", g.Group, g.Availability, c.share)}
			})
		case 1-float64(g.Down+g.Unobserved+ends)/float64(whole) < c.share:
			doubt = first(doubt, fmt.Sprintf("broker group %s was not probed for %s", g.Group, (g.Unobserved+ends).Round(time.Millisecond)))
		}
	}
	return conclude(t, fmt.Sprintf("%d broker groups served less than the share asked for", t.Count), doubt,
		fmt.Sprintf("every broker group served at least %.4f of the time", worst)).unless(f.BadClock()).
		counted(map[string]int64{"groups": int64(len(groups)), "below": t.Count, "worst_ppm": int64(worst * 1e6), "asked_ppm": int64(c.share * 1e6)})
}

// unprobedEnds is how long sends went on before the first probe of a group and after the last.
func unprobedEnds(f *Facts, w availability.Watch) (d time.Duration) {
	gap := f.Options.Stable.StableGap
	if lead := w.Start - f.Watched.Sends.Start; f.Acked > 0 && lead > gap {
		d += lead
	}
	if tail := f.Watched.Sends.End - w.End; f.Acked > 0 && tail > gap {
		d += tail
	}
	return d
}
