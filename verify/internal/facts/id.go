package facts

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// ID names one send attempt.
type ID struct {
	Producer uint32
	Seq      uint64
}

// damaged stands for the id of a message whose body, and so its id, cannot be trusted.
var damaged = ID{^uint32(0), ^uint64(0)}

func (m ID) String() string { return fmt.Sprintf("producer %d seq %d", m.Producer, m.Seq) }

// CompareIDs orders ids by producer and sequence.
func CompareIDs(a, b ID) int {
	return cmp.Or(cmp.Compare(a.Producer, b.Producer), cmp.Compare(a.Seq, b.Seq))
}

// Ranges writes ids as "producer:seq" and "producer:first-last".
func Ranges(ids []ID) (out []string) {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, CompareIDs)
	ids = slices.Compact(ids)
	for i := 0; i < len(ids); {
		j := i
		for j+1 < len(ids) && ids[j+1].Producer == ids[i].Producer && ids[j+1].Seq == ids[j].Seq+1 {
			j++
		}
		s := fmt.Sprintf("%d:%d", ids[i].Producer, ids[i].Seq)
		if j > i {
			s += fmt.Sprintf("-%d", ids[j].Seq)
		}
		out = append(out, s)
		i = j + 1
	}
	return out
}

// QueueID names a queue.
type QueueID struct {
	Topic, Broker string
	Number        int32
}

func (p QueueID) String() string {
	return fmt.Sprintf("topic %s %s queue %d", p.Topic, p.Broker, p.Number)
}

// CompareQueues orders queues by topic, broker group and number.
func CompareQueues(a, b QueueID) int {
	return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Broker, b.Broker), cmp.Compare(a.Number, b.Number))
}

// Location is an offset of a queue.
type Location struct {
	QueueID
	Offset int64
}

// mark sums up "this message lies at this offset". Sums of marks are equal where the same messages lie at the
// same offsets, in whatever order they came; by accident with a chance of 1 in 2^64.
func mark(offset int64, m ID) uint64 {
	x := m.Seq*0x9E3779B97F4A7C15 + uint64(m.Producer)*0xD6E8FEB86659FD93 + 1
	x ^= x >> 32
	x *= 0xBF58476D1CE4E5B9
	x += uint64(offset) * 0x94D049BB133111EB
	x ^= x >> 29
	x *= 0xFF51AFD7ED558CCD
	return x ^ (x >> 32)
}

// bitOf is where a message's bit lies on the page of its id.
func bitOf(m ID) uint16 { return uint16(m.Seq & sets.PageMask) }
