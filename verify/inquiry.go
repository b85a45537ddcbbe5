package verify

import (
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/history"
)

// The size of one round of comparing, which bounds its memory, and how many rounds are made at most: what is
// still open after them makes the claims concerned inconclusive, never valid.
// They are variables for the tests' sake.
var (
	pagesPerRound       = 1024
	idsPerRound         = 1 << 20
	stepsPerRound int64 = 1 << 21
	maxRounds           = 64
)

// inquiry compares one by one what the screen could not clear.
type inquiry struct {
	*partial
	sources  []*source
	sorted   []*queue
	totals   sendTotals
	groups   map[string]*groupState
	compared map[pageAt]bool

	clashing  tally        // offsets that hold two messages
	dishonest tally        // acknowledged offsets that hold another message
	moved     map[id]place // messages that lie elsewhere than they were acknowledged, by where that was
	harmed    map[id]bool  // acknowledged, and damaged where they should be
	lostHere  int64        // acknowledged at a compared page, and on no master
	doubles   tally        // attempts at two offsets
	doubled   []laneAt     // the lanes of these: they may lie in the log in another order than they were acknowledged
	lost      tally        // acknowledged and found nowhere
	undecided int64        // of those missing, how many may lie where no scan looked
	diverged  tally        // offsets at which a slave differs from its master
	inOffsets tally        // inversions by acknowledged offset
	inLog     tally        // inversions by where the messages lie
	astray    bool         // a message was delivered from an offset at which no other witness names it
	disorders []disorder   // deliveries against the order of their key
	open      bool         // not all could be compared
	keysOpen  bool         // not all could be compared of the order by key
}

// inquire compares all that is suspect.
func (p *partial) inquire(sources []*source) (*inquiry, error) {
	q := &inquiry{partial: p, sources: sources, totals: p.ids.totals(), groups: map[string]*groupState{},
		compared: map[pageAt]bool{}, moved: map[id]place{}, harmed: map[id]bool{}}
	for _, x := range p.queues.all {
		q.sorted = append(q.sorted, x)
	}
	slices.SortFunc(q.sorted, func(a, b *queue) int { return comparePlaces(a.place, b.place) })
	q.subscribe()
	for _, step := range []func() error{q.comparePages, q.compareDeliveries, q.compareIDs, q.compareLanes, q.compareKeys} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// each reads all histories again.
func (q *inquiry) each(f func(history.Record)) error {
	for _, s := range q.sources {
		if err := s.each(f); err != nil {
			return fmt.Errorf("reading the history again: %w", err)
		}
	}
	return nil
}

// add counts an operation against a tally.
func (q *inquiry) add(t *tally, e func() exhibit) { t.add(q.options.Evidence, e) }

// complete reports whether every queue in want has a complete final scan on its master; if not, which lacks one.
func (q *inquiry) complete(want func(*queue) bool) (string, bool) {
	for _, x := range q.sorted {
		if want(x) && !x.master().complete() {
			return x.String() + ": " + x.lack(), false
		}
	}
	return "", true
}

// lack says what a queue's scan lacks.
func (x *queue) lack() string {
	switch m := x.master(); {
	case m == nil || !m.touched():
		return "its master was not scanned"
	case m.mixed:
		return "its master was scanned in more than one history"
	case m.open || len(m.scans) == 0:
		return "the scan of its master did not end"
	}
	return "the scan of its master is not complete"
}

// acknowledged reports whether a queue acknowledged anything.
func acknowledged(x *queue) bool { return x.acks.count > 0 }
