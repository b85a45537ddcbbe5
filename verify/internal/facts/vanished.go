package facts

import (
	"fmt"

	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// compareVanished finds what a group was given, and a later scan of the master that read past it did not find. What was
// acknowledged is a loss, and is judged as one.
func (q *comparison) compareVanished() error {
	for _, x := range q.sorted {
		m := x.master()
		if !m.complete() {
			continue
		}
		for _, g := range x.groups {
			if g.last.end <= m.final().End {
				q.vanishedFrom(x, m, g)
			}
		}
	}
	return nil
}

func (q *comparison) vanishedFrom(x *queue, m *replica, g *given) {
	s := m.final()
	for no, page := range g.pages.All() {
		base := int64(no << sets.PageShift)
		left := page.set.Words()
		for _, w := range []*witness{m.found, m.own(), x.acks} {
			if there := w.pages.Page(no); there != nil {
				rest := sets.Of(left)
				left = rest.Minus(&there.set)
			}
		}
		for bit := range sets.Ones(left) {
			offset := base + int64(bit)
			if offset < front(s) || offset >= s.Max {
				continue
			}
			q.add(&q.vanished, func() Violation {
				return Violation{Summary: fmt.Sprintf("offset %d of %s was delivered to group %s, and the scan that ended %s read [%d, %d) and found nothing there",
					offset, x.QueueID, g.group, Seconds(s.End), s.Min, s.Max), Queue: &x.QueueID, Offset: offset}
			})
		}
	}
}
