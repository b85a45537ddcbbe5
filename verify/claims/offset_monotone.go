package claims

import (
	"fmt"
	"slices"
)

// OffsetMonotone claims that a queue's end never goes back.
func OffsetMonotone() Claim { return offsetMonotone }

var offsetMonotone = listBare(Offsets, "offset-monotone", Doc{
	Means:        "A queue's end never goes back, be it by scans, acknowledgements or deliveries, nothing that was delivered vanishes from below it, and of one producer's sends to a queue that do not overlap in time the later has the higher offset.",
	Guarantee:    "A consume queue only grows at its end; offsets are given in the order of the appends.",
	Inconclusive: needsSends,
	NextStep:     "A queue's end went back: look for a truncation or an empty store in the broker's log after its restart.",
}, always, judgeOffsetMonotone)

func judgeOffsetMonotone(f *Facts) Finding {
	t := f.SendsBack
	t.Shown = slices.Clone(t.Shown)
	t.Join(f.Options.Evidence, f.EndsBack)
	t.Join(f.Options.Evidence, f.Vanished)
	return conclude(t, fmt.Sprintf("%d queue ends went back, %d messages that were delivered vanished, %d sends were given an offset below an earlier one", f.EndsBack.Count, f.Vanished.Count, f.SendsBack.Count),
		first(f.NoAcks(), f.RecordedTwice(), f.BadClock(), f.ClockBack(), f.TooMany(), f.GapInIDs(), f.PartlyUnplaced()), "offsets only grow").unless(f.RecordedTwice(), f.BadClock()).
		counted(map[string]int64{"ends_back": f.EndsBack.Count, "sends_back": f.SendsBack.Count, "vanished": f.Vanished.Count})
}
