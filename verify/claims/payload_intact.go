package claims

import "fmt"

// PayloadIntact claims that every message found has the body that was sent.
func PayloadIntact() Claim { return payloadIntact }

var payloadIntact = listBare(Messages, "payload-intact", Doc{
	Means:        "Every message found has the body that was sent, by its checksum.",
	Guarantee:    "The commit log keeps a CRC of each body, and replication copies bytes.",
	Inconclusive: noWholeScan,
	NextStep:     "A body's checksum is wrong: keep the volume as it is, and look at the disk and at the recovery lines in the broker's log.",
}, always, judgePayloadIntact)

func judgePayloadIntact(f *Facts) Finding {
	return conclude(f.Damaged, fmt.Sprintf("%d messages found are damaged", f.Damaged.Count), first(f.NoFound(), f.Unscanned(), f.NeverScanned()), "every message found is intact").
		counted(map[string]int64{"found": f.Found, "damaged": f.Damaged.Count})
}
