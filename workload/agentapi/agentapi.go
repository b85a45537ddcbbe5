// Package agentapi is the HTTP API of the workload's agent inside the cluster: the types that both sides speak, and the
// client of whoever asks. It imports no client of RocketMQ.
package agentapi

import "time"

// Time answers GET /time.
type Time struct {
	UnixNano int64 `json:"unixNano"`
}

// Topic asks for a topic on every master.
type Topic struct {
	Name   string `json:"name"`
	Queues int    `json:"queues"` // per broker group
}

// RunConfig starts a load. Zero values of the last five take the agent's defaults.
type RunConfig struct {
	ID       string   `json:"id"`
	Topic    string   `json:"topic"`
	Groups   []string `json:"groups"` // broker groups; each has Workers producers
	Rate     float64  `json:"rate"`   // messages a second, over all workers, open loop
	Consumer bool     `json:"consumer"`
	Seed     uint64   `json:"seed"`

	Workers       int           `json:"workers"` // per broker group
	Queues        int           `json:"queues"`  // per broker group, as the topic was created
	Keys          int           `json:"keys"`    // distinct message keys
	BodyBytes     int           `json:"bodyBytes"`
	ProbeInterval time.Duration `json:"probeInterval"` // nanoseconds
	ProbeDeadline time.Duration `json:"probeDeadline"` // nanoseconds, from the intended time
}

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
