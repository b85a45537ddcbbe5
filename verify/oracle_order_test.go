package verify

import (
	"slices"

	"github.com/rmqproof/rmqproof/history"
)

// said is one witness's word on an offset.
type said struct {
	oracleQueue
	offset   int64
	producer uint32
	seq      uint64
}

// clashes looks for two messages at one offset, by acknowledgements, masters' scans and deliveries.
func (o *oracle) clashes() bool {
	var all []said
	for _, s := range o.acked() {
		all = append(all, said{oracleQueue{s.Topic, s.Broker, s.Queue, ""}, s.Offset, s.Producer, s.Seq})
	}
	for _, f := range o.masters() {
		if f.Intact {
			all = append(all, said{oracleQueue{f.Topic, f.Broker, f.Queue, ""}, f.Offset, f.Producer, f.Seq})
		}
	}
	for _, d := range o.delivers {
		all = append(all, said{oracleQueue{d.Topic, d.Broker, d.Queue, ""}, d.Offset, d.Producer, d.Seq})
	}
	for _, a := range all {
		for _, b := range all {
			if a.oracleQueue == b.oracleQueue && a.offset == b.offset && (a.producer != b.producer || a.seq != b.seq) {
				return true
			}
		}
	}
	return false
}

// goesBack looks for a queue's end that went back, or a producer's offsets.
func (o *oracle) goesBack() bool {
	for q, l := range o.scans {
		for i, a := range l {
			for _, b := range l[:i] {
				if a.End > b.End && a.Max < b.Max || a.End < b.End && a.Max > b.Max || a.End == b.End && a.Max < b.Max {
					return true
				}
			}
			if o.final(q) == a && (o.deliveredBeyond(q) || o.vanished(q)) {
				return true
			}
			for _, s := range o.acked() {
				if q == o.masterOf(s.Topic, s.Broker, s.Queue) && a.Complete && s.End <= a.End && s.Offset >= a.Max && o.highest(s) {
					return true
				}
			}
		}
	}
	return o.disorder(func(s *history.Send) (int64, bool) { return s.Offset, true })
}

// vanished reports whether a group was given an offset that a later complete scan read and found empty, and that nothing acknowledged.
func (o *oracle) vanished(q oracleQueue) bool {
	return o.complete(q) && slices.ContainsFunc(o.delivers, func(d *history.Deliver) bool {
		return o.masterOf(d.Topic, d.Broker, d.Queue) == q && d.Offset >= o.final(q).Min && d.Offset < o.final(q).Max &&
			!slices.ContainsFunc(o.found[q], func(f *history.Found) bool { return f.Offset == d.Offset }) &&
			!slices.ContainsFunc(o.acked(), func(s *history.Send) bool { return o.masterOf(s.Topic, s.Broker, s.Queue) == q && s.Offset == d.Offset }) &&
			slices.ContainsFunc(o.delivers, func(e *history.Deliver) bool {
				return e.Group == d.Group && o.masterOf(e.Topic, e.Broker, e.Queue) == q && e.Offset == o.high(d.Group, q) && e.Start <= o.final(q).End
			})
	})
}

// highest reports whether a send has its queue's highest acknowledged offset, and was the first to get it.
func (o *oracle) highest(s *history.Send) bool {
	for _, b := range o.acked() {
		if sameQueue(s, b) && (b.Offset > s.Offset || b.Offset == s.Offset && b.End < s.End) {
			return false
		}
	}
	return true
}

func sameQueue(a, b *history.Send) bool {
	return a.Topic == b.Topic && a.Broker == b.Broker && a.Queue == b.Queue
}

// disorder looks for two sends of a producer to a queue that do not overlap and lie the wrong way round.
func (o *oracle) disorder(lies func(*history.Send) (int64, bool)) bool {
	for _, a := range o.acked() {
		for _, b := range o.acked() {
			if a.Producer != b.Producer || !sameQueue(a, b) || a.End >= b.Start {
				continue
			}
			x, okX := lies(a)
			y, okY := lies(b)
			if okX && okY && x > y {
				return true
			}
		}
	}
	return false
}

// logDisorder judges by the lowest offset at which the queue's scan found each message.
func (o *oracle) logDisorder() bool {
	return o.disorder(func(s *history.Send) (at int64, ok bool) {
		for _, f := range o.found[o.masterOf(s.Topic, s.Broker, s.Queue)] {
			if isID(f, s) && (!ok || f.Offset < at) {
				at, ok = f.Offset, true
			}
		}
		return at, ok
	})
}
