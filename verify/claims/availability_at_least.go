package claims

import (
	"fmt"
	"strconv"

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
		dark, whole := f.Dark(f.Watched.Groups[g.Group])
		_, mostly := added(dark)
		switch {
		case g.Observed == 0:
			doubt = first(doubt, fmt.Sprintf("broker group %s was probed too little", g.Group))
		case 1-float64(g.Down)/float64(whole) < c.share:
			t.Add(f.Options.Evidence, func() facts.Violation {
				return facts.Violation{Summary: fmt.Sprintf("broker group %s served %.4f of the time, with %.4f asked for", g.Group, g.Availability, c.share)}
			})
		case 1-float64(mostly)/float64(whole) < c.share:
			doubt = first(doubt, fmt.Sprintf("broker group %s was not probed for %s", g.Group, short(mostly-g.Down)))
		}
	}
	return conclude(t, fmt.Sprintf("%d broker groups served less than the share asked for", t.Count), doubt,
		fmt.Sprintf("every broker group served at least %.4f of the time", worst)).unless(f.BadClock()).
		counted(map[string]int64{"groups": int64(len(groups)), "below": t.Count, "worst_ppm": int64(worst * 1e6), "asked_ppm": int64(c.share * 1e6)})
}
