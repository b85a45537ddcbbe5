package verify

// The claims. These ids are stable.
const (
	NoAckedLoss          = "no-acked-loss"
	NoUnexpected         = "no-unexpected"
	NoLogDuplicate       = "no-log-duplicate"
	OffsetHonest         = "offset-honest"
	OffsetUnique         = "offset-unique"
	OffsetMonotone       = "offset-monotone"
	PayloadIntact        = "payload-intact"
	QueueOrder           = "queue-order"
	KeyOrder             = "key-order"
	ReplicasAgree        = "replicas-agree"
	ConsumersCatchUp     = "consumers-catch-up"
	NoDeliverySkip       = "no-delivery-skip"
	DeliveredAtLeastOnce = "delivered-at-least-once"
	DuplicatesAtMost     = "duplicates-at-most"
	EnoughTraffic        = "enough-traffic"
	FaultConfirmed       = "fault-confirmed"
	ResumesWithin        = "resumes-within"
	AvailabilityAtLeast  = "availability-at-least"
)

// Definition explains a claim.
type Definition struct {
	ID           string `json:"claim"`
	Means        string `json:"means"`        // in one sentence
	Guarantee    string `json:"guarantee"`    // of RocketMQ, that it stands on
	Inconclusive string `json:"inconclusive"` // when neither valid nor violated can be said
}

// Define explains the claim with this id.
func Define(id string) (Definition, bool) {
	for _, d := range definitions {
		if d.ID == id {
			return d, true
		}
	}
	return Definition{}, false
}

// IDs lists the claims in the order in which they are judged and shown.
func IDs() []string {
	ids := make([]string, len(definitions))
	for i, d := range definitions {
		ids[i] = d.ID
	}
	return ids
}

const (
	needsScan   = "no message was acknowledged, a queue that acknowledged has no complete final scan on its master, the history records one send twice, or its tail is torn"
	noWholeScan = "no scan found a message, or a queue that acknowledged has no complete final scan on its master"
	needsSends  = "no message was acknowledged, the history records one send twice, or its clock runs backwards"
	needsGroups = "no delivery was recorded, or a queue has no complete final scan on its master"
)

var definitions = []Definition{
	{NoAckedLoss,
		"Every message that was acknowledged with SEND_OK is found by the final scan of the masters, intact or damaged.",
		"SEND_OK is given after the append to the commit log and, with SYNC_FLUSH and inSyncReplicas=2, after the flush and the copy on a slave; FLUSH_DISK_TIMEOUT and FLUSH_SLAVE_TIMEOUT promise less and count as unknown.",
		needsScan},
	{NoUnexpected,
		"Nothing is found or delivered that was never sent, and no send that was refused before the append is found.",
		"A broker makes up no messages, and the refusals that the workload books as failed are given before the append.",
		noWholeScan + ", or a history's tail is torn so that sends may be missing"},
	{NoLogDuplicate,
		"No send attempt lies at two offsets of the masters' logs.",
		"A broker appends one request once; a client's retry is a new attempt with an id of its own.",
		noWholeScan + ", or the history records one send twice"},
	{OffsetHonest,
		"The offset that an acknowledgement named holds that very message, and no other.",
		"The queue offset in the answer is the one that the message was given in its consume queue.",
		needsScan + ", or no scan found a message"},
	{OffsetUnique,
		"No offset of a queue holds two messages, be it by acknowledgements, by the masters' scans or by deliveries.",
		"An offset is given to one message only, before and after a restart or a change of master.",
		"no message was acknowledged, or the history records one send twice"},
	{OffsetMonotone,
		"A queue's end never goes back, and of one producer's sends to a queue that do not overlap in time the later has the higher offset.",
		"A consume queue only grows at its end; offsets are given in the order of the appends.",
		needsSends},
	{PayloadIntact,
		"Every message found has the body that was sent, by its checksum.",
		"The commit log keeps a CRC of each body, and replication copies bytes.",
		noWholeScan},
	{QueueOrder,
		"Acknowledged sends of one producer to one queue that do not overlap in time lie in the log in that order.",
		"Messages of a queue are stored in the order in which the broker took them.",
		needsScan + ", its clock runs backwards, or no scan found a message"},
	{KeyOrder,
		"For topics named as ordered, each consumer group first sees one producer's messages of a key in the order in which they were sent; a message may be delivered again at any time.",
		"Messages of one sharding key go to one queue, and an orderly listener gets a queue's messages one after the other.",
		"no ordered topic is named, or no delivery of one was recorded, or its clock runs backwards"},
	{ReplicasAgree,
		"Master and slaves hold the same message at the same offset up to the slave's end, no slave reaches beyond its master, and where copies are promised no acknowledged message lies on fewer replicas.",
		"A slave's log is a copy of its master's bytes; with inSyncReplicas=n an acknowledgement waits until n replicas have the message.",
		"no slave was scanned, or a scan is incomplete"},
	{ConsumersCatchUp,
		"After the drain every consumer group has been given the last message of every queue of its topics.",
		"A subscribed group is served every queue of a topic until it has no backlog.",
		needsGroups},
	{NoDeliverySkip,
		"No consumer group was given a later message of a queue while an earlier one that is found there was never given to it.",
		"A consumer pulls a queue in the order of its offsets and commits only what was consumed.",
		needsGroups},
	{DeliveredAtLeastOnce,
		"Every acknowledged message was delivered to every consumer group of its topic at least once.",
		"Delivery is at least once: a message is redelivered until its consumption is acknowledged.",
		needsGroups + ", or a group had not caught up"},
	{DuplicatesAtMost,
		"No consumer group saw more redeliveries than the budget allows.",
		"Redelivery is legal, after a rebalance or a lost commit; how much of it is bearable is the user's figure.",
		"no delivery was recorded, or no budget was given"},
	{EnoughTraffic,
		"Each span, before, during and after the fault, holds enough acknowledgements to say anything.",
		"None: it is a check of the experiment, never violated.",
		"a span holds fewer acknowledgements than asked for, or there is no span and none at all"},
	{FaultConfirmed,
		"Each fault was seen to hold on its target.",
		"None: it is a check of the experiment, never violated.",
		"there is no fault, or one was not confirmed"},
	{ResumesWithin,
		"From the start of each fault, acknowledgements are stable again within the budget: from then on no pause is longer than 1 s for 5 s, or until the sends end.",
		"Producers leave out a broker group that does not answer and take its queues back when it serves again; a group serves as soon as its master is registered.",
		"there is no fault, one was not confirmed, there were no sends before it, or the sends ended within the budget before they were stable"},
	{AvailabilityAtLeast,
		"Over the whole run each broker group served at least the share of time that was asked for, by its probes.",
		"None: the share is the user's objective.",
		"there are no probes, or no share was given"},
}
