package verify

import (
	"maps"
	"slices"

	"github.com/rmqproof/rmqproof/verify/claims"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// The claims that these tests speak of.
const (
	NoAckedLoss          = "no-acked-loss"
	NoUnexpected         = "no-unexpected"
	NoLogDuplicate       = "no-log-duplicate"
	FiresOnce            = "fires-once"
	CommitsOnce          = "commits-once"
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

// named parses claims.
func named(texts ...string) []Claim {
	l, err := claims.ParseAll(texts)
	if err != nil {
		panic(err)
	}
	return l
}

// message is the id of a send.
func message(producer uint32, seq uint64) facts.ID { return facts.ID{Producer: producer, Seq: seq} }

type queueID = facts.QueueID

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
