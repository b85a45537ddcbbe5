package verify

import "slices"

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
	acks, found := x.acks.pages.page(no), m.found.pages.page(no)
	return acks != nil && (found == nil || count(acks.set.and(&found.set)) == 0)
}

// pageNumbers lists every page that any witness has.
func (x *queue) pageNumbers() (out []uint64) {
	for _, t := range x.tracks() {
		for no := range t.pages.all() {
			out = append(out, no)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (x *queue) tracks() []*track {
	all := []*track{x.acks}
	for _, r := range x.replicas {
		all = append(all, r.found)
	}
	for _, g := range x.groups {
		all = append(all, g)
	}
	return all
}

func (x *queue) suspect(m *replica, no uint64) bool {
	for _, t := range x.tracks() {
		if p := t.pages.page(no); p != nil && p.again {
			return true
		}
	}
	acks, reference := x.acks.pages.page(no), x.acks.pages.page(no)
	if m != nil {
		reference = m.found.pages.page(no)
		if !acksFit(acks, reference) {
			return true
		}
	}
	for _, g := range x.groups {
		if p := g.pages.page(no); p != nil && !sameMarks(p, reference) {
			return true
		}
	}
	for _, r := range x.replicas {
		if !r.master && m != nil && !r.fits(no, reference) {
			return true
		}
	}
	return false
}

// acksFit reports whether every acknowledged offset holds the message that was acknowledged, or none of the
// page's acknowledged offsets was found at all.
func acksFit(acks, found *trackPage) bool {
	if acks == nil || found == nil {
		return true
	}
	both := acks.set.and(&found.set)
	n := count(both)
	switch {
	case n == 0:
		return true
	case n < int64(acks.set.n):
		return false
	case acks.set.n == found.set.n:
		return acks.sum == found.sum
	}
	// Offsets were found that were not acknowledged. The sum of the others was kept apart, and is of use if
	// they were known as acknowledged when they were found.
	return found.open == found.set.n-acks.set.n && acks.sum == found.acked
}

// sameMarks reports whether page a and the other one, where there is one, hold the same.
func sameMarks(a, b *trackPage) bool {
	return b != nil && a.set.same(&b.set) && a.sum == b.sum
}

// fits reports whether a slave's page equals its master's, or lies beyond the slave's end: it may lag.
func (r *replica) fits(no uint64, master *trackPage) bool {
	p, end := r.found.pages.page(no), r.final()
	if p == nil {
		return master == nil || end != nil && no<<pageShift >= uint64(end.Max)
	}
	return sameMarks(p, master)
}
