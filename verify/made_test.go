package verify

import (
	"iter"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// made is a history that is made while it is read, so that its size needs no room: sends of four producers to
// sixteen queues, then the scan of every queue. Of every gap'th send nothing is known, and the sends in drop are
// missing in the scan.
type made struct {
	sends       uint64
	gap         uint64
	drop        map[uint64]bool
	queues      int32
	producers   uint64
	first       uint32 // number of the first producer
	parts, part uint64 // where parts is above 1: how many agents share the producers and queues, and which this is
}

func newMade(operations uint64) *made {
	return &made{sends: operations / 2, queues: 16, producers: 4}
}

// The n-th send is its producer's n/producers-th, and goes to a queue that its number gives; its offset is its rank there.
func (m *made) producer(n uint64) uint32 { return m.first + uint32(n%m.producers) }
func (m *made) seq(n uint64) uint64      { return n / m.producers }
func (m *made) queue(n uint64) int32     { return int32(n / m.producers % uint64(m.queues)) }
func (m *made) offset(n uint64) int64 {
	per := m.producers * uint64(m.queues)
	return int64(n/per*m.producers + n%m.producers)
}

// at is the inverse: the send at an offset of a queue.
func (m *made) at(queue int32, offset uint64) uint64 {
	per := m.producers * uint64(m.queues)
	return offset/m.producers*per + uint64(queue)*m.producers + offset%m.producers
}

func (m *made) unknown(n uint64) bool { return m.gap > 0 && n%m.gap == m.gap-1 }
func (m *made) dropped(n uint64) bool { return len(m.drop) > 0 && m.drop[n] }

func (m *made) Records() iter.Seq2[history.Record, error] { return m.Each() }

func (m *made) Each() iter.Seq2[history.Record, error] {
	return func(yield func(history.Record, error) bool) {
		if m.eachSend(yield) {
			m.eachFound(yield)
		}
	}
}

func (m *made) eachSend(yield func(history.Record, error) bool) bool {
	s := &history.Send{Topic: "t", Broker: "broker-a", Status: "SEND_OK"}
	for n := range m.sends {
		if m.parts > 1 && n%m.producers%m.parts != m.part {
			continue
		}
		at := time.Duration(n) * time.Microsecond
		s.Producer, s.Seq, s.Queue, s.Offset = m.producer(n), m.seq(n), m.queue(n), m.offset(n)
		s.Intended, s.Start, s.End, s.Outcome = at, at, at+time.Duration(m.producers)*time.Microsecond-1, history.OK
		if m.unknown(n) {
			s.Outcome = history.Unknown
		}
		if !yield(s, nil) {
			return false
		}
	}
	return true
}

func (m *made) eachFound(yield func(history.Record, error) bool) {
	f := &history.Found{Replica: "broker-a/0", Topic: "t", Broker: "broker-a", Intact: true}
	for f.Queue = 0; f.Queue < m.queues; f.Queue++ {
		if m.parts > 1 && uint64(f.Queue)%m.parts != m.part {
			continue
		}
		offset := uint64(0)
		for n := m.at(f.Queue, offset); n < m.sends; n = m.at(f.Queue, offset) {
			if f.Offset, f.Producer, f.Seq = int64(offset), m.producer(n), m.seq(n); !m.dropped(n) && !yield(f, nil) {
				return
			}
			offset++
		}
		if !yield(&history.Scan{Replica: f.Replica, Master: true, Topic: f.Topic, Broker: f.Broker, Queue: f.Queue, Max: int64(offset), Complete: true, End: 99 * 24 * time.Hour}, nil) {
			return
		}
	}
}
