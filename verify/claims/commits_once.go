package claims

import "fmt"

// CommitsOnce claims that each committed message comes once, and none that was rolled back.
func CommitsOnce() Claim { return commitsOnce }

var commitsOnce = listBare(Messages, "commits-once", Doc{
	Means:        "Every message whose transaction was committed, at once or when the broker asked, came to its topic exactly once, and none whose transaction was rolled back came.",
	Guarantee:    "A broker keeps a message of a transaction until its producer ends that, and asks where it does not hear of it.",
	Inconclusive: "no message of a transaction was acknowledged, a committed one did not come and the final scan ended within five minutes: the broker may not have asked yet; or a queue of its topic has no complete final scan on its master, the history records one send twice, or its tail is torn",
	NextStep:     "What came twice was committed again: the broker collects the marks of ended transactions in memory for transactionOpBatchInterval, loses them when it is killed, and asks; without a kill it asks too early where transactionTimeOut is not above twice that interval. What never came was not asked for: see transactionCheckInterval and transactionCheckMax, and whether a producer of the group lived.",
}, func(f *Facts) bool { return f.Transacted.Sent > 0 }, judgeCommitsOnce)

func judgeCommitsOnce(f *Facts) Finding {
	d := f.Transacted
	why := fmt.Sprintf("of %d committed messages %d never came and %d came twice; of %d rolled back %d came", d.Acked, d.Missing.Count, d.Twice.Count, d.Withdrawn, d.Revived.Count)
	return conclude(together(f, d.Missing, d.Twice, d.Revived), why, unknownFates(f, d, "no message of a transaction was acknowledged"),
		fmt.Sprintf("each of %d committed messages came once, and none of %d rolled back", d.Acked, d.Withdrawn)).unless(f.RecordedTwice()).
		counted(map[string]int64{"committed": d.Acked, "rolled_back": d.Withdrawn, "missing": d.Missing.Count, "twice": d.Twice.Count,
			"revived": d.Revived.Count, "undecided": d.Undecided})
}
