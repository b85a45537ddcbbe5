package verify

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/history"
)

// laneAt names a producer's sends to a queue.
type laneAt struct {
	place
	producer uint32
}

// compareLanes reads the histories again for the producers and queues whose order is suspect.
func (q *inquiry) compareLanes() error {
	suspects := q.suspectLanes()
	for round := 0; len(suspects) > 0; round++ {
		if round == maxRounds {
			q.open = true
			return nil
		}
		n, steps := 0, int64(0)
		for n < len(suspects) && (n == 0 || steps < stepsPerRound) {
			steps += q.queues.all[suspects[n].place].lanes.at(suspects[n].producer).count
			n++
		}
		if err := q.judgeLanes(suspects[:n]); err != nil {
			return err
		}
		suspects = suspects[n:]
	}
	return nil
}

func (q *inquiry) suspectLanes() (out []laneAt) {
	for _, x := range q.sorted {
		x.lanes.each(func(producer uint32, l *lane) {
			if l.suspect() {
				out = append(out, laneAt{x.place, producer})
			}
		})
	}
	for m, p := range q.moved {
		out = append(out, laneAt{p, m.producer})
	}
	out = append(out, q.doubled...)
	slices.SortFunc(out, func(a, b laneAt) int {
		return cmp.Or(comparePlaces(a.place, b.place), cmp.Compare(a.producer, b.producer))
	})
	return slices.Compact(out)
}

// judgeLanes compares all acknowledged sends of some lanes, first by the offsets that were acknowledged, then
// by those at which the masters' scans found them.
func (q *inquiry) judgeLanes(at []laneAt) error {
	lanes := map[laneAt]map[uint64]*step{}
	for _, l := range at {
		lanes[l] = map[uint64]*step{}
	}
	err := q.each(func(r history.Record) {
		s, ok := r.(*history.Send)
		if !ok || s.Outcome != history.OK || s.Offset < 0 || s.End < s.Start {
			return
		}
		if l := lanes[laneAt{place{s.Topic, s.Broker, s.Queue}, s.Producer}]; l != nil {
			l[s.Seq] = &step{s.Offset, s.Start, s.End, s.Seq}
		}
	})
	if err != nil {
		return err
	}
	for _, l := range at {
		q.judgeLane(&q.inOffsets, l, lanes[l], "was acknowledged at offset")
	}
	lies, err := q.whereLanesLie(lanes)
	if err != nil {
		return err
	}
	for _, l := range at {
		q.judgeLane(&q.inLog, l, lies[l], "lies at offset")
	}
	return nil
}

// whereLanesLie gives the steps with the lowest offset at which the master's scan found each.
func (q *inquiry) whereLanesLie(lanes map[laneAt]map[uint64]*step) (map[laneAt]map[uint64]*step, error) {
	lies := map[laneAt]map[uint64]*step{}
	err := q.each(func(r history.Record) {
		f, ok := r.(*history.Found)
		if !ok || !f.Intact || f.Replica != f.Broker+"/0" {
			return
		}
		at := laneAt{place{f.Topic, f.Broker, f.Queue}, f.Producer}
		s := lanes[at][f.Seq]
		if s == nil {
			return
		}
		if lies[at] == nil {
			lies[at] = map[uint64]*step{}
		}
		if was := lies[at][f.Seq]; was == nil || f.Offset < was.offset {
			lies[at][f.Seq] = &step{f.Offset, s.start, s.end, s.seq}
		}
	})
	return lies, err
}

// judgeLane finds the sends that lie before one that had ended when they began.
func (q *inquiry) judgeLane(t *tally, at laneAt, steps map[uint64]*step, how string) {
	for _, p := range inversions(steps) {
		later, earlier := p[0], p[1]
		m := id{at.producer, later.seq}
		q.add(t, func() exhibit {
			return exhibit{summary: fmt.Sprintf("%s began %s, after seq %d had ended %s, and %s %d, before %d of %s",
				m, seconds(later.start), earlier.seq, seconds(earlier.end), how, later.offset, earlier.offset, at.place),
				message: &m, place: &at.place, offset: later.offset}
		})
	}
}

// inversions pairs each step that lies too low with the highest one that ended before it began.
func inversions(steps map[uint64]*step) (out [][2]step) {
	byStart := make([]*step, 0, len(steps))
	for _, s := range steps {
		byStart = append(byStart, s)
	}
	slices.SortFunc(byStart, func(a, b *step) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.seq, b.seq)) })
	var running byEnd
	var top *step
	for _, s := range byStart {
		for len(running) > 0 && running[0].end < s.start {
			if o := heap.Pop(&running).(*step); top == nil || o.offset > top.offset {
				top = o
			}
		}
		if top != nil && top.offset > s.offset {
			out = append(out, [2]step{*s, *top})
		}
		heap.Push(&running, s)
	}
	return out
}

// byEnd is a heap of steps, the one that ends first on top.
type byEnd []*step

func (h byEnd) Len() int           { return len(h) }
func (h byEnd) Less(i, j int) bool { return h[i].end < h[j].end }
func (h byEnd) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *byEnd) Push(s any)        { *h = append(*h, s.(*step)) }
func (h *byEnd) Pop() any {
	last := len(*h) - 1
	s := (*h)[last]
	*h = (*h)[:last]
	return s
}
