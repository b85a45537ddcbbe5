package claims

import (
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// NoTruncation claims that no election costs a message that a former master acknowledged.
func NoTruncation() Claim { return noTruncation }

var noTruncation = listBare(Replicas, "no-truncation", Doc{
	Means:        "Every message that a broker group's former master acknowledged is in the log of the one that was elected after it.",
	Guarantee:    "With allAckInSyncStateSet every replica that can be elected has each acknowledged message; a replica that joins a new master cuts off only what that one lacks, which nobody acknowledged.",
	Inconclusive: "no master was replaced, whether a message is lost is not known, or a lost one was acknowledged within two seconds of the election, by either",
	NextStep:     "The elected master lacked what the former one had acknowledged: compare both logs' ends in the brokers' logs at the election, and allAckInSyncStateSet, minInSyncReplicas and enableElectUncleanMaster with what was promised.",
}, func(f *Facts) bool { return elected(masterships(f.Changes)) > 0 }, judgeNoTruncation)

// between is how long before it was first heard of a master may have been one: servers are asked once a second.
const between = 2 * time.Second

func judgeNoTruncation(f *Facts) Finding {
	all := masterships(f.Changes)
	c := cut{f: f, of: map[string]mastership{}}
	for _, m := range all {
		c.of[m.group] = m
	}
	if elected(all) > 0 {
		f.Acknowledgements(c.take)
	}
	return conclude(c.t, fmt.Sprintf("%d messages of former masters are lost", c.t.Count),
		first(when(elected(all) == 0, "no master was replaced"), f.NoAcks(), f.BadClock(), f.RecordedTwice(), f.Unscanned(), f.UndecidedAcks(), f.TornTail(), f.GapInIDs(), c.doubt()),
		fmt.Sprintf("nothing is lost that a former master acknowledged, over %d elections", elected(all))).
		unless(f.BadClock(), f.RecordedTwice()).
		counted(map[string]int64{"elections": elected(all), "cut_off": c.t.Count, "of_either_master": c.either})
}

func elected(all []mastership) (n int64) {
	for _, m := range all {
		n += int64(len(m.elections()))
	}
	return n
}

// cut finds the lost messages that a former master acknowledged.
type cut struct {
	f      *Facts
	of     map[string]mastership
	t      facts.Tally
	either int64
}

func (c *cut) take(s *history.Send) {
	m := c.of[s.Broker]
	for i, next := range m.elections() {
		switch {
		case s.End < next.first-between:
			c.add(*s, m.reigns[i], next)
			return
		case s.Start <= next.first:
			c.either++
			return
		}
	}
}

func (c *cut) add(s history.Send, former, next reign) {
	m := facts.ID{Producer: s.Producer, Seq: s.Seq}
	c.t.Name(m)
	c.t.Add(c.f.Options.Evidence, func() facts.Violation {
		return facts.Violation{Message: &m, At: &s.Start, Queue: &facts.QueueID{Topic: s.Topic, Broker: s.Broker, Number: s.Queue}, Offset: s.Offset,
			Summary: fmt.Sprintf("%s was acknowledged at %s as offset %d by %s at epoch %d, and is not in the log of %s, master at epoch %d from %s on",
				m, facts.Seconds(s.End), s.Offset, former.process, former.epoch, next.process, next.epoch, facts.Seconds(next.first))}
	})
}

func (c *cut) doubt() string {
	return when(c.either > 0, fmt.Sprintf("%d lost messages were acknowledged within %s of an election: by which of the two masters is not known", c.either, between))
}
