package facts

import (
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// comparison compares one by one what the first pass could not clear.
type comparison struct {
	*firstPass
	sources  []*source
	sorted   []*queue
	totals   Totals
	groups   map[string]*groupState
	compared map[pageAt]bool
	wanted   *wanted

	clashing                   Tally          // offsets that hold two messages
	dishonest                  Tally          // acknowledged offsets that hold another message
	misplaced                  map[ID]QueueID // messages that lie elsewhere than they were acknowledged, by where that was
	corrupt                    map[ID]bool    // acknowledged, and damaged where they should be
	absentHere                 int64          // acknowledged at a compared page, and on no master
	duplicated                 Tally          // attempts at two offsets
	duplicatedOrders           []orderAt      // the send orders of these: they may lie in the log in another order than they were acknowledged
	lost                       Tally          // acknowledged and found nowhere
	undecided                  int64          // of those missing, how many may lie where no scan looked
	diverged                   Tally          // offsets at which a slave differs from its master
	inOffsets                  Tally          // inversions by acknowledged offset
	inLog                      Tally          // inversions by where the messages lie
	renumbered                 int64          // sends that ended before one with a lower number began
	misdelivered               bool           // a message was delivered from an offset at which no other witness names it
	disorders                  []disorder     // deliveries against the order of their key
	truncated                  bool           // not all could be compared
	endsBack                   Tally          // queue ends that went back
	vanished                   Tally          // offsets that were delivered and hold nothing
	damage                     Tally          // damaged messages
	neverSent, refused         Tally          // seen, and never sent or refused
	beyond                     Tally          // slaves that reach beyond their master
	tooFew                     Tally          // acknowledged messages on fewer replicas than promised
	belowLowest, lostDelivered int64          // of the lost
	passedOver                 int64          // of the lost: the scan says that the broker passed over their places
	expired                    int64          // acknowledged, and deleted with the front of the log
	delayed, transacted        Fates
	fates                      map[ID]*fate            // of messages that were kept apart first
	reached                    map[order]time.Duration // the latest time that a broker has come to, as what came was due
	slavesScanned              bool
	unreadReplica              string // which replica has no complete scan
	keysTruncated              bool   // not all could be compared of the order by key

	oldest map[string]time.Duration // by broker group, when the first message was acknowledged that its master still holds
}

// compare compares all that is suspect.
func (p *firstPass) compare(sources []*source) (*comparison, error) {
	q := &comparison{firstPass: p, sources: sources, totals: p.ids.totals(), groups: map[string]*groupState{},
		compared: map[pageAt]bool{}, misplaced: map[ID]QueueID{}, corrupt: map[ID]bool{}, oldest: map[string]time.Duration{}}
	q.sorted = make([]*queue, 0, p.queues.len())
	for x := range p.queues.all() {
		q.sorted = append(q.sorted, x)
	}
	slices.SortFunc(q.sorted, func(a, b *queue) int { return CompareQueues(a.QueueID, b.QueueID) })
	q.findContradictions()
	q.subscribe()
	for _, step := range []func() error{q.followApart, q.askForSuspects, q.comparePages, q.compareDeliveries, q.compareMissing, q.compareOrders, q.compareKeys,
		q.compareReplicas, q.compareEnds, q.compareVanished, q.compareUnexpected, q.compareApart} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// each reads all histories again.
func (q *comparison) each(f func(history.Record)) error {
	for _, s := range q.sources {
		if err := s.each(f); err != nil {
			return fmt.Errorf("reading the history again: %w", err)
		}
	}
	return nil
}

// add counts an operation against a Tally.
func (q *comparison) add(t *Tally, e func() Violation) { t.Add(q.options.Evidence, e) }
