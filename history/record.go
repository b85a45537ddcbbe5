package history

import (
	"encoding/json"
	"time"
)

// The structs of this file are the one table of the format: internal/generate makes both forms' readers and writers,
// the JSON Schema and the page docs/history.md from them. A field's tag says, separated by commas:
//
//	its number in the blocks, which never changes its meaning; its name in JSON, "-" for none
//	required          a line without it is an error; required=CONDITION: where the Go condition on r holds
//	omit              it is not written where it is zero; without omit and given it is always written
//	given=FIELD       it is written where the bool FIELD holds, and FIELD holds where it was read
//	default=VALUE     what an absent one means, as Go; zero without it
//	max=NUMBER        what lies above is refused
//	clamp             but written as NUMBER: what a damaged message says means nothing, and must not end a recording
//	inverse           the line says the opposite of the field
//	rel=FIELD         blocks keep the difference to FIELD
//	by=FIELD[+FIELD]  it mostly goes on where the last record with the same values of these fields stood
//	v1                it stands in blocks of version 1, in the order of the struct
//
// The tag of Extra is the kind's number. Comments become the descriptions.
//
//go:generate go run ./internal/generate

// Kind names a record in the public JSON Lines form. A history with another kind is unreadable: nothing is
// silently dropped.
type Kind string

// Record is one line of a history: *Run, *Send, *Scan, *Found, *Deliver, *Probe, *Span, *Change, *Problem or *State.
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

// Run opens a history. The times of all other records count from its start. What the run means to show stands here,
// so that evidence that never came is missed.
type Run struct {
	Version  int             `rh:"1,version,required,v1"` // version of the format
	ID       string          `rh:"2,id,required,v1"`      // name of the run
	Started  time.Time       `rh:"3,started,omit,v1"`     // what the other records' times count from
	Ordered  []string        `rh:"4,ordered,omit,v1"`     // topics whose keys must be consumed in order
	Promise  json.RawMessage `rh:"5,promise,omit,v1"`     // what the configuration promised, as it was when the run began
	Claims   []string        `rh:"6,claims,omit,v1"`      // claims to judge, each with its figure where it takes one: resumes-within=30s; empty: every claim that applies
	Groups   []string        `rh:"7,groups,omit"`         // consumer groups that must be served
	Brokers  []string        `rh:"8,brokers,omit"`        // broker groups that are sent to
	Probes   []string        `rh:"9,probes,omit"`         // broker groups that are probed
	Faults   []string        `rh:"10,faults,omit"`        // names of the fault spans to come
	Spans    []string        `rh:"11,spans,omit"`         // names of the other spans to come
	Copies   int64           `rh:"12,copies,omit"`        // replicas that must hold an acknowledged message; 0: nothing is promised
	Replicas []string        `rh:"13,replicas,omit"`      // replicas that are to be scanned, named as scans name them
	Tool     string          `rh:"14,tool,omit"`          // version of the program that recorded it
	Seed     uint64          `rh:"15,seed,omit"`          // seed of the run's random choices
	Config   json.RawMessage `rh:"16,config,omit"`        // configuration of the program that recorded it, in its own words
	Consumes []string        `rh:"17,consumes,omit"`      // the topic of each of groups, in their order; absent: every group consumes every topic
	Extra    Extra           `rh:"1"`
}

// Send is one attempt to send. A retry is a new attempt with an id of its own, so that one id lies at one offset at most.
type Send struct {
	Producer uint32        `rh:"1,producer,required,v1,max=4294967294"`                  // number of the producer
	Seq      uint64        `rh:"2,seq,required,v1,max=18446744073709551614,by=Producer"` // number of the attempt, dense per producer, from 0
	Topic    string        `rh:"3,topic,required,v1"`                                    // topic
	Key      string        `rh:"4,key,v1"`                                               // sharding key
	Intended time.Duration `rh:"5,intended,v1,default=r.Start"`                          // when the open-loop schedule wanted it; absent: start
	Start    time.Duration `rh:"6,start,required,v1,rel=Intended"`                       // when the client was called
	End      time.Duration `rh:"7,end,required,v1,rel=Start"`                            // when it answered
	Outcome  Outcome       `rh:"8,outcome,required,v1"`                                  // what the sender may conclude: acknowledged, provably refused before the append, or neither
	Status   string        `rh:"9,status,v1"`                                            // the broker's or the client's own word
	Broker   string        `rh:"10,broker,v1"`                                           // broker group
	Queue    int32         `rh:"11,queue,v1"`                                            // queue number
	Offset   int64         `rh:"12,offset,v1,default=-1,by=Broker+Queue"`                // place in the queue that the answer named; absent or -1: it named none
	Retry    bool          `rh:"13,-"`                                                   // it repeats an earlier attempt
	RetryOf  uint64        `rh:"14,retry_of,given=Retry,max=18446744073709551614"`       // the same producer's attempt that it repeats; absent: it repeats none
	Detail   string        `rh:"15,detail,omit"`                                         // what else the client said
	Type     string        `rh:"16,type,omit"`                                           // absent: an ordinary message; refused: sent to be refused; delay, timer: to be given to consumers when it is due; commit, rollback, checked: in a transaction that its producer ends so, or lets end by being asked and commits
	Due      time.Duration `rh:"17,due,omit"`                                            // of a delayed message: when consumers may be given it at the earliest
	Extra    Extra         `rh:"2"`
}

