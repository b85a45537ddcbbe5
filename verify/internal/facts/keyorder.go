package facts

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// keySend is one acknowledged send of a key.
type keySend struct {
	topic, key string
	start, end time.Duration
}

// keysSeen sums up what was seen of the ordered topics.
func (q *comparison) keysSeen() Keys {
	k := Keys{Seen: int64(len(q.keys.home)), Deliveries: q.orderedDeliveries(), Late: q.late, Truncated: q.keysTruncated}
	for _, d := range q.disorders {
		k.Disorder.Name(d.late.ID)
		q.add(&k.Disorder, func() Violation {
			return Violation{Message: &d.late.ID, Summary: fmt.Sprintf("group %s was given %s of key %q at %s, after %s, which was sent %s later",
				d.group, d.late.ID, d.late.key, Seconds(d.late.at), d.earlier.ID, (d.earlier.start - d.late.end).Round(time.Microsecond))}
		})
	}
	return k
}

// orderedDeliveries counts the offsets of ordered topics that were delivered, over all groups.
func (q *comparison) orderedDeliveries() (n int64) {
	for _, x := range q.sorted {
		for _, g := range x.groups {
			if q.ordered[x.Topic] {
				n += g.count
			}
		}
	}
	return n
}

// keyLog is what is compared of the ordered topics.
type keyLog struct {
	sends map[ID]keySend
	first map[string]map[ID]time.Duration // by consumer group: when a message was first delivered
}

// suspectQueues lists the queues of ordered topics in which order by key does not follow from order by offset.
func (q *comparison) suspectQueues() map[QueueID]bool {
	out := map[QueueID]bool{}
	for at, f := range q.keys.flows {
		if f.disordered {
			out[at.QueueID] = true
		}
	}
	for _, l := range q.suspectOrders() {
		out[l.QueueID] = true
	}
	for at := range out {
		if !q.ordered[at.Topic] {
			delete(out, at)
		}
	}
	return out
}

// compareKeys reads the histories again for the keys and queues that are suspect, and compares the first
// deliveries of each key with the order of its sends.
func (q *comparison) compareKeys() error {
	queues, all := q.suspectQueues(), q.totals.Double > 0 || q.misdelivered
	if len(q.ordered) == 0 || len(queues) == 0 && len(q.keys.roaming) == 0 && !all {
		return nil
	}
	l := keyLog{sends: map[ID]keySend{}, first: map[string]map[ID]time.Duration{}}
	err := q.each(func(r history.Record) {
		s, ok := r.(*history.Send)
		if !ok || !q.ordered[s.Topic] || s.Outcome != history.OK || s.Key == "" || s.End < s.Start {
			return
		}
		if all || queues[QueueID{s.Topic, s.Broker, s.Queue}] || q.keys.roaming[keyAt{s.Topic, s.Key, s.Producer}] {
			if len(l.sends) == q.options.Bounds.Keyed {
				q.keysTruncated = true
				return
			}
			l.sends[ID{s.Producer, s.Seq}] = keySend{s.Topic, s.Key, s.Start, s.End}
		}
	})
	if err != nil {
		return err
	}
	if err := q.each(l.deliver); err != nil {
		return err
	}
	q.disorders = l.disorders()
	return nil
}

func (l *keyLog) deliver(r history.Record) {
	d, ok := r.(*history.Deliver)
	if !ok {
		return
	}
	m := DeliveredID(d)
	if s, known := l.sends[m]; !known || s.topic != d.Topic {
		return
	}
	g := l.first[d.Group]
	if g == nil {
		g = map[ID]time.Duration{}
		l.first[d.Group] = g
	}
	if at, ok := g[m]; !ok || d.Start < at {
		g[m] = d.Start
	}
}

// delivery is the first delivery of a key's message to one group.
type delivery struct {
	ID
	keySend
	at time.Duration
}

// disorder is a message that a group was first given after one that was sent later.
type disorder struct {
	group         string
	late, earlier delivery // late was sent first and given last
}

// disorders compares the first deliveries of each group, producer and key with the order of the sends.
func (l *keyLog) disorders() (out []disorder) {
	for _, group := range sortedKeys(l.first) {
		for _, d := range l.perKey(group) {
			out = append(out, outOfOrder(group, d)...)
		}
	}
	return out
}

// perKey gives a group's first deliveries, one list per producer, topic and key, each in the order of delivery.
func (l *keyLog) perKey(group string) [][]delivery {
	lists := map[keyAt][]delivery{}
	for m, at := range l.first[group] {
		s := l.sends[m]
		k := keyAt{s.topic, s.key, m.Producer}
		lists[k] = append(lists[k], delivery{m, s, at})
	}
	out := make([][]delivery, 0, len(lists))
	for _, d := range lists {
		slices.SortFunc(d, func(a, b delivery) int {
			return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.start, b.start), cmp.Compare(a.Seq, b.Seq))
		})
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b []delivery) int {
		return cmp.Or(cmp.Compare(a[0].at, b[0].at), cmp.Compare(a[0].Producer, b[0].Producer), cmp.Compare(a[0].Seq, b[0].Seq))
	})
	return out
}

func outOfOrder(group string, l []delivery) (out []disorder) {
	latest := l[0] // of those given so far, the one that was sent last
	for _, d := range l[1:] {
		if d.end < latest.start {
			out = append(out, disorder{group, d, latest})
		}
		if d.start > latest.start {
			latest = d
		}
	}
	return out
}
