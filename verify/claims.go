package verify

import "fmt"

// checkers judge the claims, each from what the inquiry found.
var checkers = map[string]func(*inquiry, *Availability) finding{
	NoAckedLoss:          (*inquiry).noAckedLoss,
	NoUnexpected:         (*inquiry).noUnexpected,
	NoLogDuplicate:       (*inquiry).noLogDuplicate,
	OffsetHonest:         (*inquiry).offsetHonest,
	OffsetUnique:         (*inquiry).offsetUnique,
	OffsetMonotone:       (*inquiry).offsetMonotone,
	PayloadIntact:        (*inquiry).payloadIntact,
	QueueOrder:           (*inquiry).queueOrder,
	KeyOrder:             (*inquiry).keyOrder,
	ReplicasAgree:        (*inquiry).replicasAgree,
	ConsumersCatchUp:     (*inquiry).consumersCatchUp,
	NoDeliverySkip:       (*inquiry).noDeliverySkip,
	DeliveredAtLeastOnce: (*inquiry).deliveredAtLeastOnce,
	DuplicatesAtMost:     (*inquiry).duplicatesAtMost,
	EnoughTraffic:        (*inquiry).enoughTraffic,
	FaultConfirmed:       (*inquiry).faultConfirmed,
	ResumesWithin:        (*inquiry).resumesWithin,
	AvailabilityAtLeast:  (*inquiry).availabilityAtLeast,
}

func (q *inquiry) judge(id string, a *Availability) finding { return checkers[id](q, a) }

// conclude gives the verdict: violated where anything speaks against the claim, inconclusive where a reason
// against concluding stands, else valid.
func conclude(t tally, against, doubt, sound string) finding {
	f := finding{verdict: Valid, why: sound, shown: t.shown, named: t.named}
	switch {
	case t.count > 0:
		f.verdict, f.why = Violated, against
		if len(t.shown) > 0 {
			f.why += "; first: " + t.shown[0].summary
		}
	case doubt != "":
		f.verdict, f.why = Inconclusive, doubt
	}
	return f
}

// unless makes a violation inconclusive where the history itself cannot be trusted in what it stands on.
func (f finding) unless(distrust ...string) finding {
	if why := first(distrust...); why != "" && f.verdict == Violated {
		f.verdict, f.why = Inconclusive, why+"; else it would be violated: "+f.why
	}
	return f
}

// first is the first reason that is one.
func first(reasons ...string) string {
	for _, r := range reasons {
		if r != "" {
			return r
		}
	}
	return ""
}

func when(doubt bool, reason string) string {
	if doubt {
		return reason
	}
	return ""
}

// Reasons against concluding.
func (q *inquiry) noAcks() string {
	return when(q.totals.acked == 0, "no message was acknowledged, so nothing was promised")
}

func (q *inquiry) noFound() string {
	return when(q.totals.found == 0 && q.broken() == 0, "no scan found a message")
}

func (q *inquiry) recordedTwice() string {
	return when(q.totals.twice > 0, fmt.Sprintf("the history records %d sends more than once, so ids tell nothing", q.totals.twice))
}

func (q *inquiry) unscanned() string {
	lack, ok := q.complete(acknowledged)
	return when(!ok, lack)
}

func (q *inquiry) tornTail() string {
	return when(q.torn, "a history's tail is torn, so that records may be missing")
}

func (q *inquiry) tooMany() string {
	return when(q.open, "more messages are in question than could be compared one by one")
}

func (q *inquiry) badClock() string {
	return when(q.times.backward > 0 || q.times.wide, "the history's clock cannot be trusted")
}

func (q *inquiry) broken() (n int64) {
	for _, x := range q.sorted {
		for _, r := range x.replicas {
			n += r.broken
		}
	}
	return n
}

// of writes "3 of 4812".
func of(n, all int64) string { return fmt.Sprintf("%d of %d", n, all) }
