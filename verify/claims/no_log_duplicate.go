package claims

import "fmt"

// NoLogDuplicate claims that no attempt lies at two offsets.
func NoLogDuplicate() Claim { return noLogDuplicate }

var noLogDuplicate = listBare(Messages, "no-log-duplicate", Doc{
	Means:        "No send attempt lies at two offsets of the masters' logs.",
	Guarantee:    "A broker appends one request once; a client's retry is a new attempt with an id of its own.",
	Inconclusive: noWholeScan + ", or the history records one send twice",
	NextStep:     "One attempt was stored twice: look for a proxy or a client that repeats a request by itself.",
}, always, judgeNoLogDuplicate)

func judgeNoLogDuplicate(f *Facts) Finding {
	return conclude(f.Duplicated, fmt.Sprintf("%d send attempts lie at more than one offset", f.Duplicated.Count),
		first(f.NoFound(), f.RecordedTwice(), f.Unscanned(), f.TooMany(), f.GapInIDs()),
		fmt.Sprintf("each of %d messages found lies at one offset", f.Found)).unless(f.RecordedTwice()).
		counted(map[string]int64{"found": f.Found, "duplicated": f.Duplicated.Count})
}
