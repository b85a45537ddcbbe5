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
	KindChange  Kind = "change"
	KindProblem Kind = "problem"
)

// Record is one line of a history: *Run, *Send, *Scan, *Found, *Deliver, *Probe, *Span, *Change or *Problem.
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

// Run opens a history. All times of the other records are nanoseconds since Started. What a run means to show
// stands here, so that evidence that never came is missed.
type Run struct {
	Version  int
	ID       string
	Started  time.Time
	Ordered  []string        // topics whose keys must be consumed in order
	Promise  json.RawMessage // what the configuration promised, as it was when the run began
	Claims   []string        // the claims to judge, each as its text; empty: every claim that applies
	Groups   []string        // consumer groups that must be served
	Brokers  []string        // broker groups that are sent to
	Probes   []string        // broker groups that are probed
	Faults   []string        // names of the fault spans to come
	Spans    []string        // names of the other spans to come
	Copies   int64           // replicas that must hold an acknowledged message; 0: nothing is promised
	Replicas []string        // replicas that are to be scanned, as Scan.Replica names them
	Tool     string          // version of the program that recorded it
	Seed     uint64          // seed of the run's random choices
	Config   json.RawMessage // configuration of the program that recorded it, in its own words
	Extra    Extra
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
	Offset   int64  // place in the queue that the answer named; -1 where it named none
	Retry    bool   // it repeats the producer's attempt RetryOf
	RetryOf  uint64 // means nothing unless Retry holds
	Detail   string // what else the client said
	Type     string // "": an ordinary message; "refused": one that is sent to be refused
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
	Process  string  // pod UID "/" container id, or the address where these are unknown
	Master   bool    // the process was its group's master; where a file does not say: Replica ends in "/0"
	Epoch    int64   // the master's epoch as the process knew it; below 1: unknown, or a mode without epochs
	Gone     string  // why there was no such queue to read; empty: there was
	Why      string  // why the reading is incomplete
	Holes    []int64 // places that the broker passed over
	Extra    Extra
}

// Found is one message that a scan read. Producer and Seq are meaningless where Intact is false and the id was unreadable.
type Found struct {
	Replica   string
	Topic     string
	Broker    string
	Queue     int32
	Offset    int64 // place in the queue
	Producer  uint32
	Seq       uint64
	Intact    bool  // the body's checksum holds
	Misplaced bool  // the message itself names another place, Stored
	Stored    int64 // means nothing unless Misplaced holds
	Extra     Extra
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
	Damaged  bool // the body's checksum does not hold, or it is of another run; a file says "intact":false
	Extra    Extra
}

// Probe is one availability probe of one broker group.
type Probe struct {
	Broker     string
	Start, End time.Duration
	Outcome    Outcome
	Skipped    int64  // ticks before this one at which nothing was sent
	Status     string // why it failed, in the broker's or the client's own word
	Address    string // where it went
	Detail     string // what else is known
	Extra      Extra
}

// Span is a stretch of the run with a meaning: before the fault, a fault on its target, after it. Of a fault's
// five times, one that is 0 is unknown.
type Span struct {
	Name        string
	Phase       Phase
	Target      string
	Start, End  time.Duration
	Confirmed   bool          // the fault was seen to hold on its target
	Decided     time.Duration // its target was chosen
	Injected    time.Duration // it was done; recovery counts from here, where it is unknown from Start
	ConfirmedAt time.Duration // it was seen to hold
	Healing     time.Duration // its undoing began
	Healed      time.Duration // it was undone
	Extra       Extra
}

// Change is what a server said of one process of a broker group: mastership and membership at a moment.
type Change struct {
	At       time.Duration // when it was asked
	Broker   string        // broker group
	Process  string        // as Scan.Process
	Address  string        // where the process serves
	ID       int64         // broker id
	Role     string        // "master", "slave"; "gone": no longer known to By
	Epoch    int64         // as Scan.Epoch
	InSync   bool          // it is one of the group's in-sync replicas
	Writable bool          // it takes messages
	By       string        // address of the NameServer, controller or broker that said so
	Extra    Extra
}

// Problem is something that went wrong with the run itself. Any problem makes the run inconclusive at best.
type Problem struct {
	At    time.Duration
	Step  string // of the experiment
	Text  string // what went wrong
	Extra Extra
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
func (*Change) Kind() Kind  { return KindChange }
func (*Problem) Kind() Kind { return KindProblem }
