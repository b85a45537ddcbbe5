package traffic

import "fmt"

// place is where the messages of one key go, always the same, so that a key has an order.
type place struct {
	key   string
	queue int
}

// placement gives a producer its own share of the keys and spreads them over its group's queues. No two producers share a
// key, for then its messages would have no order. Keys' names, and which queue is whose, come from the seed.
func (c config) placement(inGroup int, id uint32) []place {
	producers := len(c.Groups) * c.Workers
	turn := int(draw(c.seed, forQueues) % uint64(c.Queues))
	var places []place
	for k := int(id - c.first); k < max(c.Keys, producers); k += producers {
		queue := (turn + inGroup + len(places)*c.Workers) % c.Queues
		name := fmt.Sprintf("k%d-%04x", k, draw(c.seed, forKeys, uint64(k))&0xFFFF)
		places = append(places, place{name, queue})
	}
	return places
}

// at is where a producer's message goes.
func (w *worker) at(seq uint64) place {
	return w.placement[draw(w.config.seed, forPlaces, uint64(w.id), seq)%uint64(len(w.placement))]
}
