package verify

import (
	"slices"

	"github.com/rmqproof/rmqproof/history"
)

// cell is the message that one witness names at one offset.
type cell struct {
	id
	known bool
}

type cells [pageBits]cell

// clash is an offset for which one witness names two messages.
type clash struct {
	bit   uint16
	other id
}

// column is what one witness says of the offsets of one page.
type column struct {
	cells   cells
	clashes []clash
}

func (c *column) put(offset int64, m id) {
	bit := uint16(offset & pageMask)
	switch at := &c.cells[bit]; {
	case !at.known:
		*at = cell{m, true}
	case at.id != m:
		if x := (clash{bit, m}); !slices.Contains(c.clashes, x) {
			c.clashes = append(c.clashes, x)
		}
	}
}

// at lists every message that the witness names at an offset of the page.
func (c *column) at(bit uint16) (out []id) {
	if c == nil || !c.cells[bit].known {
		return nil
	}
	out = append(out, c.cells[bit].id)
	for _, x := range c.clashes {
		if x.bit == bit {
			out = append(out, x.other)
		}
	}
	return out
}

// grid is what every witness says of one page of one queue.
type grid struct {
	queue    *queue
	base     int64
	acks     *column
	replicas map[string]*column
	groups   map[string]*column
}

// pageAt names a page of a queue.
type pageAt struct {
	place
	no uint64
}

func columnOf(m map[string]*column, name string) *column {
	if m[name] == nil {
		m[name] = &column{}
	}
	return m[name]
}

// comparePages reads the histories again for the suspect pages. Pages whose acknowledged messages are all
// missing are left out where the ids account for each of these as lost: nothing was moved then.
func (q *inquiry) comparePages() error {
	var suspects, missing []*grid
	unscanned, absent := int64(0), int64(0)
	for _, x := range q.sorted {
		s, m := x.suspectPages()
		for _, no := range s {
			suspects = append(suspects, &grid{queue: x, base: int64(no << pageShift)})
		}
		for _, no := range m {
			missing = append(missing, &grid{queue: x, base: int64(no << pageShift)})
			absent += int64(x.acks.pages.page(no).set.n)
		}
		if x.master() == nil {
			unscanned += x.acks.count
		}
	}
	if err := q.compareGrids(suspects); err != nil {
		return err
	}
	if unscanned == 0 && q.unplaced == 0 && q.totals.twice == 0 && absent == q.totals.lost-q.lostHere {
		return nil
	}
	return q.compareGrids(missing)
}

// compareGrids compares pages, a bounded number at a time.
func (q *inquiry) compareGrids(suspects []*grid) error {
	for round := 0; len(suspects) > 0; round++ {
		if round == maxRounds {
			q.open = true
			return nil
		}
		n := min(len(suspects), pagesPerRound)
		if err := q.fill(suspects[:n]); err != nil {
			return err
		}
		for _, g := range suspects[:n] {
			q.compared[pageAt{g.queue.place, uint64(g.base) >> pageShift}] = true
			q.comparePage(g)
			*g = grid{}
		}
		suspects = suspects[n:]
	}
	return nil
}

// fill reads what every witness says of the pages.
func (q *inquiry) fill(pages []*grid) error {
	at := make(map[pageAt]*grid, len(pages))
	for _, g := range pages {
		g.acks, g.replicas, g.groups = &column{}, map[string]*column{}, map[string]*column{}
		at[pageAt{g.queue.place, uint64(g.base) >> pageShift}] = g
	}
	find := func(topic, broker string, queue int32, offset int64) *grid {
		return at[pageAt{place{topic, broker, queue}, uint64(offset) >> pageShift}]
	}
	return q.each(func(r history.Record) {
		switch r := r.(type) {
		case *history.Send:
			if r.Outcome != history.OK || r.Broker == "" || r.Offset < 0 {
				return
			}
			if g := find(r.Topic, r.Broker, r.Queue, r.Offset); g != nil {
				g.acks.put(r.Offset, id{r.Producer, r.Seq})
			}
		case *history.Found:
			if g := find(r.Topic, r.Broker, r.Queue, r.Offset); g != nil {
				columnOf(g.replicas, r.Replica).put(r.Offset, foundID(r))
			}
		case *history.Deliver:
			if g := find(r.Topic, r.Broker, r.Queue, r.Offset); g != nil {
				columnOf(g.groups, r.Group).put(r.Offset, deliveredID(r))
			}
		}
	})
}

func foundID(r *history.Found) id {
	if !r.Intact {
		return damaged
	}
	return id{r.Producer, r.Seq}
}
