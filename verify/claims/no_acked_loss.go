package claims

import "fmt"

// NoAckedLoss claims that every acknowledged message is found by the final scan.
func NoAckedLoss() Claim { return noAckedLoss }

var noAckedLoss = listBare(Messages, "no-acked-loss", Doc{
	Means:        "Every message that was acknowledged with SEND_OK is found by the final scan of the masters, intact or damaged, or had expired: the broker deleted it with the oldest files of its log, by age or because its disk was full.",
	Guarantee:    "SEND_OK is given after the append to the commit log and, with SYNC_FLUSH and inSyncReplicas=2, after the flush and the copy on a slave; FLUSH_DISK_TIMEOUT and FLUSH_SLAVE_TIMEOUT promise less and count as unknown.",
	Inconclusive: needsScan,
	NextStep:     "Compare each lost message's time with the fault's span in the timeline, then the configuration with what it promises: SYNC_MASTER alone waits for no slave on 5.x (inSyncReplicas), ASYNC_FLUSH acknowledges before the disk has it, an emptyDir dies with its pod.",
}, always, judgeNoAckedLoss)

func judgeNoAckedLoss(f *Facts) Finding {
	return conclude(f.Lost,
		of(f.Lost.Count, f.Acked)+" acknowledged messages are lost"+ofThese(f.LostDelivered(), "had been delivered")+
			ofThese(f.BelowLowest(), "lie below the lowest offset of their queue, which the deletion of old files does not explain")+
			ofThese(f.PassedOver(), "lie where the broker passed over a place of the queue")+expired(f),
		first(f.NoAcks(), f.RecordedTwice(), f.Unscanned(), when(f.Undecided > 0, f.TooMany()), f.UndecidedAcks(), f.TornTail(), f.GapInIDs()),
		allFound(f)).unless(f.RecordedTwice()).counted(map[string]int64{
		"attempted": f.Attempted, "acknowledged": f.Acked, "failed": f.Failed, "unknown": f.Attempted - f.Acked - f.Failed,
		"found": f.Found, "recovered": f.Recovered, "lost": f.Lost.Count, "undecided": f.Undecided, "damaged": f.Corrupt,
		"lost_delivered": f.LostDelivered(), "lost_below_lowest": f.BelowLowest(), "lost_passed_over": f.PassedOver(), "expired": f.Expired()})
}

// ofThese adds how many of those before something holds for.
func ofThese(n int64, what string) string {
	return when(n > 0, fmt.Sprintf(", %d of these %s", n, what))
}

// expired adds what was deleted beside the losses.
func expired(f *Facts) string {
	return when(f.Expired() > 0, fmt.Sprintf("; %d more expired", f.Expired()))
}

func allFound(f *Facts) string {
	if f.Expired() == 0 {
		return fmt.Sprintf("all %d acknowledged messages are found", f.Acked)
	}
	return fmt.Sprintf("of %d acknowledged messages %d expired, and all others are found", f.Acked, f.Expired())
}
