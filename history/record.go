package history

import (
	"encoding/json"
	"time"
)

// Kind names a record in the public JSON Lines form.
type Kind string

// The kinds of record. A history with another kind is unreadable: nothing is silently dropped.
const (
	KindRun     Kind = "run"
	KindSend    Kind = "send"
	KindScan    Kind = "scan"
	KindFound   Kind = "found"
	KindDeliver Kind = "deliver"
	KindProbe   Kind = "probe"
	KindSpan    Kind = "span"
)

// Record is one line of a history: *Run, *Send, *Scan, *Found, *Deliver, *Probe or *Span.
type Record interface{ Kind() Kind }

// Outcome is what the sender may conclude of an operation.
type Outcome uint8

// Unknown is the zero value: when in doubt, unknown.
const (
	Unknown Outcome = iota // may or may not have taken effect: time-outs, resets, FLUSH_*_TIMEOUT
	OK                     // acknowledged: SEND_OK alone
	Failed                 // provably refused before the append
)

// Phase places a span relative to the fault.
type Phase string

// The phases of an experiment.
const (
	Before Phase = "before"
	Fault  Phase = "fault"
	After  Phase = "after"
)

// Version is the version of the history format.
const Version = 1

// Run opens a history. All times of the other records are nanoseconds since Started.
type Run struct {
	Version int
	ID      string
	Started time.Time
	Ordered []string        // topics whose keys must be consumed in order
	Promise json.RawMessage // what the configuration promised, as it was when the run began
	Claims  []string        // ids of the claims to judge; empty: every claim that the records allow
	Extra   Extra
}

// Send is one attempt to send. A retry is a new attempt with a new Seq, so that one id lies at one offset at most.
type Send struct {
	Producer uint32
	Seq      uint64 // dense per producer, from 0
	Topic    string
	Key      string
	Intended time.Duration // when the open-loop schedule wanted it
	Start    time.Duration // when it was handed to the client
	End      time.Duration // when the client answered
	Outcome  Outcome
	Status   string // the broker's or the client's own word
	Broker   string // broker group
	Queue    int32
	Offset   int64 // logical offset in the queue; -1 where the answer named none
	Extra    Extra
}

// Scan closes the reading of one queue on one replica from its lowest to its highest offset.
type Scan struct {
	Replica  string // broker group "/" broker id
	Topic    string
	Broker   string
	Queue    int32
	Min, Max int64 // [Min, Max)
	Complete bool  // every offset in [Min, Max) was read
	End      time.Duration
	Extra    Extra
}

// Found is one message that a scan read. Producer and Seq are meaningless where Intact is false and the id was unreadable.
type Found struct {
	Replica  string
	Topic    string
	Broker   string
	Queue    int32
	Offset   int64
	Producer uint32
	Seq      uint64
	Intact   bool // the body's checksum holds
	Extra    Extra
}

// Deliver is one delivery of a message to a consumer.
type Deliver struct {
	Group    string
	Consumer uint32
	Topic    string
	Broker   string
	Queue    int32
	Offset   int64
	Producer uint32
	Seq      uint64
	Attempt  int32 // 1 for the first delivery
	Start    time.Duration
	Extra    Extra
}

// Probe is one availability probe of one broker group.
type Probe struct {
	Broker     string
	Start, End time.Duration
	Outcome    Outcome
	Extra      Extra
}

// Span is a stretch of the run with a meaning: before the fault, a fault on its target, after it.
type Span struct {
	Name       string
	Phase      Phase
	Target     string
	Start, End time.Duration
	Confirmed  bool // the fault was seen to hold on its target
	Extra      Extra
}

// Extra keeps the fields of a record that this version does not know, as they were read.
type Extra map[string]json.RawMessage

func (*Run) Kind() Kind     { return KindRun }
func (*Send) Kind() Kind    { return KindSend }
func (*Scan) Kind() Kind    { return KindScan }
func (*Found) Kind() Kind   { return KindFound }
func (*Deliver) Kind() Kind { return KindDeliver }
func (*Probe) Kind() Kind   { return KindProbe }
func (*Span) Kind() Kind    { return KindSpan }
