package facts

import (
	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// Watcher takes the records of the first reading that compares, so that what it needs of them costs no reading of its own.
type Watcher interface {
	// Expect tells what is known to be missing before that reading: messages, by their ids, and the places of
	// acknowledgements at which nothing was found. There is no telling yet which lies where.
	Expect(missing []ID, places []Location)
	Take(r history.Record)
	// Done tells that the reading is over. No reading is begun where nothing has to be compared.
	Done()
}

// maxPlaces bounds the places of which a watcher is told.
const maxPlaces = 1 << 10

// expect tells the watcher what is missing.
func (q *comparison) expect() {
	w := q.options.Watcher
	if w == nil || len(q.wanted.missing) == 0 {
		return
	}
	if places, all := q.emptyPlaces(); all {
		w.Expect(q.wanted.missing, places)
		q.wanted.watcher = w
	}
}

// emptyPlaces lists the places that were acknowledged and are empty on a master, unless they are too many.
func (q *comparison) emptyPlaces() (out []Location, all bool) {
	for _, x := range q.sorted {
		m := x.master()
		if m == nil {
			continue
		}
		for no, acks := range x.acks.pages.All() {
			left := acks.set.Words()
			if found := m.found.pages.Page(no); found != nil {
				left = acks.set.Minus(&found.set)
			}
			for bit := range sets.Ones(left) {
				if len(out) == maxPlaces {
					return nil, false
				}
				out = append(out, Location{x.QueueID, int64(no<<sets.PageShift) + int64(bit)})
			}
		}
	}
	return out, true
}
