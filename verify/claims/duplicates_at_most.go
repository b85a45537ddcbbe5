package claims

import (
	"fmt"

	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// DuplicatesAtMost claims that no group sees more than n redeliveries.
func DuplicatesAtMost(n int64) Claim { return duplicatesAtMost{n} }

type duplicatesAtMost struct{ allowed int64 }

var _ = list(Kind{ID: "duplicates-at-most", Section: Consumers, Figure: "100", Doc: Doc{
	Means:        "No consumer group saw more redeliveries than the budget allows.",
	Guarantee:    "Redelivery is legal, after a rebalance or a lost commit; how much of it is bearable is the user's figure.",
	Inconclusive: "no delivery was recorded, or no budget was given",
	NextStep:     "More redeliveries than allowed: look for rebalances and for commits that were not stored before a broker went.",
}, Parse: func(figure string) (Claim, error) {
	n, err := number(figure)
	return DuplicatesAtMost(n), err
}})

func (c duplicatesAtMost) ID() string            { return "duplicates-at-most" }
func (c duplicatesAtMost) String() string        { return fmt.Sprintf("%s=%d", c.ID(), c.allowed) }
func (c duplicatesAtMost) Doc() Doc              { return docOf(c.ID()) }
func (c duplicatesAtMost) Applies(f *Facts) bool { return hasConsumers(f) }

func (c duplicatesAtMost) Judge(f *Facts) Finding {
	doubt := first(f.NoConsumers(), f.TornTail())
	var t facts.Tally
	most := int64(0)
	for _, g := range f.Consumers {
		most = max(most, g.Redelivered)
		if g.Redelivered > c.allowed && doubt == "" {
			t.Add(f.Options.Evidence, func() facts.Violation {
				return facts.Violation{Summary: fmt.Sprintf("group %s saw %d redeliveries, with %d allowed", g.Group, g.Redelivered, c.allowed)}
			})
		}
	}
	return conclude(t, fmt.Sprintf("%d groups saw more redeliveries than the %d allowed", t.Count, c.allowed), doubt,
		fmt.Sprintf("no group saw more than %d redeliveries, with %d allowed", most, c.allowed)).
		counted(groupCounts(f, map[string]int64{"allowed": c.allowed}))
}
