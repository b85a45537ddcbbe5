package claims

import "fmt"

// OffsetUnique claims that no offset holds two messages.
func OffsetUnique() Claim { return offsetUnique }

var offsetUnique = listBare(Offsets, "offset-unique", Doc{
	Means:        "No offset of a queue holds two messages, be it by acknowledgements, by the masters' scans or by deliveries.",
	Guarantee:    "An offset is given to one message only, before and after a restart or a change of master.",
	Inconclusive: "no message was acknowledged, or the history records one send twice",
	NextStep:     "One offset was given to two messages: look for a restart with a torn consume queue, or for two masters of one group at a time.",
}, always, judgeOffsetUnique)

func judgeOffsetUnique(f *Facts) Finding {
	return conclude(f.Shared, fmt.Sprintf("%d offsets hold more than one message", f.Shared.Count),
		first(f.NoAcks(), f.RecordedTwice(), f.TooMany(), f.GapInIDs(), when(f.AckedOffsets == 0, "no acknowledgement named an offset")),
		"no offset holds two messages").unless(f.RecordedTwice()).
		counted(map[string]int64{"acknowledged_offsets": f.AckedOffsets, "shared": f.Shared.Count})
}
