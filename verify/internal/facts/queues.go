package facts

import (
	"iter"
	"slices"

	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// queues finds a queue by its name: first what its topic and broker group are, which mostly are those of the queue before.
type queues struct {
	last  *lane
	lanes []*lane
	rest  map[laneAt]*lane // those beyond the first few
}

// fewLanes is how many are looked for one after the other.
const fewLanes = 8

// lane is a topic's queues of one broker group.
type lane struct {
	laneAt
	queues sets.Numbered[queue]
}

type laneAt struct{ topic, broker string }

// at gives a queue, made where it is missing.
func (s *queues) at(topic, broker string, number int32) *queue {
	l := s.last
	if l == nil || l.broker != broker || l.topic != topic {
		l = s.lane(laneAt{topic, broker})
	}
	q := l.queues.At(uint32(number))
	if q == nil {
		q = newQueue(QueueID{l.topic, l.broker, number})
		l.queues.Put(uint32(number), q)
	}
	return q
}

// of gives a queue, nil where it is missing.
func (s *queues) of(at QueueID) *queue {
	if l := s.find(laneAt{at.Topic, at.Broker}); l != nil {
		return l.queues.At(uint32(at.Number))
	}
	return nil
}

// lane gives a lane, made where it is missing.
func (s *queues) lane(at laneAt) *lane {
	l := s.find(at)
	if l == nil {
		l = &lane{laneAt: at}
		if len(s.lanes) >= fewLanes {
			if s.rest == nil {
				s.rest = map[laneAt]*lane{}
			}
			s.rest[at] = l
		}
		s.lanes = append(s.lanes, l)
	}
	s.last = l
	return l
}

func (s *queues) find(at laneAt) *lane {
	few := s.lanes[:min(len(s.lanes), fewLanes)]
	if i := slices.IndexFunc(few, func(l *lane) bool { return l.laneAt == at }); i >= 0 {
		return few[i]
	}
	return s.rest[at]
}

// all gives every queue.
func (s *queues) all() iter.Seq[*queue] {
	return func(yield func(*queue) bool) {
		for _, l := range s.lanes {
			for _, q := range l.queues.All() {
				if !yield(q) {
					return
				}
			}
		}
	}
}

// len is how many queues there are.
func (s *queues) len() (n int) {
	for _, l := range s.lanes {
		n += l.queues.Len()
	}
	return n
}
