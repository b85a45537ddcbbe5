package claims

import (
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// FiresOnce claims that each delayed message comes once, and not before its time.
func FiresOnce() Claim { return firesOnce }

var firesOnce = listBare(Messages, "fires-once", Doc{
	Means:        "Every acknowledged delayed message came to its topic exactly once, and no consumer was given one before it was due; how late they came is counted.",
	Guarantee:    "A broker keeps a delayed message until it is due, and then stores it once in its topic; how late is no promise. A time is rounded down to timerPrecisionMs, 1 s, which counts as in time.",
	Inconclusive: "no delayed message was acknowledged, one that did not come may wait still: no other of its kind and level that was due ten seconds later came, and the final scan ended within five minutes of its time; or a queue of its topic has no complete final scan on its master, the history records one send twice, or its tail is torn",
	NextStep:     "Compare the messages named with the fault's span: what came twice was given out again from an old position of the schedule, which is written down every ten seconds (delayOffset.json, timercheck), what never came was passed over while the store refused it, or had no memory for it (MaxDirectMemorySize).",
}, func(f *Facts) bool { return f.Delayed.Sent > 0 }, judgeFiresOnce)

func judgeFiresOnce(f *Facts) Finding {
	d := f.Delayed
	late := func(share int) int64 {
		if len(d.Late) == 0 {
			return 0
		}
		return int64(d.Late[(len(d.Late)-1)*share/100] / time.Millisecond)
	}
	why := fmt.Sprintf("of %d acknowledged delayed messages %d never came, %d came twice and %d too early", d.Acked, d.Missing.Count, d.Twice.Count, d.Early.Count)
	return conclude(together(f, d.Missing, d.Twice, d.Early), why, unknownFates(f, d, "no delayed message was acknowledged"),
		fmt.Sprintf("each of %d acknowledged delayed messages came once and none too early, half of them within %d ms and all within %d ms of their time", d.Acked, late(50), late(100))).
		unless(f.RecordedTwice(), f.BadClock()).
		counted(map[string]int64{"acknowledged": d.Acked, "missing": d.Missing.Count, "twice": d.Twice.Count, "early": d.Early.Count, "undecided": d.Undecided,
			"given": int64(len(d.Late)), "late_p50_ms": late(50), "late_p99_ms": late(99), "late_max_ms": late(100)})
}

// together joins what speaks against a claim in several ways.
func together(f *Facts, all ...facts.Tally) (t facts.Tally) {
	for _, o := range all {
		t.Join(f.Options.Evidence, o)
	}
	return t
}

// unknownFates are the reasons against concluding anything of messages that are kept apart first.
func unknownFates(f *Facts, d facts.Fates, none string) string {
	return first(when(d.Acked == 0, none), f.RecordedTwice(), f.Unscanned(), f.TornTail(), f.GapInIDs(), when(d.Truncated, "there are more of these messages than could be compared one by one"),
		when(d.Undecided > 0, fmt.Sprintf("%d acknowledged messages did not come, and may wait still", d.Undecided)))
}
