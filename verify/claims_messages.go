package verify

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

func (q *inquiry) noAckedLoss(*Availability) finding {
	t := q.totals
	f := conclude(q.lost,
		of(q.lost.count, t.acked)+" acknowledged messages are lost",
		first(q.noAcks(), q.recordedTwice(), q.unscanned(), when(q.undecided > 0, q.tooMany()), q.undecidedAcks(), q.tornTail()),
		fmt.Sprintf("all %d acknowledged messages are found", t.acked)).unless(q.recordedTwice())
	f.counts = map[string]int64{"attempted": t.attempted, "acknowledged": t.acked, "failed": t.failed, "unknown": t.attempted - t.acked - t.failed,
		"found": t.found, "recovered": t.recovered, "lost": q.lost.count, "undecided": q.undecided, "damaged": int64(len(q.harmed))}
	return f
}

func (q *inquiry) undecidedAcks() string {
	return when(q.undecided > 0, fmt.Sprintf("%d acknowledged messages are not found, and may lie where no complete scan looked after they were acknowledged", q.undecided))
}

func (q *inquiry) noUnexpected(*Availability) finding {
	var t tally
	for first, page := range q.ids.all() {
		q.unexpected(&t, first, page.phantom(), "was found or delivered and never sent")
		q.unexpected(&t, first, page.refused(), "was refused before the append and is found or delivered")
	}
	against := fmt.Sprintf("%d messages were never sent and %d were refused, and are there", q.totals.phantom, q.totals.refused)
	f := conclude(t, against, first(q.noFound(), q.unscanned(), q.tornTail()), fmt.Sprintf("all %d messages found were sent", q.totals.found))
	if q.totals.refused == 0 {
		f = f.unless(q.tornTail())
	}
	f.counts = map[string]int64{"found": q.totals.found, "never_sent": q.totals.phantom, "refused": q.totals.refused, "recovered": q.totals.recovered}
	return f
}

func (q *inquiry) unexpected(t *tally, first id, bits [words]uint64, how string) {
	for bit := range ones(bits) {
		m := id{first.producer, first.seq + uint64(bit)}
		t.name(m)
		q.add(t, func() exhibit { return exhibit{summary: m.String() + " " + how, message: &m} })
	}
}

func (q *inquiry) noLogDuplicate(*Availability) finding {
	f := conclude(q.doubles, fmt.Sprintf("%d send attempts lie at more than one offset", q.doubles.count),
		first(q.noFound(), q.recordedTwice(), q.unscanned(), q.tooMany()), fmt.Sprintf("each of %d messages found lies at one offset", q.totals.found)).unless(q.recordedTwice())
	f.counts = map[string]int64{"found": q.totals.found, "duplicated": q.doubles.count}
	return f
}

func (q *inquiry) offsetHonest(*Availability) finding {
	f := conclude(q.dishonest, of(q.dishonest.count, q.totals.acked)+" acknowledged offsets do not hold their message",
		first(q.noAcks(), q.recordedTwice(), q.unscanned(), q.undecidedAcks(), q.noFound(), q.tornTail(), q.tooMany(),
			when(q.unplaced == q.totals.acked, "no acknowledgement named an offset")),
		"every acknowledged offset that is found holds its message").unless(q.recordedTwice())
	f.counts = map[string]int64{"acknowledged": q.totals.acked, "without_offset": q.unplaced, "dishonest": q.dishonest.count}
	return f
}

func (q *inquiry) offsetUnique(*Availability) finding {
	var offsets int64
	for _, x := range q.sorted {
		offsets += max(x.acks.count, 0)
	}
	f := conclude(q.clashing, fmt.Sprintf("%d offsets hold more than one message", q.clashing.count),
		first(q.noAcks(), q.recordedTwice(), q.tooMany(), when(offsets == 0, "no acknowledgement named an offset")),
		"no offset holds two messages").unless(q.recordedTwice())
	f.counts = map[string]int64{"acknowledged_offsets": offsets, "shared": q.clashing.count}
	return f
}

