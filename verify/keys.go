package verify

import (
	"cmp"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// keys is what is known of the messages of ordered topics. It holds one entry for each.
type keys struct {
	sends map[id]keySend
	first map[string]map[id]time.Duration // by consumer group: when a message was first delivered
	names map[string]string               // each key once
}

// keySend is one acknowledged send of a key.
type keySend struct {
	topic, key string
	start, end time.Duration
}

func newKeys() *keys {
	return &keys{sends: map[id]keySend{}, first: map[string]map[id]time.Duration{}, names: map[string]string{}}
}

func (k *keys) send(r *history.Send, m id) {
	if r.Outcome != history.OK || r.Key == "" || r.End < r.Start {
		return
	}
	name, ok := k.names[r.Key]
	if !ok {
		name = r.Key
		k.names[name] = name
	}
	k.sends[m] = keySend{r.Topic, name, r.Start, r.End}
}

func (k *keys) deliver(r *history.Deliver, m id) {
	g := k.first[r.Group]
	if g == nil {
		g = map[id]time.Duration{}
		k.first[r.Group] = g
	}
	if at, ok := g[m]; !ok || r.Start < at {
		g[m] = r.Start
	}
}

func (k *keys) merge(o *keys) {
	for m, s := range o.sends {
		k.sends[m] = s
	}
	for g, l := range o.first {
		if k.first[g] == nil {
			k.first[g] = l
			continue
		}
		for m, at := range l {
			if was, ok := k.first[g][m]; !ok || at < was {
				k.first[g][m] = at
			}
		}
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
func (k *keys) disorders() (out []disorder, compared int64) {
	for _, group := range sortedKeys(k.first) {
		for _, l := range k.perKey(group) {
			compared += int64(len(l))
			out = append(out, outOfOrder(group, l)...)
		}
	}
	return out, compared
}

// perKey gives a group's first deliveries, one list per producer, topic and key, each in the order of delivery.
func (k *keys) perKey(group string) [][]delivery {
	type of struct {
		producer   uint32
		topic, key string
	}
	lists := map[of][]delivery{}
	for m, at := range k.first[group] {
		if s, ok := k.sends[m]; ok {
			o := of{m.producer, s.topic, s.key}
			lists[o] = append(lists[o], delivery{m, s, at})
		}
	}
	out := make([][]delivery, 0, len(lists))
	for _, l := range lists {
		slices.SortFunc(l, func(a, b delivery) int {
			return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.start, b.start), cmp.Compare(a.seq, b.seq))
		})
		out = append(out, l)
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
