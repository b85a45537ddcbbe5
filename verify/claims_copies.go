package verify

import (
	"fmt"
	"maps"
	"slices"
)

func (q *inquiry) replicasAgree(*Availability) finding {
	t := q.diverged
	t.shown = slices.Clone(t.shown)
	beyond, short := int64(0), int64(0)
	doubt := when(!slices.ContainsFunc(q.sorted, hasSlave), "no slave was scanned")
	for _, x := range q.sorted {
		if !hasSlave(x) {
			continue
		}
		if why := x.incompleteReplica(); why != "" {
			doubt = first(doubt, why)
			continue
		}
		beyond += q.slavesBeyond(x, &t)
		short += q.tooFewCopies(x, &t)
	}
	f := conclude(t, fmt.Sprintf("%d offsets differ between master and slave, %d slaves reach beyond their master, %d acknowledged messages lie on fewer replicas than promised",
		q.diverged.count, beyond, short), first(doubt, q.tooMany()), "masters and slaves hold the same messages")
	f.counts = map[string]int64{"differ": q.diverged.count, "slave_beyond": beyond, "too_few_copies": short, "promised_copies": int64(q.copies)}
	return f
}

// incompleteReplica says which replica has no complete scan.
func (x *queue) incompleteReplica() string {
	if !x.master().complete() {
		return x.String() + ": " + x.lack()
	}
	for _, name := range sortedKeys(x.replicas) {
		if !x.replicas[name].complete() {
			return fmt.Sprintf("%s: the scan of %s is not complete", x, name)
		}
	}
	return ""
}

// slavesBeyond counts the slaves that hold what their master does not.
func (q *inquiry) slavesBeyond(x *queue, t *tally) (n int64) {
	end := x.master().final().Max
	for _, name := range sortedKeys(x.replicas) {
		if s := x.replicas[name].final(); s.Max > end {
			n++
			q.add(t, func() exhibit {
				return exhibit{summary: fmt.Sprintf("%s: %s reaches to offset %d, its master to %d", x, name, s.Max, end), place: &x.place, offset: end}
			})
		}
	}
	return n
}

// tooFewCopies counts the acknowledged offsets that fewer replicas hold than the promise says. Where more
// copies are promised than replicas were scanned, those that were not scanned are taken to hold it.
func (q *inquiry) tooFewCopies(x *queue, t *tally) (n int64) {
	if q.copies < 2 {
		return 0
	}
	replicas := slices.Collect(maps.Values(x.replicas))
	need := min(q.copies, len(replicas))
	for no, acks := range x.acks.pages.all() {
		lacking := acks.set.dense()
		if holdAll(replicas, no, acks) {
			continue
		}
		for bit := range ones(lacking) {
			holders := 0
			for _, r := range replicas {
				if p := r.found.pages.page(no); p != nil && p.set.has(bit) {
					holders++
				}
			}
			if offset := int64(no<<pageShift) + int64(bit); holders > 0 && holders < need {
				n++
				q.add(t, func() exhibit {
					return exhibit{summary: fmt.Sprintf("%s offset %d was acknowledged with %d copies promised and lies on %d of %d replicas", x, offset, q.copies, holders, len(replicas)),
						place: &x.place, offset: offset}
				})
			}
		}
	}
	return n
}

// holdAll reports whether every replica holds every acknowledged offset of a page.
func holdAll(replicas []*replica, no uint64, acks *trackPage) bool {
	for _, r := range replicas {
		p := r.found.pages.page(no)
		if p == nil || acks.set.minus(&p.set) != [words]uint64{} {
			return false
		}
	}
	return true
}
