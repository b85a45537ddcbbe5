package claims

import (
	"fmt"
	"slices"
)

// ReplicasAgree claims that master and slaves hold the same messages.
func ReplicasAgree() Claim { return replicasAgree }

var replicasAgree = listBare(Replicas, "replicas-agree", Doc{
	Means:        "Master and slaves hold the same message at the same offset up to the slave's end, no slave reaches beyond its master, and where copies are promised no acknowledged message lies on fewer replicas.",
	Guarantee:    "A slave's log is a copy of its master's bytes; with inSyncReplicas=n an acknowledgement waits until n replicas have the message.",
	Inconclusive: "no slave was scanned, one that was announced was not, fewer replicas were scanned than copies are promised, or a scan is incomplete",
	NextStep:     "Master and slave differ: keep both volumes, and compare the logs of both at the offset that the evidence names.",
}, func(f *Facts) bool { return f.SlaveScanned || f.Copies > 1 || len(f.Announced.Replicas) > 0 }, judgeReplicasAgree)

func judgeReplicasAgree(f *Facts) Finding {
	t := f.Diverged
	t.Shown = slices.Clone(t.Shown)
	t.Join(f.Options.Evidence, f.Beyond)
	t.Join(f.Options.Evidence, f.TooFew)
	return conclude(t, fmt.Sprintf("%d offsets differ between master and slave, %d slaves reach beyond their master, %d acknowledged messages lie on fewer replicas than promised",
		f.Diverged.Count, f.Beyond.Count, f.TooFew.Count),
		first(when(!f.SlaveScanned, "no slave was scanned"), f.UnscannedReplica(), f.UnreadReplica(), f.TooFewScanned(), f.TooMany()), "masters and slaves hold the same messages").
		counted(map[string]int64{"differ": f.Diverged.Count, "slave_beyond": f.Beyond.Count, "too_few_copies": f.TooFew.Count, "promised_copies": int64(f.Copies)})
}