func (q *inquiry) offsetMonotone(*Availability) finding {
	t := q.inOffsets
	t.shown = slices.Clone(t.shown)
	var back int64
	for _, x := range q.sorted {
		for _, name := range sortedKeys(x.replicas) {
			for _, why := range x.endWentBack(x.replicas[name]) {
				back++
				q.add(&t, func() exhibit { return exhibit{summary: why, place: &x.place, offset: x.highest.offset} })
			}
		}
	}
	f := conclude(t, fmt.Sprintf("%d queue ends went back, %d sends were given an offset below an earlier one", back, q.inOffsets.count),
		first(q.noAcks(), q.recordedTwice(), q.badClock(), q.tooMany()), "offsets only grow").unless(q.recordedTwice(), q.badClock())
	f.counts = map[string]int64{"ends_back": back, "sends_back": q.inOffsets.count}
	return f
}

// endWentBack compares the ends of a queue that one replica showed, and on the master those of acknowledgements.
func (x *queue) endWentBack(r *replica) (out []string) {
	scans := slices.Concat(r.earlier, r.scans)
	slices.SortStableFunc(scans, func(a, b history.Scan) int { return cmp.Compare(a.End, b.End) })
	var top history.Scan
	for _, s := range scans {
		if s.Max < top.Max {
			out = append(out, fmt.Sprintf("the end of %s on %s went back from %d at %s to %d at %s", x.place, r.name, top.Max, seconds(top.End), s.Max, seconds(s.End)))
		} else {
			top = s
		}
		if h := x.highest; r.master && s.Complete && h.end <= s.End && h.offset >= s.Max {
			out = append(out, fmt.Sprintf("offset %d of %s was acknowledged at %s, and the scan that ended %s found the queue's end at %d",
				h.offset, x.place, seconds(h.end), seconds(s.End), s.Max))
		}
	}
	return out
}

func (q *inquiry) payloadIntact(*Availability) finding {
	var t tally
	t.count = q.broken()
	for _, x := range q.sorted {
		for _, name := range sortedKeys(x.replicas) {
			for _, offset := range sortedKeys(x.replicas[name].bad) {
				if len(t.shown) < q.options.Evidence {
					t.shown = append(t.shown, exhibit{summary: fmt.Sprintf("%s offset %d on %s holds a damaged message", x, offset, name), place: &x.place, offset: offset})
				}
			}
		}
	}
	f := conclude(t, fmt.Sprintf("%d messages found are damaged", t.count), first(q.noFound(), q.unscanned()), "every message found is intact")
	f.counts = map[string]int64{"found": q.totals.found, "damaged": t.count}
	return f
}

func (q *inquiry) queueOrder(*Availability) finding {
	f := conclude(q.inLog, fmt.Sprintf("%d sends lie before one that had ended when they began", q.inLog.count),
		first(q.noAcks(), q.recordedTwice(), q.badClock(), q.unscanned(), q.noFound(), q.tooMany()),
		"each producer's sends lie in every queue in the order in which they were made").unless(q.recordedTwice(), q.badClock())
	f.counts = map[string]int64{"acknowledged": q.totals.acked, "out_of_order": q.inLog.count}
	return f
}

// orderedDeliveries counts the offsets of ordered topics that were delivered, over all groups.
func (q *inquiry) orderedDeliveries() (n int64) {
	for _, x := range q.sorted {
		for _, g := range x.groups {
			if q.ordered[x.topic] {
				n += g.count
			}
		}
	}
	return n
}

func (q *inquiry) keyOrder(*Availability) finding {
	var t tally
	for _, d := range q.disorders {
		t.name(d.late.id)
		q.add(&t, func() exhibit {
			return exhibit{message: &d.late.id, summary: fmt.Sprintf("group %s was given %s of key %q at %s, after %s, which was sent %s later",
				d.group, d.late.id, d.late.key, seconds(d.late.at), d.earlier.id, (d.earlier.start - d.late.end).Round(time.Microsecond))}
		})
	}
	compared := q.orderedDeliveries()
	f := conclude(t, fmt.Sprintf("%d messages were first delivered after a later one of their key", t.count),
		first(when(len(q.ordered) == 0, "no topic is named as ordered"), q.recordedTwice(), q.badClock(), q.tornTail(),
			when(q.late, "an ordered topic was named after sends had been recorded"),
			when(compared == 0, "no delivery of an ordered topic was recorded"),
			when(len(q.keys.home) == 0, "no message of an ordered topic with a key was acknowledged"),
			when(q.keysOpen, "more messages are in question than could be compared one by one")),
		"each key's messages were first delivered in the order in which they were sent").unless(q.recordedTwice(), q.badClock())
	f.counts = map[string]int64{"keys": int64(len(q.keys.home)), "first_deliveries": compared, "out_of_order": t.count}
	return f
}