// Scan closes the reading of one queue on one replica from its lowest to its highest offset. The messages that the
// reading found stand before it.
type Scan struct {
	Replica  string        `rh:"1,replica,required,v1"`                     // broker group, slash, broker id
	Topic    string        `rh:"2,topic,required,v1"`                       // topic
	Broker   string        `rh:"3,broker,required,v1"`                      // broker group
	Queue    int32         `rh:"4,queue,required,v1"`                       // queue number
	Min      int64         `rh:"5,min,required,v1"`                         // lowest offset
	Max      int64         `rh:"6,max,required,v1"`                         // highest offset plus one
	Complete bool          `rh:"7,complete,required,v1"`                    // every offset from min to below max was read
	End      time.Duration `rh:"8,end,required,v1"`                         // when the reading ended
	Process  string        `rh:"9,process,omit"`                            // which process was read: pod UID, slash, container id; its address where these are unknown
	Master   bool          `rh:"10,master,default=ofBrokerZero(r.Replica)"` // the process was its group's master; absent: the replica's broker id is 0
	Epoch    int64         `rh:"11,epoch,omit"`                             // the master's epoch as the process knew it; below 1: unknown, or a mode without epochs
	Gone     string        `rh:"12,gone,omit"`                              // why there was no such queue to read; absent: there was
	Why      string        `rh:"13,why,omit"`                               // why the reading is incomplete
	Holes    []int64       `rh:"14,holes,omit"`                             // places that the broker passed over
	Expired  int64         `rh:"15,expired,omit"`                           // lowest offset when the reading was over, where the front of the log is gone: what lies below it was deleted; absent: the log begins at 0
	Extra    Extra         `rh:"3"`
}

// Found is one message that a scan read.
type Found struct {
	Replica   string `rh:"1,replica,required,v1"`                                                 // broker group, slash, broker id
	Topic     string `rh:"2,topic,required,v1"`                                                   // topic
	Broker    string `rh:"3,broker,required,v1"`                                                  // broker group
	Queue     int32  `rh:"4,queue,required,v1"`                                                   // queue number
	Offset    int64  `rh:"5,offset,required,v1,by=Queue"`                                         // its place in the queue
	Producer  uint32 `rh:"6,producer,required=r.Intact,v1,max=4294967294,clamp"`                  // number of the producer
	Seq       uint64 `rh:"7,seq,required=r.Intact,v1,max=18446744073709551614,clamp,by=Producer"` // number of the attempt
	Intact    bool   `rh:"8,intact,required,v1"`                                                  // the body's checksum holds; if not, producer and seq mean nothing and may be absent
	Misplaced bool   `rh:"9,-"`                                                                   // the message itself names another place
	Stored    int64  `rh:"10,stored_offset,given=Misplaced,by=Queue"`                             // the place that the message itself names; absent: where it was found
	Extra     Extra  `rh:"4"`
}

// Deliver is one delivery of a message to a consumer.
type Deliver struct {
	Group    string        `rh:"1,group,required,v1"`                                          // consumer group
	Consumer uint32        `rh:"2,consumer,required,v1"`                                       // number of the consumer
	Topic    string        `rh:"3,topic,required,v1"`                                          // topic
	Broker   string        `rh:"4,broker,required,v1"`                                         // broker group
	Queue    int32         `rh:"5,queue,required,v1"`                                          // queue number
	Offset   int64         `rh:"6,offset,required,v1,by=Group+Broker+Queue"`                   // place in the queue
	Producer uint32        `rh:"7,producer,required,v1,max=4294967294,clamp"`                  // number of the producer
	Seq      uint64        `rh:"8,seq,required,v1,max=18446744073709551614,clamp,by=Producer"` // number of the attempt
	Attempt  int32         `rh:"9,attempt,v1,default=1"`                                       // 1 for the first delivery
	Start    time.Duration `rh:"10,start,required,v1"`                                         // when the consumer was given it
	Damaged  bool          `rh:"11,intact,omit,inverse"`                                       // the body's checksum holds, and it is of this run; absent: it does
	Extra    Extra         `rh:"5"`
}

