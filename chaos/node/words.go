package node

import (
	"errors"
	"syscall"
)

// TokenHeader carries the secret that the helper's pod was made with: whoever reaches its port could otherwise stop
// any process of the node.
const TokenHeader = "X-Rmqproof-Token"

// Paths of the helper's API. Each is a POST, and each renews the lease.
const (
	PathAct   = "/act"   // of a chaos.Act
	PathUndo  = "/undo"  // of a chaos.Act
	PathSee   = "/see"   // of a chaos.Act; the answer depends on the verb
	PathAlive = "/alive" // answers Alive
)

// Alive is the helper's answer to a heartbeat.
type Alive struct {
	Held int `json:"held"` // acts that are not undone
}

// Process is one process of a container at a moment.
type Process struct {
	PID     int    `json:"pid"`
	Start   uint64 `json:"start"`   // clock ticks after the boot: with the PID it tells a process from its successor
	State   string `json:"state"`   // as ps writes it: R, S, D, T (stopped), Z
	Command string `json:"command"` // the program's name, cut by the kernel to 15 bytes
	Pages   int64  `json:"pages"`   // resident
}

// ErrGone says that no process of the container is left.
var ErrGone = errors.New("the container has no process: it has ended or was replaced")

// SignalVerb sends a signal to the server of a container. Of all signals only a stop outlasts the act, and is undone.
const SignalVerb = "signal"

// The signals of faults, as Linux numbers them on amd64 and arm64. The one who asks may run on another system, which numbers
// some differently.
const (
	Kill      syscall.Signal = 9
	Terminate syscall.Signal = 15
	Stop      syscall.Signal = 19
)

// SignalArgs say which.
type SignalArgs struct {
	Signal syscall.Signal `json:"signal"`
}

// Server is what can be seen of a container's server.
type Server struct {
	Process
	Gone    bool     `json:"gone"`    // the container has no process any more
	Stopped []string `json:"stopped"` // ids of all containers of the node that have a stopped process
}

// CrashVerb kills the server of a pod's container, and each of its successors.
const CrashVerb = "crash"

// CrashArgs say how often. Zero: until it is undone.
type CrashArgs struct {
	Times int `json:"times"`
}

// Crashes is what can be seen: how often a server was killed.
type Crashes struct {
	Killed int `json:"killed"`
}

// ServiceVerb stops a service of the node, and starts it when undone.
const ServiceVerb = "service"

// ServiceArgs name it as systemd does.
type ServiceArgs struct {
	Unit string `json:"unit"`
}

// ServiceState is what systemd says of it: active, inactive, failed, ...
type ServiceState struct {
	State string `json:"state"`
}
