package facts

import (
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// Fates are what became of the messages that a broker keeps apart first: delayed ones, or those in transactions.
type Fates struct {
	Sent, Acked, Withdrawn int64           // attempts; those that have to come; those that were rolled back
	Missing                Tally           // acknowledged, and never came
	Twice                  Tally           // came to their topic twice
	Early                  Tally           // were given to a consumer before they were due
	Revived                Tally           // were rolled back, and came nevertheless
	Undecided              int64           // acknowledged and missing, where no scan looked late enough
	Late                   []time.Duration // how much later than due each was first given to a consumer, ascending
	Truncated              bool            // there are more than are looked at
}

// Precision of timed messages: timerPrecisionMs is 1 s by default, and brokers round a message's time down to it.
const timerPrecision = time.Second

// fate is what the histories say of one message.
type fate struct {
	send  *history.Send
	lies  []Location // on masters, each once
	given bool
	first time.Duration // when a consumer was first given it
	at    Location      // and where it lay
}

// isApart notes a topic to which messages come later.
func (p *firstPass) isApart(topic string) {
	if p.apartIn == nil {
		p.apartIn = map[string]bool{}
	}
	p.apartIn[topic] = true
}

// followApart reads the histories again for the messages that were kept apart, of which there are few: what is said of
// them stands in no order.
func (q *comparison) followApart() error {
	if q.apart == 0 {
		return nil
	}
	q.fates = map[ID]*fate{}
	if err := q.each(func(r history.Record) { q.follow(r) }); err != nil {
		return err
	}
	q.noteOvertaking()
	return nil
}

// compareApart judges what became of each.
func (q *comparison) compareApart() error {
	for _, m := range sortedIDs(q.fates) {
		if f := q.fates[m]; f.send != nil {
			q.judgeFate(m, f)
		}
	}
	for _, f := range []*Fates{&q.delayed, &q.transacted} {
		slices.Sort(f.Late)
		f.Truncated = q.apart > int64(q.options.Bounds.IDs)
	}
	return nil
}

// fateOf is where a record is booked that is about a message: nowhere where that was not kept apart. The others of its topic are
// many, and would leave no room.
func (q *comparison) fateOf(m ID) *fate {
	switch f := q.fates[m]; {
	case f != nil:
		return f
	case !q.ids.at(m).apart.Has(bitOf(m)) || len(q.fates) >= q.options.Bounds.IDs:
		return &fate{}
	}
	q.fates[m] = &fate{}
	return q.fates[m]
}

// follow books a record with the message that it is about.
func (q *comparison) follow(r history.Record) {
	switch r := r.(type) {
	case *history.Send:
		if r.KeptApart() {
			c := *r
			c.Extra, q.fateOf(ID{r.Producer, r.Seq}).send = nil, &c
		}
	case *history.Found:
		if q.apartIn[r.Topic] && r.Intact && q.onMaster(r) {
			q.fateOf(ID{r.Producer, r.Seq}).lie(Location{QueueID{r.Topic, r.Broker, r.Queue}, r.Offset})
		}
	case *history.Deliver:
		if q.apartIn[r.Topic] && !r.Damaged {
			q.fateOf(DeliveredID(r)).giveAt(r.Start, Location{QueueID{r.Topic, r.Broker, r.Queue}, r.Offset})
		}
	}
}

func (f *fate) lie(at Location) {
	if len(f.lies) < maxLocations && !slices.Contains(f.lies, at) {
		f.lies = append(f.lies, at)
	}
}

func (f *fate) came() bool { return len(f.lies) > 0 || f.given }

func (f *fate) giveAt(t time.Duration, at Location) {
	if !f.given || t < f.first {
		f.given, f.first, f.at = true, t, at
	}
}

func (q *comparison) judgeFate(m ID, f *fate) {
	to := &q.transacted
	if f.send.Delayed() {
		to = &q.delayed
	}
	to.Sent++
	if f.send.Type == history.Rollback {
		to.Withdrawn++
	} else if f.send.Outcome == history.OK {
		to.Acked++
	}
	against := func(t *Tally, what string) {
		t.Name(m)
		q.add(t, func() Violation {
			at := QueueID{f.send.Topic, f.send.Broker, f.send.Queue}
			return Violation{Summary: fmt.Sprintf("%s, sent %s to %s (%s), %s", m, Seconds(f.send.Start), at, f.send.Type, what), Message: &m, Queue: &at, At: &f.send.Start}
		})
	}
	switch {
	case f.send.Type == history.Rollback && f.came():
		against(&to.Revived, "was rolled back, and came to its topic nevertheless")
	case f.send.Type != history.Rollback && f.send.Outcome == history.OK && !f.came():
		if q.damage.Count > 0 || !q.scannedAfter(f.send) || q.mayCome(f.send) {
			to.Undecided++
			return
		}
		against(&to.Missing, "never came to its topic"+q.during(max(f.send.Start, f.send.Due)))
	case len(f.lies) > 1:
		against(&to.Twice, fmt.Sprintf("came to its topic %d times, first as %s offset %d", len(f.lies), f.lies[0].QueueID, f.lies[0].Offset))
	}
	q.judgeLateness(to, f, against)
}

// judgeLateness compares when a consumer was first given a message with when it was due.
func (q *comparison) judgeLateness(to *Fates, f *fate, against func(*Tally, string)) {
	if !f.given || f.send.Due == 0 {
		return
	}
	late, tolerated := f.first-f.send.Due, time.Duration(0)
	if f.send.Type == history.Timer {
		tolerated = timerPrecision
	}
	if late < -tolerated {
		against(&to.Early, fmt.Sprintf("was given to a consumer %s before it was due", Seconds(-late)))
		return
	}
	to.Late = append(to.Late, max(0, late))
}
