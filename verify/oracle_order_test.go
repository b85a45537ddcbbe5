package verify

import (
	"slices"
	"time"

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
			for _, s := range o.acked() {
				if q == masterOf(s.Topic, s.Broker, s.Queue) && a.Complete && s.End <= a.End && s.Offset >= a.Max && o.highest(s) {
					return true
				}
			}
		}
	}
	return o.disorder(func(s *history.Send) (int64, bool) { return s.Offset, true })
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
		for _, f := range o.found[masterOf(s.Topic, s.Broker, s.Queue)] {
			if isID(f, s) && (!ok || f.Offset < at) {
				at, ok = f.Offset, true
			}
		}
		return at, ok
	})
}

func (o *oracle) groups() (out []string) {
	for _, d := range o.delivers {
		if !slices.Contains(out, d.Group) {
			out = append(out, d.Group)
		}
	}
	return out
}

// firstDelivery is when a group was first given a message.
func (o *oracle) firstDelivery(group string, s *history.Send) (at time.Duration, ok bool) {
	for _, d := range o.delivers {
		if d.Group == group && d.Producer == s.Producer && d.Seq == s.Seq && slices.Contains(o.ordered, d.Topic) && (!ok || d.Start < at) {
			at, ok = d.Start, true
		}
	}
	return at, ok
}

func (o *oracle) keyOrder(twice bool) Verdict {
	keyed := slices.ContainsFunc(o.acked(), func(s *history.Send) bool { return s.Key != "" && slices.Contains(o.ordered, s.Topic) })
	given := slices.ContainsFunc(o.delivers, func(d *history.Deliver) bool { return slices.Contains(o.ordered, d.Topic) })
	for _, g := range o.groups() {
		for _, a := range o.acked() {
			at, ok := o.firstDelivery(g, a)
			if !ok || a.Key == "" || !slices.Contains(o.ordered, a.Topic) {
				continue
			}
			for _, b := range o.acked() {
				if then, ok := o.firstDelivery(g, b); ok && a.Topic == b.Topic && a.Key == b.Key && a.Producer == b.Producer && a.End < b.Start && then < at {
					return Violated
				}
			}
		}
	}
	return verdictOf(false, len(o.ordered) == 0 || !keyed || !given || twice)
}

// consumed lists the queues with a group that was given something of their topic.
func (o *oracle) consumed(group string) (out []oracleQueue) {
	for q := range o.allQueues() {
		if slices.ContainsFunc(o.delivers, func(d *history.Deliver) bool { return d.Group == group && d.Topic == q.topic }) {
			out = append(out, q)
		}
	}
	return out
}

func (o *oracle) allQueues() map[oracleQueue]bool {
	all := map[oracleQueue]bool{}
	for q := range o.found {
		all[masterOf(q.topic, q.broker, q.queue)] = true
	}
	for q := range o.scans {
		all[masterOf(q.topic, q.broker, q.queue)] = true
	}
	for _, s := range o.acked() {
		all[masterOf(s.Topic, s.Broker, s.Queue)] = true
	}
	for _, d := range o.delivers {
		all[masterOf(d.Topic, d.Broker, d.Queue)] = true
	}
	return all
}

func (o *oracle) unscannedConsumed() bool {
	for _, g := range o.groups() {
		for _, q := range o.consumed(g) {
			if !o.complete(q) {
				return true
			}
		}
	}
	return false
}

// high is the highest offset of a queue that a group was given, -1 where none.
func (o *oracle) high(group string, q oracleQueue) int64 {
	high := int64(-1)
	for _, d := range o.delivers {
		if d.Group == group && masterOf(d.Topic, d.Broker, d.Queue) == q {
			high = max(high, d.Offset)
		}
	}
	return high
}

func (o *oracle) given(group string, q oracleQueue, offset int64) bool {
	return slices.ContainsFunc(o.delivers, func(d *history.Deliver) bool {
		return d.Group == group && masterOf(d.Topic, d.Broker, d.Queue) == q && d.Offset == offset
	})
}

func (o *oracle) catchUp(nothing bool) Verdict {
	bad := false
	for _, g := range o.groups() {
		for _, q := range o.consumed(g) {
			for _, f := range o.found[q] {
				bad = bad || o.final(q) != nil && f.Offset > o.high(g, q)
			}
		}
	}
	return verdictOf(bad, len(o.groups()) == 0 || o.unscannedConsumed() || nothing)
}

