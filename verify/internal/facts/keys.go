package facts

import (
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// keys watches the ordered topics. A key's messages are delivered in order if they all lie in one queue, in
// order, and that queue's messages are delivered in order. That takes one entry per key and per queue to see,
// not one per message; what is not so is compared message by message.
type keys struct {
	home    map[keyAt]QueueID // the queue of each producer's key
	roaming map[keyAt]bool    // keys in more than one queue, or in none that is known
	flows   map[flowAt]*flow
}

// keyAt is one producer's key.
type keyAt struct {
	topic, key string
	producer   uint32
}

// flowAt is one consumer group's reading of one queue.
type flowAt struct {
	QueueID
	group string
}

// flow follows the deliveries of one queue to one group.
type flow struct {
	high       int64         // the highest offset so far
	last       time.Duration // the latest delivery so far
	disordered bool          // an offset was first delivered after a higher one, or recorded after a later one
}

func newKeys() *keys {
	return &keys{home: map[keyAt]QueueID{}, roaming: map[keyAt]bool{}, flows: map[flowAt]*flow{}}
}

// send takes an acknowledged send of an ordered topic.
func (k *keys) send(r *history.Send) {
	if r.Outcome != history.OK || r.Key == "" {
		return
	}
	at, lies := keyAt{r.Topic, r.Key, r.Producer}, QueueID{r.Topic, r.Broker, r.Queue}
	home, known := k.home[at]
	if !known {
		k.home[at] = lies
		home = lies
	}
	if home != lies || r.Broker == "" || r.Offset < 0 {
		k.roaming[at] = true
	}
}

// deliver takes a delivery of an ordered topic. New tells the first of an offset from a redelivery.
func (k *keys) deliver(r *history.Deliver, fresh bool) {
	at := flowAt{QueueID{r.Topic, r.Broker, r.Queue}, r.Group}
	f := k.flows[at]
	if f == nil {
		k.flows[at] = &flow{high: r.Offset, last: r.Start}
		return
	}
	f.disordered = f.disordered || r.Start < f.last || fresh && r.Offset < f.high
	f.high, f.last = max(f.high, r.Offset), max(f.last, r.Start)
}

func (k *keys) merge(o *keys) {
	for at, lies := range o.home {
		if home, known := k.home[at]; known && home != lies {
			k.roaming[at] = true
		}
		k.home[at] = lies
	}
	for at := range o.roaming {
		k.roaming[at] = true
	}
	for at, f := range o.flows {
		if k.flows[at] == nil {
			k.flows[at] = f
			continue
		}
		k.flows[at].disordered = true // which of the two came first is not known here
	}
}
