package verify

import (
	"cmp"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// maxKeyed bounds the messages whose order by key is compared one by one.
var maxKeyed = 1 << 22

// keySend is one acknowledged send of a key.
type keySend struct {
	topic, key string
	start, end time.Duration
}

// keyLog is what is compared of the ordered topics.
type keyLog struct {
	sends map[id]keySend
	first map[string]map[id]time.Duration // by consumer group: when a message was first delivered
}

// suspectQueues lists the queues of ordered topics in which order by key does not follow from order by offset.
func (q *inquiry) suspectQueues() map[place]bool {
	out := map[place]bool{}
	for at, f := range q.keys.flows {
		if f.disordered {
			out[at.place] = true
		}
	}
	for _, l := range q.suspectLanes() {
		out[l.place] = true
	}
	for at := range out {
		if !q.ordered[at.topic] {
			delete(out, at)
		}
	}
	return out
}

// compareKeys reads the histories again for the keys and queues that are suspect, and compares the first
// deliveries of each key with the order of its sends.
func (q *inquiry) compareKeys() error {
	queues, all := q.suspectQueues(), q.totals.double > 0 || q.astray
	if len(q.ordered) == 0 || len(queues) == 0 && len(q.keys.roaming) == 0 && !all {
		return nil
	}
	l := keyLog{sends: map[id]keySend{}, first: map[string]map[id]time.Duration{}}
	err := q.each(func(r history.Record) {
		s, ok := r.(*history.Send)
		if !ok || !q.ordered[s.Topic] || s.Outcome != history.OK || s.Key == "" || s.End < s.Start {
			return
		}
		if all || queues[place{s.Topic, s.Broker, s.Queue}] || q.keys.roaming[keyAt{s.Topic, s.Key, s.Producer}] {
			if len(l.sends) == maxKeyed {
				q.keysOpen = true
				return
			}
			l.sends[id{s.Producer, s.Seq}] = keySend{s.Topic, s.Key, s.Start, s.End}
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
	m := deliveredID(d)
	if s, known := l.sends[m]; !known || s.topic != d.Topic {
		return
	}
	g := l.first[d.Group]
	if g == nil {
		g = map[id]time.Duration{}
		l.first[d.Group] = g
	}
	if at, ok := g[m]; !ok || d.Start < at {
		g[m] = d.Start
	}
}

// delivery is the first delivery of a key's message to one group.
type delivery struct {
	id
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
		k := keyAt{s.topic, s.key, m.producer}
		lists[k] = append(lists[k], delivery{m, s, at})
	}
	out := make([][]delivery, 0, len(lists))
	for _, d := range lists {
		slices.SortFunc(d, func(a, b delivery) int {
			return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.start, b.start), cmp.Compare(a.seq, b.seq))
		})
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b []delivery) int {
		return cmp.Or(cmp.Compare(a[0].at, b[0].at), cmp.Compare(a[0].producer, b[0].producer), cmp.Compare(a[0].seq, b[0].seq))
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
