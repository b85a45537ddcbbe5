package claims

import "fmt"

// NoUnexpected claims that nothing is found or delivered that was never sent or was refused.
func NoUnexpected() Claim { return noUnexpected }

var noUnexpected = listBare(Messages, "no-unexpected", Doc{
	Means:        "Nothing is found or delivered that was never sent, and no send that was refused before the append is found.",
	Guarantee:    "A broker makes up no messages, and the refusals that the workload books as failed are given before the append.",
	Inconclusive: noWholeScan + ", sends may be missing since a history's tail is torn or its numbers have a gap, or a queue that was sent to was never scanned",
	NextStep:     "Something was stored that a sender was told was refused, or that nobody sent: look for another producer on the topic, then in the broker's log at that time.",
}, always, judgeNoUnexpected)

func judgeNoUnexpected(f *Facts) Finding {
	t := f.NeverSent
	t.Join(f.Options.Evidence, f.Refused)
	against := fmt.Sprintf("%d messages were never sent and %d were refused, and are there", f.NeverSent.Count, f.Refused.Count)
	c := conclude(t, against, first(f.NoFound(), f.Unscanned(), f.TornTail(), f.GapInIDs(), f.NeverScanned()), fmt.Sprintf("all %d messages found were sent", f.Found))
	if f.Refused.Count == 0 {
		c = c.unless(f.TornTail(), f.GapInIDs())
	}
	if f.NeverSent.Count == 0 {
		c = c.unless(f.RecordedTwice())
	}
	return c.counted(map[string]int64{"found": f.Found, "never_sent": f.NeverSent.Count, "refused": f.Refused.Count, "recovered": f.Recovered})
}
