package facts

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/availability"
)

// Facts are what the histories of one run say.
type Facts struct {
	Options Options
	Totals
	Announced Announced // what the run lines say
	Notes     []string  // what a reader should know of the histories themselves
	Copies    int       // on how many replicas an acknowledged message was promised to lie, 0 where not promised
	Ordered   []string  // topics that the run lines name as ordered

	Lost       Tally // acknowledged and found nowhere
	NeverSent  Tally // found or delivered, and never sent
	Refused    Tally // found or delivered, and refused before the append
	Duplicated Tally // attempts at two offsets
	Damaged    Tally // messages found whose checksum is wrong
	Dishonest  Tally // acknowledged offsets that hold another message
	Shared     Tally // offsets that hold two messages
	EndsBack   Tally // queue ends that went back
	Vanished   Tally // offsets below the end that were delivered, not acknowledged, and hold nothing
	SendsBack  Tally // sends that were given a lower offset than one that had ended when they began
	OutOfOrder Tally // sends that lie before one that had ended when they began
	Diverged   Tally // offsets at which a slave differs from its master
	Beyond     Tally // slaves that reach beyond their master
	TooFew     Tally // acknowledged messages on fewer replicas than promised

	Delayed    Fates // of delayed messages
	Transacted Fates // of messages in transactions

	Undecided    int64 // acknowledged and missing, where no complete scan looked after the acknowledgement
	Corrupt      int64 // acknowledged, and damaged where they should be
	Unplaced     int64 // acknowledgements that named no broker group or no offset
	AckedOffsets int64 // offsets that acknowledgements named
	Keys         Keys
	Consumers    []Consumer
	SlaveScanned bool
	Changes      []history.Change // what servers said of mastership
	States       []history.State  // what brokers kept beside messages

	Times        *availability.Times
	Availability availability.Report
	Watched      availability.Watches

	c       *comparison
	sources []*source
}

// Keys is what was seen of ordered topics.
type Keys struct {
	Seen       int64 // keys with an acknowledged message
	Deliveries int64 // offsets of ordered topics that were delivered, over all groups
	Disorder   Tally // first deliveries after a later message of the same key
	Late       bool  // a topic was named as ordered after sends had been recorded
	Truncated  bool  // not all could be compared
}

// Of reads the histories of one run, in whatever order they are given. An error means that one cannot be read, or
// that a Defect stopped the reading.
func Of(readers []history.Reader, o Options) (f *Facts, err error) {
	defer Catch(&err)
	if len(readers) == 0 {
		return nil, errors.New("there is no history to judge")
	}
	sources := make([]*source, len(readers))
	for i, r := range readers {
		sources[i] = &source{reader: r}
	}
	p, err := readAll(sources, o)
	if err != nil {
		return nil, err
	}
	return p.facts(sources)
}

// readAll makes the first pass over the histories, side by side, and merges what they say.
func readAll(sources []*source, o Options) (*firstPass, error) {
	ordered, err := readFirstLines(sources)
	if err != nil {
		return nil, err
	}
	parts, errs := make([]*firstPass, len(sources)), make([]error, len(sources))
	var wg sync.WaitGroup
	room := make(chan struct{}, 4) // histories read at once
	for i, s := range sources {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			defer Catch(&errs[i])
			parts[i], errs[i] = s.firstPass(o, ordered)
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for _, x := range parts[1:] {
		parts[0].merge(x)
	}
	return parts[0], nil
}

// facts compares what the first pass could not clear, and says what is true.
func (p *firstPass) facts(sources []*source) (*Facts, error) {
	q, err := p.compare(sources)
	if err != nil {
		return nil, err
	}
	f := &Facts{
		Options: p.options, Totals: q.totals, Announced: p.announced, Copies: p.announced.Copies, Ordered: sortedKeys(p.ordered),
		Lost: q.lost, NeverSent: q.neverSent, Refused: q.refused, Duplicated: q.duplicated, Damaged: q.damage,
		Dishonest: q.dishonest, Shared: q.clashing, EndsBack: q.endsBack, Vanished: q.vanished, SendsBack: q.inOffsets, OutOfOrder: q.inLog,
		Diverged: q.diverged, Beyond: q.beyond, TooFew: q.tooFew,
		Undecided: q.undecided, Corrupt: int64(len(q.corrupt)), Unplaced: p.unplaced, AckedOffsets: q.ackedOffsets(),
		Keys: q.keysSeen(), Consumers: q.consumers(), SlaveScanned: q.slavesScanned, Changes: p.changes, States: p.states,
		Delayed: q.delayed, Transacted: q.transacted, Times: p.times, c: q, sources: sources,
	}
	f.Notes = q.remarks()
	f.Watched.Queues = func(func(availability.Watch) bool) {} // none, where time is left out
	if !p.options.MessagesOnly {
		t := f.Totals
		f.Watched = p.times.Report(p.options.Stable, availability.Sends{
			Sends: t.Attempted, OK: t.Acked, Failed: t.Failed, Unknown: t.Attempted - t.Acked - t.Failed}, q.series())
		f.Availability = f.Watched.Report
	}
	return f, nil
}

// series lists the queues that were sent to, with their attempts over time. One that was only sent what must fail serves nobody.
func (q *comparison) series() (out []availability.Queue) {
	out = make([]availability.Queue, 0, len(q.sorted))
	for _, x := range q.sorted {
		if (acknowledged(x) || x.sent && x.service.Any()) && !x.internal {
			out = append(out, availability.Queue{Group: x.Broker, Name: x, Series: &x.service})
		}
	}
	return out
}

func (q *comparison) ackedOffsets() (n int64) {
	for _, x := range q.sorted {
		n += x.acks.count
	}
	return n
}

// Each reads all histories again, without the scans that a later one replaces. A record is valid until the next.
func (f *Facts) Each(do func(history.Record)) error { return f.c.each(do) }

// Acknowledgements gives every send that acknowledged a message of Lost.Named, in the order of the histories.
func (f *Facts) Acknowledgements(do func(*history.Send)) {
	lost := map[ID]bool{}
	for _, m := range f.Lost.Named {
		lost[m] = true
	}
	for _, s := range f.c.wanted.sends {
		if lost[ID{s.Producer, s.Seq}] {
			do(s)
		}
	}
}

// FoundAsAcked reports whether a send was acknowledged, a complete scan of its queue's master ended after that, and
// a master's scan found the message.
func (f *Facts) FoundAsAcked(s *history.Send) bool {
	m := ID{s.Producer, s.Seq}
	x := f.c.queues.of(QueueID{s.Topic, s.Broker, s.Queue})
	return s.Outcome == history.OK && f.c.scannedAfter(s) && (x == nil || x.contradicted == nil) && !f.c.belowFront(s) && f.c.ids.at(m).master.Has(bitOf(m))
}

// remarks are what a reader should know of the histories.
func (q *comparison) remarks() []string {
	notes := slices.Clone(q.notes)
	note := func(n int64, what string) {
		if n > 0 {
			notes = append(notes, fmt.Sprintf("%d %s", n, what))
		}
	}
	if q.runs == 0 {
		notes = append(notes, "the history has no run line")
	}
	note(q.times.Backward(), "operations ended before they began: the clock cannot be trusted")
	if q.times.Wide() {
		notes = append(notes, "the times spread further than can be counted: the clock cannot be trusted")
	}
	note(q.totals.Twice, "sends are recorded more than once")
	note(q.unplaced, "acknowledgements named no broker or no offset")
	return notes
}
