package node

import (
	"net/netip"
	"time"
)

// CutVerb drops packets between a pod and some addresses, in the pod's own network namespace.
const CutVerb = "cut"

// Match says which packets.
type Match struct {
	Addresses []netip.Addr `json:"addresses"` // of the other side
	In        bool         `json:"in"`        // what comes from them
	Out       bool         `json:"out"`       // what goes to them
	Port      uint16       `json:"port"`      // of TCP, at either end; 0: every packet
	Above     uint32       `json:"above"`     // those of more bytes alone; 0: every one
}

// CutArgs say which packets are dropped.
type CutArgs struct {
	Match
	Percent uint32 `json:"percent"` // of the packets, drawn at random; 0: every one
	Refuse  bool   `json:"refuse"`  // answer with a reset instead of silence
}

// Drops is what can be seen of rules.
type Drops struct {
	Rules   int    `json:"rules"`   // that are in place
	Packets uint64 `json:"packets"` // that they have met
}

// DelayVerb holds packets back for a while.
const DelayVerb = "delay"

// DelayArgs say which packets, and for how long.
type DelayArgs struct {
	Match
	By      time.Duration `json:"by"`
	Jitter  time.Duration `json:"jitter"`  // up to so much more, drawn at random; the order of packets stays
	Reorder uint32        `json:"reorder"` // of a hundred packets so many are held for twice as long, and others overtake them
}

// Delayed is what can be seen of a delay.
type Delayed struct {
	Drops
	Held    uint64        `json:"held"`    // packets that were let go after their time
	Least   time.Duration `json:"least"`   // that one of them was held
	Late    uint64        `json:"late"`    // packets that others have overtaken
	Problem string        `json:"problem"` // why the queue ended before it was told to
}

// ResetVerb ends the connections that are open between a pod and some addresses. New ones are not hindered.
const ResetVerb = "reset"

// ResetSeen is what can be seen of it.
type ResetSeen struct {
	Ended int `json:"ended"` // connections, by this helper
	Left  int `json:"left"`  // of them that are still there
}

// RateVerb slows down what a pod sends.
const RateVerb = "rate"

// RateArgs say to how much, in bytes a second.
type RateArgs struct {
	PerSecond uint64 `json:"per_second"`
}

// Shaped is what can be seen of it.
type Shaped struct {
	PerSecond uint64 `json:"per_second"` // 0: the pod's interface is not shaped by us
	Delayed   uint32 `json:"delayed"`    // packets that had to wait for their turn
	Sent      uint64 `json:"sent"`       // bytes, since it was shaped
}
