package verify

import (
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// numbered is a record with its number among those that were noted.
type numbered struct {
	number int
	record history.Record
}

// noted are the first records of a message or of a place.
type noted []numbered

func (n *noted) take(number int, r history.Record) {
	if len(*n) < maxRelated {
		*n = append(*n, numbered{number, r})
	}
}

// recent are the last few records that came along, and the latest time of those that were forgotten.
type recent[T any] struct {
	last      []T
	at        []time.Duration
	next      int // where the oldest lies
	forgotten time.Duration
	any       bool // something was forgotten
}

func (x *recent[T]) add(room int, r T, at time.Duration) {
	if len(x.last) < room {
		x.last, x.at = append(x.last, r), append(x.at, at)
		return
	}
	if old := x.at[x.next]; !x.any || old > x.forgotten {
		x.forgotten, x.any = old, true
	}
	x.last[x.next], x.at[x.next] = r, at
	x.next = (x.next + 1) % room
}

// each gives the records in the order in which they came.
func (x *recent[T]) each(do func(*T)) {
	for i := range x.last {
		do(&x.last[(x.next+i)%len(x.last)])
	}
}

// beyond reports whether nothing that was forgotten can be among the nearest, which are as many as are wanted or not.
func (x *recent[T]) beyond(enough bool, nearest []event) bool {
	return !x.any || enough && nearest[len(nearest)-1].at > x.forgotten
}
