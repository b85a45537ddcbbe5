// Package agentapi is the HTTP API of the workload's agent inside the cluster: the types that both sides speak, and the
// client of whoever asks. It imports no client of RocketMQ.
package agentapi

import (
	"strconv"
	"time"
)

// Time answers GET /time.
type Time struct {
	UnixNano int64 `json:"unixNano"`
}

// RunConfig starts a run. Zero values of the probe's take the agent's defaults.
type RunConfig struct {
	ID       string    `json:"id"`
	Seed     uint64    `json:"seed"`   // decides everything that the run draws by lot
	Groups   []string  `json:"groups"` // broker groups that are probed and scanned
	Traffics []Traffic `json:"traffics"`

	ProbeInterval time.Duration `json:"probeInterval"` // nanoseconds
	ProbeDeadline time.Duration `json:"probeDeadline"` // nanoseconds, from the intended time
	NoProbe       bool          `json:"noProbe"`       // leave the probes out
}

// Kinds of traffic, each at a constant rate. What all but the first send is stored in a topic of RocketMQ's own first, and
// comes to its topic later.
const (
	KindSteady      = "steady"      // ordinary messages
	KindDelay       = "delay"       // messages that are delayed by one of the brokers' levels
	KindTimer       = "timer"       // messages that are due at a time
	KindTransaction = "transaction" // messages in transactions: committed, rolled back, or left to the broker's question
)

// Later tells whether the traffic's messages come to their topic after they were acknowledged: only a consumer sees when.
func (t Traffic) Later() bool { return t.Kind != "" && t.Kind != KindSteady }

// Traffic is one stream of messages. Zero values take the agent's defaults. Its topic is created where it is missing.
type Traffic struct {
	Kind     string   `json:"kind"`
	Topic    string   `json:"topic"`    // empty: named after the run
	Groups   []string `json:"groups"`   // broker groups to send to; empty: those of the run
	Rate     float64  `json:"rate"`     // messages a second, over all producers, open loop
	Consumer bool     `json:"consumer"` // whether what is sent is consumed too, by the group that ConsumerGroup names; where Later, it is

	Delay time.Duration `json:"delay"` // the longest delay of delayed messages

	MessageType string `json:"messageType"` // with which its topic is created, e.g. FIFO; empty: none is named

	Workers   int `json:"workers"`   // producers per broker group
	Queues    int `json:"queues"`    // per broker group
	Keys      int `json:"keys"`      // distinct message keys
	BodyBytes int `json:"bodyBytes"` // on the average

	Refused   int      `json:"refused"`   // one message in as many is sent to be refused; 0: none
	RefusedBy []string `json:"refusedBy"` // the ways in which these are illegal, in turn
}

// Ways in which a message is illegal. Brokers up to 5.1.0 give an offset away before they refuse the first two (#6570);
// the third is refused before that by every version.
const (
	RefusedBySize       = "size"       // a body above the brokers' maxMessageSize of 4 MiB
	RefusedByProperties = "properties" // properties of more than 32,767 bytes
	RefusedByDelay      = "delay"      // a delay that is no number
)

// ConsumerGroup is the group that consumes what the traffic with the given index of a run sends.
func ConsumerGroup(run string, traffic int) string {
	return "rmqproof-" + run + "-" + strconv.Itoa(traffic)
}

// TopicName is the topic of the traffic with the given index of a run, where the traffic names none.
func TopicName(run string, traffic int) string { return ConsumerGroup(run, traffic) }

// Phase is how far a run has come.
type Phase string

// A run's phases, in order. An interrupted run was cut by the agent's death: it can be read, scanned and finished.
const (
	PhaseRunning  Phase = "running"
	PhaseStopping Phase = "stopping"
	PhaseStopped  Phase = "stopped"
	PhaseScanning Phase = "scanning"
	PhaseScanned  Phase = "scanned"
	PhaseFinished Phase = "finished"
)

// Contents asks for what brokers hold: their topics and consumer groups, how far these have come, and the messages of a run's topics.
type Contents struct {
	Run    string    `json:"run"`    // whose messages the topics hold
	Zero   time.Time `json:"zero"`   // what the records' times count from
	Groups []string  `json:"groups"` // broker groups
	Topics []string  `json:"topics"` // none: the messages are not read
	Queues int       `json:"queues"` // of each topic, per broker group
}

// RunStatus answers GET /runs/{id} and every POST under it.
type RunStatus struct {
	ID          string    `json:"id"`
	Phase       Phase     `json:"phase"`
	Started     time.Time `json:"started"` // the zero of the log's times, by the agent's clock
	Now         time.Time `json:"now"`     // the agent's clock when it answered
	Acked       int64     `json:"acked"`
	Failed      int64     `json:"failed"`
	Unknown     int64     `json:"unknown"`
	Probes      int64     `json:"probes"`
	ProbesOK    int64     `json:"probesOK"`
	Disturbed   time.Time `json:"disturbed"` // when a probe last failed; zero: none has
	Delivered   int64     `json:"delivered"`
	Found       int64     `json:"found"` // messages read by the final scan
	LogBytes    int64     `json:"logBytes"`
	CPUSeconds  float64   `json:"cpuSeconds"`  // user and system time of the agent's process while the load ran
	LoadSeconds float64   `json:"loadSeconds"` // for how long it ran, or has run so far
	Interrupted bool      `json:"interrupted"`
	Recreated   int64     `json:"recreated"` // clients replaced after repeated time-outs
	Error       string    `json:"error,omitempty"`
}

// TryAgain is in the answer to a POST /runs that came while the load of a runner that is gone is being stopped.
const TryAgain = "try again in a moment"

// Error is the body of every answer above 399.
type Error struct {
	Error string `json:"error"`
}
