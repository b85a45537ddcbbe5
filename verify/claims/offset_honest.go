package claims

// OffsetHonest claims that an acknowledged offset holds its message.
func OffsetHonest() Claim { return offsetHonest }

var offsetHonest = listBare(Offsets, "offset-honest", Doc{
	Means:        "The offset that an acknowledgement named holds that very message, and no other.",
	Guarantee:    "The queue offset in the answer is the one that the message was given in its consume queue.",
	Inconclusive: needsScan + ", or no scan found a message",
	NextStep:     "An acknowledged offset holds another message: the log was cut back and written anew. Look for a truncation in the broker's log after its restart.",
}, always, judgeOffsetHonest)

func judgeOffsetHonest(f *Facts) Finding {
	return conclude(f.Dishonest, of(f.Dishonest.Count, f.Acked)+" acknowledged offsets do not hold their message",
		first(f.NoAcks(), f.RecordedTwice(), f.Unscanned(), f.UndecidedAcks(), f.NoFound(), f.TornTail(), f.TooMany(), f.GapInIDs(),
			when(f.AckedOffsets == 0, "no acknowledgement named an offset")),
		"every acknowledged offset that is found holds its message").unless(f.RecordedTwice()).
		counted(map[string]int64{"acknowledged": f.Acked, "without_offset": f.Unplaced, "dishonest": f.Dishonest.Count})
}