func (o *oracle) skips(nothing bool) Verdict {
	bad := false
	for _, g := range o.groups() {
		for _, q := range o.consumed(g) {
			for _, f := range o.found[q] {
				bad = bad || o.final(q) != nil && f.Offset < o.high(g, q) && !o.given(g, q, f.Offset) && !o.damagedAt(q, f.Offset)
			}
		}
	}
	return verdictOf(bad, len(o.groups()) == 0 || o.unscannedConsumed() || nothing)
}

func (o *oracle) damagedAt(q oracleQueue, offset int64) bool {
	return slices.ContainsFunc(o.found[q], func(f *history.Found) bool { return f.Offset == offset && !f.Intact })
}

func (o *oracle) delivered(doubt bool) Verdict {
	bad := false
	for _, g := range o.groups() {
		for _, q := range o.consumed(g) {
			for _, s := range o.acked() {
				if masterOf(s.Topic, s.Broker, s.Queue) != q {
					continue
				}
				switch o.handed(g, q, s) {
				case Violated:
					bad = true
				case Inconclusive:
					doubt = true
				}
			}
		}
	}
	return verdictOf(bad, doubt || len(o.groups()) == 0 || o.unscannedConsumed())
}

// handed tells whether a group was given a message: Violated if not, Inconclusive if it is still to come.
func (o *oracle) handed(group string, q oracleQueue, s *history.Send) Verdict {
	there := slices.ContainsFunc(o.atOffset(s), func(f *history.Found) bool { return isID(f, s) })
	for _, d := range o.delivers {
		if d.Group == group && d.Producer == s.Producer && d.Seq == s.Seq && (!there || masterOf(d.Topic, d.Broker, d.Queue) == q && d.Offset == s.Offset) {
			return Valid
		}
	}
	if o.final(q) == nil {
		return Valid // nothing to compare with, and the lack of a scan is a doubt of its own
	}
	if there && s.Offset > o.high(group, q) {
		return Inconclusive
	}
	return Violated
}

// replicasAgree compares each slave with its master, offset by offset.
func (o *oracle) replicasAgree() Verdict {
	bad, doubt, slaves := false, false, false
	replicas := map[oracleQueue][]oracleQueue{}
	for _, m := range []map[oracleQueue]bool{keysOf(o.found), keysOf(o.scans)} {
		for q := range m {
			at := masterOf(q.topic, q.broker, q.queue)
			if !slices.Contains(replicas[at], q) {
				replicas[at] = append(replicas[at], q)
			}
		}
	}
	for master, l := range replicas {
		if slices.ContainsFunc(l, func(q oracleQueue) bool { return q != master }) {
			slaves = true
			b, d := o.compareCopies(master, l)
			bad, doubt = bad || b, doubt || d
		}
	}
	return verdictOf(bad, doubt || !slaves)
}

func keysOf[V any](m map[oracleQueue]V) map[oracleQueue]bool {
	out := map[oracleQueue]bool{}
	for k := range m {
		out[k] = true
	}
	return out
}

func (o *oracle) compareCopies(master oracleQueue, all []oracleQueue) (bad, doubt bool) {
	for _, q := range append([]oracleQueue{master}, all...) {
		doubt = doubt || !o.complete(q)
	}
	for _, q := range all {
		s, m := o.final(q), o.final(master)
		if q == master || s == nil || m == nil {
			continue
		}
		if !doubt && s.Max > m.Max {
			bad = true
		}
		for at := max(s.Min, m.Min); at < min(s.Max, m.Max) && at < max(s.Min, m.Min)+100; at++ {
			a, b := o.contents(master, at), o.contents(q, at)
			if !s.Complete || !m.Complete {
				bad = bad || len(a) > 0 && len(b) > 0 && !(len(a) == 1 && len(b) == 1 && a[0] == b[0])
				continue
			}
			bad = bad || len(a) != len(b) || len(a) > 1 || len(a) == 1 && a[0] != b[0]
		}
	}
	if !doubt && o.copies == 2 && len(all) >= 2 {
		for _, s := range o.acked() {
			if masterOf(s.Topic, s.Broker, s.Queue) == master {
				holders := 0
				for _, q := range all {
					if len(o.contents(q, s.Offset)) > 0 {
						holders++
					}
				}
				bad = bad || holders == 1
			}
		}
	}
	return bad, doubt
}

// contents lists the different messages that a replica's scan found at an offset.
func (o *oracle) contents(q oracleQueue, offset int64) (out []said) {
	for _, f := range o.found[q] {
		if f.Offset == offset {
			s := said{producer: f.Producer, seq: f.Seq}
			if !f.Intact {
				s = said{offset: -1}
			}
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}
