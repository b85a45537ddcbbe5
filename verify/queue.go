package verify

import (
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// place names a queue.
type place struct {
	topic, broker string
	queue         int32
}

// id names one send attempt.
type id struct {
	producer uint32
	seq      uint64
}

// mark sums up "this message lies at this offset". Sums of marks are equal where the same messages lie at the
// same offsets, in whatever order they came; by accident with a chance of 1 in 2^64.
func mark(offset int64, m id) uint64 {
	x := m.seq*0x9E3779B97F4A7C15 + uint64(m.producer)*0xD6E8FEB86659FD93 + 1
	x ^= x >> 32
	x *= 0xBF58476D1CE4E5B9
	x += uint64(offset) * 0x94D049BB133111EB
	x ^= x >> 29
	x *= 0xFF51AFD7ED558CCD
	return x ^ (x >> 32)
}

// damaged stands for the id of a message whose body, and so its id, cannot be trusted.
var damaged = id{^uint32(0), ^uint64(0)}

// trackPage is what one witness says of pageBits offsets of a queue.
type trackPage struct {
	set   plane
	sum   uint64 // of the marks of all offsets in set
	acked uint64 // of those whose acknowledgement had been seen by then
	open  uint16 // how many had none by then
	again bool   // an offset was named more than once
}

// track is what one witness says of a queue: the acknowledgements, one replica's scan, or one group's deliveries.
type track struct {
	pages pages[trackPage]
	count int64 // offsets
	again int64 // times that an offset was named once more
	high  int64 // highest offset, -1 where none
}

func newTrack() *track { return &track{high: -1} }

// add notes that message m lies at the offset. It reports whether the offset is new.
func (t *track) add(offset int64, m id) (*trackPage, bool) {
	p := t.pages.at(uint64(offset))
	if !p.set.add(uint16(offset & pageMask)) {
		p.again = true
		t.again++
		return p, false
	}
	p.sum += mark(offset, m)
	t.count++
	t.high = max(t.high, offset)
	return p, true
}

func (t *track) has(offset int64) bool {
	p := t.pages.find(uint64(offset))
	return p != nil && p.set.has(uint16(offset&pageMask))
}

// replica is the scan of one queue on one broker.
type replica struct {
	name    string
	master  bool
	found   *track
	scans   []history.Scan // in the order in which they ended
	earlier []history.Scan // those that were passed over, since a later one counts
	open    bool           // messages were found since the last of scans
	mixed   bool           // the queue was scanned in more than one history, and what each found cannot be told apart
	bad     map[int64]bool // offsets whose message was damaged, the first maxBad of them
	broken  int64          // how many were damaged
}

// maxBad bounds the offsets that are remembered as damaged. It is a variable for the tests' sake.
var maxBad = 1 << 20

// final is the scan that counts, nil where there is none or a later one did not end.
func (r *replica) final() *history.Scan {
	if r == nil || r.open || r.mixed || len(r.scans) == 0 {
		return nil
	}
	return &r.scans[len(r.scans)-1]
}

// complete reports whether the final scan read every offset.
func (r *replica) complete() bool {
	s := r.final()
	return s != nil && s.Complete
}

// queue is all that is known of one queue.
type queue struct {
	place
	acks      *track
	replicas  map[string]*replica
	groups    map[string]*track
	lanes     lanes
	highest   ackAt // the acknowledgement of the highest offset
	lastFound *replica
}

// ackAt is an acknowledgement's place and time.
type ackAt struct {
	offset int64
	end    time.Duration
}

func newQueue(p place) *queue {
	return &queue{place: p, acks: newTrack(), replicas: map[string]*replica{}, groups: map[string]*track{}, highest: ackAt{offset: -1}}
}

func (q *queue) replica(name string) *replica {
	if q.lastFound != nil && q.lastFound.name == name {
		return q.lastFound
	}
	r := q.replicas[name]
	if r == nil {
		r = &replica{name: name, master: name == q.broker+"/0", found: newTrack(), bad: map[int64]bool{}}
		q.replicas[name] = r
	}
	q.lastFound = r
	return r
}

// master is the master's scan, or nil.
func (q *queue) master() *replica { return q.replicas[q.broker+"/0"] }

func (q *queue) group(name string) *track {
	t := q.groups[name]
	if t == nil {
		t = newTrack()
		q.groups[name] = t
	}
	return t
}

// queues finds a queue by its name, quickly for the queues used last.
type queues struct {
	all   map[place]*queue
	cache [256]*queue
}

func (s *queues) at(topic, broker string, number int32) *queue {
	slot := &s.cache[(uint32(number)*31+uint32(len(broker))+letter(broker))&255]
	if q := *slot; q != nil && q.queue == number && q.topic == topic && q.broker == broker {
		return q
	}
	p := place{topic, broker, number}
	q := s.all[p]
	if q == nil {
		q = newQueue(p)
		s.all[p] = q
	}
	*slot = q
	return q
}

// letter is a cheap number that tells apart names that differ in their last letter.
func letter(name string) uint32 {
	if name == "" {
		return 0
	}
	return uint32(name[len(name)-1]) * 7
}
