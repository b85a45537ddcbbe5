package facts

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/verify/availability"
	"github.com/rmqproof/rmqproof/verify/internal/sets"
)

// witnessPage is what one witness says of sets.PageBits offsets of a queue.
type witnessPage struct {
	set     sets.Bits
	sum     uint64 // of the marks of all offsets in set
	acked   uint64 // of those whose acknowledgement had been seen by then
	unacked uint16 // how many had none by then
	again   bool   // an offset was named more than once
}

// witness is what one witness says of a queue: the acknowledgements, one replica's scan, or one group's deliveries.
type witness struct {
	pages sets.Paged[witnessPage]
	count int64 // offsets
	again int64 // times that an offset was named once more
	high  int64 // highest offset, -1 where none
}

func newWitness() *witness { return &witness{high: -1} }

// add notes that message m lies at the offset. It reports whether the offset is new.
func (t *witness) add(offset int64, m ID) (*witnessPage, bool) { return t.sum(offset, mark(offset, m)) }

// sum is add for the mark of the offset and its message.
func (t *witness) sum(offset int64, mark uint64) (*witnessPage, bool) {
	p := t.pages.At(uint64(offset))
	if !p.set.Add(uint16(offset & sets.PageMask)) {
		p.again = true
		t.again++
		return p, false
	}
	p.sum += mark
	t.count++
	t.high = max(t.high, offset)
	return p, true
}

// addAll notes n offsets from the given one on, all on one page, and leaves their sum to the caller. It gives nil where one
// of them is not new.
func (t *witness) addAll(offset int64, n int) *witnessPage {
	p := t.pages.At(uint64(offset))
	if !p.set.AddAll(uint16(offset&sets.PageMask), n) {
		return nil
	}
	t.count += int64(n)
	t.high = max(t.high, offset+int64(n)-1)
	return p
}

func (t *witness) has(offset int64) bool {
	p := t.pages.Find(uint64(offset))
	return p != nil && p.set.Has(uint16(offset&sets.PageMask))
}

// replica is the scan of one queue on one broker.
type replica struct {
	name       string
	master     bool           // by its scan; until that is read, the first replica of a queue is taken for its master
	told       bool           // whether a scan said so; if none did, the replica is nobody's master
	settled    bool           // whether what a reading before this one knows was looked up
	found      *witness       // by the places at which messages lie
	said       *witness       // by the offsets that messages name themselves; nil where these are their places
	low        int64          // the lowest place found, math.MaxInt64 where none
	scans      []scan         // in the order in which they ended
	earlier    []scan         // those that were passed over, since a later one counts
	ahead      bool           // the scan's line stands before what it found
	unfinished bool           // messages were found since the last of scans
	mixed      bool           // the queue was scanned in more than one history, and what each found cannot be told apart
	bad        map[int64]bool // offsets whose message was damaged, the first of them, up to a bound
	broken     int64          // how many were damaged
}

// scan is what matters of a scan's line.
type scan struct {
	Min, Max, Expired int64
	End               time.Duration
	Complete          bool
	Why               string
	Holes             []int64
}

// damage remembers an offset whose message was damaged.
func (r *replica) damage(offset int64) {
	if r.bad == nil {
		r.bad = map[int64]bool{}
	}
	r.bad[offset] = true
}

// final is the scan that counts, nil where there is none or a later one did not end.
func (r *replica) final() *scan {
	if r == nil || r.unfinished || r.mixed || len(r.scans) == 0 {
		return nil
	}
	return &r.scans[len(r.scans)-1]
}

// complete reports whether the final scan read every offset, and found nothing outside of what it read.
func (r *replica) complete() bool {
	s := r.final()
	return s != nil && s.Complete && r.inBounds()
}

// queue is all that is known of one queue.
type queue struct {
	QueueID
	acks         *witness
	replicas     []*replica
	groups       []*given
	orders       sendOrders
	highest      ackAt // the acknowledgement of the highest offset
	lastFound    *replica
	contradicted *given                // was given an offset beyond the end that the final scan found, and no fault came after it
	internal     bool                  // a topic of RocketMQ's own, in which copies of messages lie
	apart        bool                  // a message to it was acknowledged in a topic of RocketMQ's own
	sent         bool                  // an attempt went to it, whatever became of it
	firstSent    time.Duration         // when the first attempt began that may have been stored
	service      availability.Series   // attempts and acknowledgements over time
	tables       map[uint64]*pageTable // pages that are compared at the moment
}

// given is what one consumer group was given of a queue.
type given struct {
	group string
	witness
	first time.Duration // the earliest delivery
	last  ackAt         // the delivery of the highest offset, at the earliest
}

// ackAt is an acknowledgement's offset and time.
type ackAt struct {
	offset int64
	end    time.Duration
}

func newQueue(p QueueID) *queue {
	return &queue{QueueID: p, acks: newWitness(), highest: ackAt{offset: -1}, internal: isInternal(p.Topic), firstSent: math.MaxInt64}
}

// replica gives the replica with this name, made where it is missing.
func (q *queue) replica(name string) *replica {
	if q.lastFound != nil && q.lastFound.name == name {
		return q.lastFound
	}
	r := q.replicaNamed(name)
	if r == nil {
		r = &replica{name: name, master: len(q.replicas) == 0, found: newWitness(), low: math.MaxInt64}
		q.replicas = append(q.replicas, r)
	}
	q.lastFound = r
	return r
}

func (q *queue) replicaNamed(name string) *replica {
	for _, r := range q.replicas {
		if r.name == name {
			return r
		}
	}
	return nil
}

// master is the replica that was scanned as the queue's master, or nil.
func (q *queue) master() (m *replica) {
	for _, r := range q.replicas {
		if r.master && r.told && (m == nil || r.name < m.name) {
			m = r
		}
	}
	return m
}

// slaves lists the other replicas, by name.
func (q *queue) slaves() (out []*replica) {
	m := q.master()
	for _, r := range q.replicas {
		if r != m {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *replica) int { return strings.Compare(a.name, b.name) })
	return out
}

// group gives what a consumer group was given, made where it is missing.
func (q *queue) group(name string) *given {
	for _, g := range q.groups {
		if g.group == name {
			return g
		}
	}
	g := &given{group: name, witness: witness{high: -1}, first: math.MaxInt64, last: ackAt{offset: -1}}
	q.groups = append(q.groups, g)
	return g
}

// isInternal reports whether a topic is RocketMQ's own: messages that a consumer could not handle lie there once more.
func isInternal(topic string) bool {
	return strings.HasPrefix(topic, "%RETRY%") || strings.HasPrefix(topic, "%DLQ%")
}

// own is what a replica's messages say of their offsets.
func (r *replica) own() *witness {
	if r.said != nil {
		return r.said
	}
	return r.found
}
