package facts

import (
	"slices"

	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// suspectPages lists the pages of x whose witnesses do not fit together by their sets and sums, and apart from
// them those that fit but for acknowledged messages that are all missing.
func (x *queue) suspectPages() (suspect, missing []uint64) {
	m := x.master()
	for _, no := range x.pageNumbers() {
		switch {
		case x.suspect(m, no):
			suspect = append(suspect, no)
		case m != nil && x.allMissing(m, no):
			missing = append(missing, no)
		}
	}
	return suspect, missing
}

// allMissing reports whether a page has acknowledged offsets and the master's scan found none of them.
func (x *queue) allMissing(m *replica, no uint64) bool {
	acks, found := x.acks.pages.Page(no), m.found.pages.Page(no)
	return acks != nil && (found == nil || sets.Count(acks.set.And(&found.set)) == 0)
}

// pageNumbers lists every page that any witness has.
func (x *queue) pageNumbers() (out []uint64) {
	for _, t := range x.witnesses() {
		for no := range t.pages.All() {
			out = append(out, no)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (x *queue) witnesses() []*witness {
	all := []*witness{x.acks}
	for _, r := range x.replicas {
		all = append(all, r.found)
	}
	for _, g := range x.groups {
		all = append(all, &g.witness)
	}
	return all
}

func (x *queue) suspect(m *replica, no uint64) bool {
	for _, t := range x.witnesses() {
		if p := t.pages.Page(no); p != nil && p.again {
			return true
		}
	}
	acks, reference := x.acks.pages.Page(no), x.acks.pages.Page(no)
	if m != nil {
		reference = m.found.pages.Page(no)
		if !acksFit(acks, reference) {
			return true
		}
	}
	for _, g := range x.groups {
		if p := g.pages.Page(no); p != nil && !sameMarks(p, reference) {
			return true
		}
	}
	return m != nil && slices.ContainsFunc(x.replicas, func(r *replica) bool { return r != m && !r.fits(no, reference) })
}

// acksFit reports whether every acknowledged offset holds the message that was acknowledged, or none of the
// page's acknowledged offsets was found at all.
func acksFit(acks, found *witnessPage) bool {
	if acks == nil || found == nil {
		return true
	}
	both := acks.set.And(&found.set)
	n := sets.Count(both)
	switch {
	case n == 0:
		return true
	case n < int64(acks.set.Len()):
		return false
	case acks.set.Len() == found.set.Len():
		return acks.sum == found.sum
	}
	// Offsets were found that were not acknowledged. The sum of the others was kept apart, and is of use if
	// they were known as acknowledged when they were found.
	return int(found.unacked) == found.set.Len()-acks.set.Len() && acks.sum == found.acked
}

// sameMarks reports whether page a and the other one, where there is one, hold the same.
func sameMarks(a, b *witnessPage) bool {
	return b != nil && a.set.Same(&b.set) && a.sum == b.sum
}

// fits reports whether a slave's page equals its master's, or lies beyond the slave's end: it may lag.
func (r *replica) fits(no uint64, master *witnessPage) bool {
	p, end := r.found.pages.Page(no), r.final()
	if p == nil {
		return master == nil || end != nil && no<<sets.PageShift >= uint64(end.Max)
	}
	return sameMarks(p, master)
}