// Probe is one availability probe of one broker group.
type Probe struct {
	Broker  string        `rh:"1,broker,required,v1"`          // broker group
	Start   time.Duration `rh:"2,start,required,v1,by=Broker"` // when it began
	End     time.Duration `rh:"3,end,required,v1,rel=Start"`   // when it ended
	Outcome Outcome       `rh:"4,outcome,required,v1"`         // what the sender may conclude
	Skipped int64         `rh:"5,skipped,omit"`                // ticks before this one at which nothing was sent
	Status  string        `rh:"6,status,omit"`                 // why it failed, in the broker's or the client's own word
	Address string        `rh:"7,address,omit"`                // where it went
	Detail  string        `rh:"8,detail,omit"`                 // what else is known
	Extra   Extra         `rh:"6"`
}

// Span is a stretch of the run with a meaning: before the fault, a fault on its target, after it. Of a fault's five
// times, one that is absent or 0 is unknown.
type Span struct {
	Name        string        `rh:"1,name,required,v1"`                       // name of the fault or stretch
	Phase       Phase         `rh:"2,phase,required,v1"`                      // where it stands
	Target      string        `rh:"3,target,v1"`                              // what was hit
	Start       time.Duration `rh:"4,start,required,v1"`                      // begin
	End         time.Duration `rh:"5,end,required,v1"`                        // end
	Confirmed   bool          `rh:"6,confirmed,required=r.Phase == Fault,v1"` // the fault was seen to hold on its target; required for phase fault
	Decided     time.Duration `rh:"7,decided,omit"`                           // its target was chosen
	Injected    time.Duration `rh:"8,injected,omit"`                          // it was done; recovery counts from here, where it is unknown from start
	ConfirmedAt time.Duration `rh:"9,confirmed_at,omit"`                      // it was seen to hold
	Healing     time.Duration `rh:"10,healing,omit"`                          // its undoing began
	Healed      time.Duration `rh:"11,healed,omit"`                           // it was undone
	Extra       Extra         `rh:"7"`
}

// Change is what a server said of one process of a broker group: mastership and membership at a moment.
type Change struct {
	At       time.Duration `rh:"1,at,required"`     // when it was asked
	Broker   string        `rh:"2,broker,required"` // broker group
	Process  string        `rh:"3,process,omit"`    // pod UID, slash, container id
	Address  string        `rh:"4,address,omit"`    // where the process serves
	ID       int64         `rh:"5,id,omit"`         // broker id
	Role     string        `rh:"6,role,omit"`       // master, slave; gone: no longer known to who says so
	Epoch    int64         `rh:"7,epoch,omit"`      // the master's epoch; below 1: unknown, or a mode without epochs
	InSync   bool          `rh:"8,in_sync,omit"`    // it is one of the group's in-sync replicas
	Writable bool          `rh:"9,writable,omit"`   // it takes messages
	By       string        `rh:"10,by,omit"`        // address of the NameServer, controller or broker that says so
	Since    time.Duration `rh:"11,since,omit"`     // it was said at each look since then; 0: at this one
	Extra    Extra         `rh:"8"`
}

// Problem is something that went wrong with the run itself. Any problem makes the run inconclusive at best.
type Problem struct {
	At    time.Duration `rh:"1,at,required"`   // when it was noticed
	Step  string        `rh:"2,step,omit"`     // of the experiment
	Text  string        `rh:"3,text,required"` // what went wrong
	Extra Extra         `rh:"9"`
}

// State is one thing that a broker keeps beside messages, as it had it when it was asked: a topic or a consumer group with its
// settings. What is "look" opens what one broker had at one look; one that has nothing says so by it alone. An "offset" is what is
// committed of a consumer group in a queue, by its broker group's master, and stands apart: it is written when it has changed.
type State struct {
	At      time.Duration `rh:"1,at,required"`      // when it was asked
	Broker  string        `rh:"2,broker,required"`  // broker group
	Address string        `rh:"3,address,required"` // where the process serves
	What    string        `rh:"4,what,required"`    // look, topic, consumer group, offset
	Name    string        `rh:"5,name,omit"`        // of the topic or consumer group; of an offset: consumer group in topic/queue
	Value   string        `rh:"6,value,omit"`       // its settings, in one order; of an offset: the number, -1 where there is none any more
	Extra   Extra         `rh:"10"`
}

// Extra keeps the fields of a record that this version does not know, as they were read.
type Extra map[string]json.RawMessage
