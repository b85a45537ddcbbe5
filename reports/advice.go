package reports

import (
	"path/filepath"
	"strings"

	"github.com/rmqproof/rmqproof/verify"
)

// look says where to look when a claim is violated.
var look = map[string]string{
	verify.NoAckedLoss:          "Compare each lost message's time with the fault's span in the timeline, then the configuration with what it promises: SYNC_MASTER alone waits for no slave on 5.x (inSyncReplicas), ASYNC_FLUSH acknowledges before the disk has it, an emptyDir dies with its pod.",
	verify.NoUnexpected:         "Something was stored that a sender was told was refused, or that nobody sent: look for another producer on the topic, then in the broker's log at that time.",
	verify.NoLogDuplicate:       "One attempt was stored twice: look for a proxy or a client that repeats a request by itself.",
	verify.OffsetHonest:         "An acknowledged offset holds another message: the log was cut back and written anew. Look for a truncation in the broker's log after its restart.",
	verify.OffsetUnique:         "One offset was given to two messages: look for a restart with a torn consume queue, or for two masters of one group at a time.",
	verify.OffsetMonotone:       "A queue's end went back: look for a truncation or an empty store in the broker's log after its restart.",
	verify.PayloadIntact:        "A body's checksum is wrong: keep the volume as it is, and look at the disk and at the recovery lines in the broker's log.",
	verify.QueueOrder:           "Look at the two messages' times in the evidence and for a change of master between them.",
	verify.KeyOrder:             "Look for a change of the number of queues or of the queue's owner between the two deliveries.",
	verify.ReplicasAgree:        "Master and slave differ: keep both volumes, and compare the logs of both at the offset that the evidence names.",
	verify.ConsumersCatchUp:     "A consumer still had a backlog after the drain: look at the consumer's log and at the group's offsets.",
	verify.NoDeliverySkip:       "A consumer passed over a message that exists: look for a reset or a lost commit of its offset.",
	verify.DeliveredAtLeastOnce: "A message that was acknowledged never reached its consumer: first see whether the scan found it (no-acked-loss).",
	verify.DuplicatesAtMost:     "More redeliveries than allowed: look for rebalances and for commits that were not stored before a broker went.",
	verify.ResumesWithin:        "Service came back too late: the strip of each broker group shows whether the broker or the client was slow. Look at the pod's restart, its probes and its registration.",
	verify.AvailabilityAtLeast:  "The outages in the table below add up to more than the objective allows.",
}

// settle says what would turn an inconclusive claim into a decided one.
var settle = map[string]string{
	verify.FaultConfirmed: "The fault was not seen to hold on its target. See the span in the timeline and the injector's error; without a fault there is nothing to survive.",
	verify.EnoughTraffic:  "Too few sends were acknowledged in a span. See whether the cluster was healthy before the fault, and lengthen the span or raise the rate.",
}

const settleElse = "Its reason above names what was missing. Run it again once that is mended."

// next lists what to do now, for a person who has just read that an experiment was not valid.
func (e Experiment) next() []string {
	if e.Verdict() == verify.Valid {
		return nil
	}
	var steps []string
	if e.Error != "" {
		steps = append(steps, "The experiment itself did not go as planned; begin with its error above.")
	}
	for _, c := range e.Report.Claims {
		if step := stepFor(c); step != "" {
			steps = append(steps, c.ID+": "+step)
		}
	}
	if e.History != "" {
		steps = append(steps, "Open "+TimelineFile+" and zoom to the fault.")
	}
	if len(e.Meta.Evidence) > 0 {
		steps = append(steps, "Read the evidence kept beside this report: "+strings.Join(e.Meta.Evidence, ", ")+".")
	}
	if e.History != "" {
		steps = append(steps, "Judge the saved history again, offline: rmqproof judge "+filepath.Base(e.History)+".")
	}
	return steps
}

func stepFor(c verify.Claim) string {
	switch c.Verdict {
	case verify.Valid:
		return ""
	case verify.Violated:
		return look[c.ID]
	}
	if s := settle[c.ID]; s != "" {
		return s
	}
	return settleElse
}
