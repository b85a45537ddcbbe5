package verify

import (
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

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

func (o *oracle) keyOrder(twice, gap bool) Verdict {
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
	return verdictOf(false, len(o.ordered) == 0 || !keyed || !given || twice || gap)
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
		all[o.masterOf(q.topic, q.broker, q.queue)] = true
	}
	for q := range o.scans {
		all[o.masterOf(q.topic, q.broker, q.queue)] = true
	}
	for _, s := range o.acked() {
		all[o.masterOf(s.Topic, s.Broker, s.Queue)] = true
	}
	for _, d := range o.delivers {
		all[o.masterOf(d.Topic, d.Broker, d.Queue)] = true
	}
	return all
}

func (o *oracle) unscannedConsumed() bool {
	for _, g := range o.groups() {
		for _, q := range o.consumed(g) {
			if !o.believable(q) {
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
		if d.Group == group && o.masterOf(d.Topic, d.Broker, d.Queue) == q {
			high = max(high, d.Offset)
		}
	}
	return high
}

func (o *oracle) given(group string, q oracleQueue, offset int64) bool {
	return slices.ContainsFunc(o.delivers, func(d *history.Deliver) bool {
		return d.Group == group && o.masterOf(d.Topic, d.Broker, d.Queue) == q && d.Offset == offset
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
				if o.masterOf(s.Topic, s.Broker, s.Queue) != q {
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
		if d.Group == group && d.Producer == s.Producer && d.Seq == s.Seq && (!there || o.masterOf(d.Topic, d.Broker, d.Queue) == q && d.Offset == s.Offset) {
			return Valid
		}
	}
	if o.final(q) == nil {
		return Valid // nothing to compare with, and the lack of a scan is a doubt of its own
	}
	// It may lie where no scan looked after it was acknowledged, and the group has not come to it.
	hidden := !o.onMaster(s) && (!o.complete(q) || o.final(q).End < s.End)
	if (there || hidden) && s.Offset > o.high(group, q) {
		return Inconclusive
	}
	return Violated
}
