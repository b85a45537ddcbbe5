package facts

import (
	"cmp"

	"github.com/rmqproof/rmqproof/history"
)

// wanted are the messages of which all is gathered while the histories are read again.
type wanted struct {
	missing, doubles []ID
	about            map[ID]*sighting
	filter           Filter
	open             bool            // some have not been looked for yet
	sends            []*history.Send // every acknowledgement of them, in the order of the last reading that looked for them
	watcher          Watcher         // of the next such reading, if any
}

func (w *wanted) want(ids ...ID) {
	for _, m := range ids {
		if w.about[m] == nil {
			w.about[m], w.open = &sighting{given: map[string]bool{}}, true
			w.filter.Add(m.Hash())
		}
	}
}

// askForSuspects notes what is known to be missing or found twice before anything is compared: the first reading that
// compares pages then looks for it as well.
func (q *comparison) askForSuspects() error {
	q.wanted = &wanted{about: map[ID]*sighting{}}
	q.wanted.missing, q.wanted.doubles = q.suspectIDs()
	q.wanted.want(q.wanted.missing...)
	q.wanted.want(q.wanted.doubles...)
	q.expect()
	return nil
}

// eachWanted reads the histories again and looks for all that is wanted.
func (q *comparison) eachWanted(also func(history.Record)) error {
	w := q.wanted
	watch := w.watcher
	w.sends, w.watcher = nil, nil
	err := q.each(func(r history.Record) {
		q.learn(r)
		if watch != nil {
			watch.Take(r)
		}
		also(r)
	})
	if watch != nil {
		watch.Done()
	}
	w.open = false
	return err
}

func (w *wanted) of(m ID) *sighting {
	if !w.filter.May(m.Hash()) {
		return nil
	}
	return w.about[m]
}

func (q *comparison) learn(r history.Record) {
	switch r := r.(type) {
	case *history.Send:
		q.learnAge(r)
		if f := q.wanted.of(ID{r.Producer, r.Seq}); f != nil && r.Outcome == history.OK {
			c := *r
			c.Extra = nil
			q.wanted.sends = append(q.wanted.sends, &c)
			f.send = cmp.Or(f.send, &c)
		}
	case *history.Found:
		if f := q.wanted.of(ID{r.Producer, r.Seq}); f != nil && r.Intact {
			f.seen(r, q.onMaster(r))
		}
	case *history.Deliver:
		if f := q.wanted.of(DeliveredID(r)); f != nil {
			f.given[r.Group] = true
		}
	}
}
