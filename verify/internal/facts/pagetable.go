package facts

import (
	"slices"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// entry is the message that one witness names at one offset.
type entry struct {
	ID
	known bool
}

type entries [sets.PageBits]entry

// conflict is an offset for which one witness names two messages.
type conflict struct {
	bit   uint16
	other ID
}

// column is what one witness says of the offsets of one page.
type column struct {
	entries   entries
	conflicts []conflict
}

func (c *column) put(offset int64, m ID) {
	bit := uint16(offset & sets.PageMask)
	switch at := &c.entries[bit]; {
	case !at.known:
		*at = entry{m, true}
	case at.ID != m:
		if x := (conflict{bit, m}); !slices.Contains(c.conflicts, x) {
			c.conflicts = append(c.conflicts, x)
		}
	}
}

// at lists every message that the witness names at an offset of the page.
func (c *column) at(bit uint16) (out []ID) {
	if c == nil || !c.entries[bit].known {
		return nil
	}
	out = append(out, c.entries[bit].ID)
	for _, x := range c.conflicts {
		if x.bit == bit {
			out = append(out, x.other)
		}
	}
	slices.SortFunc(out, CompareIDs)
	return out
}

// pageTable is what every witness says of one page of one queue.
type pageTable struct {
	queue    *queue
	base     int64
	acks     *column
	said     *column // what the master holds, by the offsets that its messages name themselves
	replicas map[string]*column
	groups   map[string]*column
}

// pageAt names a page of a queue.
type pageAt struct {
	QueueID
	no uint64
}

func columnOf(m map[string]*column, name string) *column {
	if m[name] == nil {
		m[name] = &column{}
	}
	return m[name]
}

// comparePages reads the histories again for the suspect pages. Pages whose acknowledged messages are all
// missing are left out where the ids account for each of these as lost: nothing is misplaced then.
func (q *comparison) comparePages() error {
	var suspects, missing []*pageTable
	unscanned, absent := int64(0), int64(0)
	for _, x := range q.sorted {
		s, m := x.suspectPages()
		for _, no := range s {
			suspects = append(suspects, &pageTable{queue: x, base: int64(no << sets.PageShift)})
		}
		for _, no := range m {
			missing = append(missing, &pageTable{queue: x, base: int64(no << sets.PageShift)})
			absent += int64(x.acks.pages.Page(no).set.Len())
		}
		if x.master() == nil {
			unscanned += x.acks.count
		}
	}
	if err := q.compareTables(suspects); err != nil {
		return err
	}
	if unscanned == 0 && q.unplaced+q.apart == 0 && q.totals.Twice == 0 && absent == q.totals.Lost-q.absentHere {
		return nil
	}
	return q.compareTables(missing)
}

// compareTables compares pages, a bounded number at a time.
func (q *comparison) compareTables(suspects []*pageTable) error {
	for round := 0; len(suspects) > 0; round++ {
		if round == q.options.Bounds.Rounds {
			q.truncated = true
			return nil
		}
		n := min(len(suspects), q.options.Bounds.Pages)
		if err := q.fill(suspects[:n]); err != nil {
			return err
		}
		for _, t := range suspects[:n] {
			q.compared[pageAt{t.queue.QueueID, uint64(t.base) >> sets.PageShift}] = true
			q.comparePage(t)
			*t = pageTable{}
		}
		suspects = suspects[n:]
	}
	return nil
}

// fill reads what every witness says of the pages.
func (q *comparison) fill(pages []*pageTable) error {
	for _, t := range pages {
		t.acks, t.replicas, t.groups = &column{}, map[string]*column{}, map[string]*column{}
		t.said = &column{}
		t.queue.tables = addTable(t.queue.tables, t)
	}
	each := q.each
	if q.wanted.open {
		each = q.eachWanted
	}
	err := each(q.put)
	for _, t := range pages {
		t.queue.tables = nil
	}
	return err
}

func addTable(all map[uint64]*pageTable, t *pageTable) map[uint64]*pageTable {
	if all == nil {
		all = map[uint64]*pageTable{}
	}
	all[uint64(t.base)>>sets.PageShift] = t
	return all
}

// put books what a record says of the pages that are compared.
func (q *comparison) put(r history.Record) {
	switch r := r.(type) {
	case *history.Send:
		if r.Outcome != history.OK || r.Broker == "" || r.Offset < 0 {
			return
		}
		if t := q.queues.at(r.Topic, r.Broker, r.Queue).table(r.Offset); t != nil {
			t.acks.put(r.Offset, ID{r.Producer, r.Seq})
		}
	case *history.Found:
		x := q.queues.at(r.Topic, r.Broker, r.Queue)
		if t := x.table(r.Offset); t != nil {
			columnOf(t.replicas, r.Replica).put(r.Offset, FoundID(r))
		}
		if t := x.table(SaidOffset(r)); t != nil && q.onMaster(r) {
			t.said.put(SaidOffset(r), FoundID(r))
		}
	case *history.Deliver:
		if t := q.queues.at(r.Topic, r.Broker, r.Queue).table(r.Offset); t != nil {
			columnOf(t.groups, r.Group).put(r.Offset, DeliveredID(r))
		}
	}
}

// table is the page of an offset, nil where it is not compared now.
func (q *queue) table(offset int64) *pageTable {
	if q.tables == nil {
		return nil
	}
	return q.tables[uint64(offset)>>sets.PageShift]
}

// FoundID is the message that a scan found; one that names none where it is damaged.
func FoundID(r *history.Found) ID {
	if !r.Intact {
		return damaged
	}
	return ID{r.Producer, r.Seq}
}
