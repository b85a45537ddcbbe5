package verify

import (
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// event is one record with its time.
type event struct {
	at     time.Duration
	record history.Record
	timed  bool
}

// subject is the message and the offset that a record is about.
func subject(r history.Record) (m facts.ID, at facts.Location, ok bool) {
	switch r := r.(type) {
	case *history.Send:
		return facts.ID{Producer: r.Producer, Seq: r.Seq}, locationOf(r.Topic, r.Broker, r.Queue, r.Offset), true
	case *history.Found:
		return facts.FoundID(r), locationOf(r.Topic, r.Broker, r.Queue, r.Offset), true
	case *history.Deliver:
		return facts.DeliveredID(r), locationOf(r.Topic, r.Broker, r.Queue, r.Offset), true
	}
	return m, at, false
}

// keep copies a record that may be overwritten by the next.
func keep(r history.Record) history.Record {
	switch r := r.(type) {
	case *history.Send:
		return ptr(*r)
	case *history.Found:
		return ptr(*r)
	case *history.Deliver:
		return ptr(*r)
	case *history.Probe:
		return ptr(*r)
	}
	return r
}

func eventOf(r history.Record) event {
	switch x := r.(type) {
	case *history.Send:
		return event{x.Start, r, true}
	case *history.Deliver:
		return event{x.Start, r, true}
	case *history.Probe:
		return event{x.Start, r, true}
	case *history.Span:
		return event{x.Start, r, true}
	case *history.Scan:
		return event{x.End, r, true}
	case *history.Change:
		return event{x.At, r, true}
	case *history.State:
		return event{x.At, r, true}
	}
	return event{0, r, false}
}

func queueOf(topic, broker string, number int32) facts.QueueID {
	return facts.QueueID{Topic: topic, Broker: broker, Number: number}
}

func locationOf(topic, broker string, number int32, offset int64) facts.Location {
	return facts.Location{QueueID: queueOf(topic, broker, number), Offset: offset}
}

func ptr[T any](v T) *T { return &v }
