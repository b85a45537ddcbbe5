package verify

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/history"
)

// maxNamed bounds the messages that a claim names one by one.
const maxNamed = 1 << 20

// exhibit is one operation to be shown.
type exhibit struct {
	summary string
	message *id            // the message concerned, if any
	place   *place         // the queue concerned, if any
	offset  int64          // in place
	record  history.Record // where it is known already
}

// tally counts what speaks against a claim and keeps the first of it.
type tally struct {
	count int64
	shown []exhibit
	named []id
}

// add counts one; the exhibit is made only where it will be shown.
func (t *tally) add(limit int, e func() exhibit) {
	t.count++
	if len(t.shown) < limit {
		t.shown = append(t.shown, e())
	}
}

func (t *tally) name(m id) {
	if len(t.named) < maxNamed {
		t.named = append(t.named, m)
	}
}

func compareIDs(a, b id) int {
	return cmp.Or(cmp.Compare(a.producer, b.producer), cmp.Compare(a.seq, b.seq))
}

func comparePlaces(a, b place) int {
	return cmp.Or(cmp.Compare(a.topic, b.topic), cmp.Compare(a.broker, b.broker), cmp.Compare(a.queue, b.queue))
}

// ranges writes ids as "producer:seq" and "producer:first-last".
func ranges(ids []id) []string {
	slices.SortFunc(ids, compareIDs)
	ids = slices.Compact(ids)
	var out []string
	for i := 0; i < len(ids); {
		j := i
		for j+1 < len(ids) && ids[j+1].producer == ids[i].producer && ids[j+1].seq == ids[j].seq+1 {
			j++
		}
		s := fmt.Sprintf("%d:%d", ids[i].producer, ids[i].seq)
		if j > i {
			s += fmt.Sprintf("-%d", ids[j].seq)
		}
		out = append(out, s)
		i = j + 1
	}
	return out
}

func (m id) String() string { return fmt.Sprintf("producer %d seq %d", m.producer, m.seq) }

func (p place) String() string {
	return fmt.Sprintf("topic %s %s queue %d", p.topic, p.broker, p.queue)
}
