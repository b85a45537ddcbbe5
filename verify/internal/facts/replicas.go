package facts

import (
	"fmt"

	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// compareReplicas compares how far masters and slaves reach, and on how many of them acknowledged messages lie.
func (q *comparison) compareReplicas() error {
	for _, x := range q.sorted {
		slaves := x.slaves()
		if len(slaves) == 0 {
			continue
		}
		q.slavesScanned = true
		if why := x.incompleteReplica(slaves); why != "" {
			q.unreadReplica = first(q.unreadReplica, why)
			continue
		}
		q.slavesBeyond(x, slaves)
		q.tooFewCopies(x)
	}
	return nil
}

// incompleteReplica says which replica has no complete scan.
func (x *queue) incompleteReplica(slaves []*replica) string {
	if !x.master().complete() {
		return x.String() + ": " + x.lack()
	}
	for _, r := range slaves {
		if !r.complete() {
			return fmt.Sprintf("%s: the scan of %s is not complete", x, r.name)
		}
	}
	return ""
}

// slavesBeyond counts the slaves that hold what their master does not.
func (q *comparison) slavesBeyond(x *queue, slaves []*replica) {
	end := x.master().final().Max
	for _, r := range slaves {
		if s := r.final(); s.Max > end {
			q.add(&q.beyond, func() Violation {
				return Violation{Summary: fmt.Sprintf("%s: %s reaches to offset %d, its master to %d", x, r.name, s.Max, end), Queue: &x.QueueID, Offset: end}
			})
		}
	}
}

// tooFewCopies counts the acknowledged offsets that fewer replicas hold than the promise says. Where more
// copies are promised than replicas were scanned, those that were not scanned are taken to hold it.
func (q *comparison) tooFewCopies(x *queue) {
	if q.announced.Copies < 2 {
		return
	}
	need := min(q.announced.Copies, len(x.replicas))
	for no, acks := range x.acks.pages.All() {
		if holdAll(x.replicas, no, acks) {
			continue
		}
		for bit := range sets.Ones(acks.set.Words()) {
			offset := int64(no<<sets.PageShift) + int64(bit)
			switch n, deleted := x.holders(no, bit), x.master().final().Expired; {
			case n == 0 || n >= need || offset < deleted:
			case deleted > 0 && x.deletedOn(offset) != "":
				q.unreadReplica = first(q.unreadReplica, fmt.Sprintf("%s offset %d lies on %d of %d replicas, and %s says that it deleted what lay there: nothing says that it had it",
					x, offset, n, len(x.replicas), x.deletedOn(offset)))
			default:
				q.add(&q.tooFew, func() Violation {
					return Violation{Summary: fmt.Sprintf("%s offset %d was acknowledged with %d copies promised and lies on %d of %d replicas",
						x, offset, q.announced.Copies, n, len(x.replicas)), Queue: &x.QueueID, Offset: offset}
				})
			}
		}
	}
}

// deletedOn names a replica that deleted what lay at an offset.
func (x *queue) deletedOn(offset int64) string {
	for _, r := range x.replicas {
		if offset < r.final().Expired {
			return r.name
		}
	}
	return ""
}

// holders counts the replicas that hold an offset.
func (x *queue) holders(no uint64, bit uint16) (n int) {
	for _, r := range x.replicas {
		if p := r.found.pages.Page(no); p != nil && p.set.Has(bit) {
			n++
		}
	}
	return n
}

// holdAll reports whether every replica holds every acknowledged offset of a page.
func holdAll(replicas []*replica, no uint64, acks *witnessPage) bool {
	for _, r := range replicas {
		p := r.found.pages.Page(no)
		if p == nil || acks.set.Minus(&p.set) != (sets.Words{}) {
			return false
		}
	}
	return true
}
