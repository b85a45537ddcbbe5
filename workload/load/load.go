package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// Config is a load.
type Config struct {
	ID        string
	Topic     string
	Groups    []string
	Workers   int // per group
	Queues    int // per group
	Keys      int // at least one a worker is used
	Rate      float64
	BodyBytes int
}

// Load is the sending side of a run.
type Load struct {
	config  Config
	workers []*worker
}

// New makes a load whose producers are numbered from 0 on, group by group. Each record is handed over, from several
// goroutines, as soon as its send is answered.
func New(c Config, clients Clients, record func(*history.Send) error) *Load {
	return build(c, func(w *worker) sender { return clients.newSender(c.ID, w) }, record)
}

func build(c Config, newSender func(*worker) sender, record func(*history.Send) error) *Load {
	l := &Load{config: c}
	for _, group := range c.Groups {
		for i := range c.Workers {
			w := &worker{id: uint32(len(l.workers)), group: group, run: c, record: record}
			w.placement = placement(c, i, w.id)
			w.sender = newSender(w)
			l.workers = append(l.workers, w)
		}
	}
	return l
}

// Producers is the number of producers of a load.
func (c Config) Producers() int { return len(c.Groups) * c.Workers }

// Place is where a producer's message goes.
type Place struct {
	Group, Key string
	Queue      int
}

// Place tells where the message of a producer with a sequence number goes: it is the same in every life of the process.
func (c Config) Place(producer uint32, seq uint64) Place {
	inGroup := int(producer) % c.Workers
	places := placement(c, inGroup, producer)
	p := places[seq%uint64(len(places))]
	return Place{c.Groups[int(producer)/c.Workers], p.key, p.queue}
}

// placement gives a worker its own share of the keys and spreads them over its group's queues. No two workers share a
// key, for then its messages would have no order.
func placement(c Config, inGroup int, id uint32) []place {
	producers := c.Producers()
	var places []place
	for k := int(id); k < max(c.Keys, producers); k += producers {
		queue := (inGroup + len(places)*c.Workers) % c.Queues
		places = append(places, place{fmt.Sprintf("k%d", k), queue})
	}
	return places
}

// Run sends until the context ends, and then until every send under way is answered. It fails where a record cannot be
// written: a load that cannot be recorded must not go on. zero is the time that records count from.
func (l *Load) Run(ctx context.Context, zero time.Time) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := newSchedule(l.config.Rate, len(l.config.Groups), l.config.Workers)
	errs := make([]error, len(l.workers))
	var all sync.WaitGroup
	for i, w := range l.workers {
		w.zero = zero
		all.Go(func() {
			if errs[i] = w.work(ctx, s.queues[i/l.config.Workers], s.took); errs[i] != nil {
				cancel()
			}
		})
	}
	s.run(ctx, zero)
	all.Wait()
	return errors.Join(errs...)
}
