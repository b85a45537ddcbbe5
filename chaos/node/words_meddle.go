package node

import (
	"net/netip"
	"time"
)

// BurnVerb takes processor time within a container's control group.
const BurnVerb = "burn"

// BurnArgs say how many processes do.
type BurnArgs struct {
	Processes int `json:"processes"`
}

// BurnSeen is what can be seen of them.
type BurnSeen struct {
	Inside int           `json:"inside"` // the container's group, and alive
	Used   time.Duration `json:"used"`   // of a processor, by all of them
}

// CacheVerb drops what a container has of files in memory.
const CacheVerb = "cache"

// CacheSeen is how much that was, in bytes, and what was left right after.
type CacheSeen struct {
	Before int64 `json:"before"`
	After  int64 `json:"after"`
}

// ClockVerb moves the clock that a server reads, and nobody else's.
const ClockVerb = "clock"

// ClockArgs say by how much, in whole seconds, and from where.
type ClockArgs struct {
	By     time.Duration `json:"by"`
	Every  time.Duration `json:"every"`  // moved for so long and right for so long, in turn; 0: moved until it is undone
	Before time.Duration `json:"before"` // ClockSeen.Said as it was
}

// ClockSeen is what can be seen of a server's clock.
type ClockSeen struct {
	Added time.Duration `json:"added"` // by code of ours in the server's memory, now
	Said  time.Duration `json:"said"`  // by how much the time in its newest log line is ahead of the kernel's for the same write; a time zone is part of it
	Gone  bool          `json:"gone"`
}

// DuplicateVerb sends packets twice.
const DuplicateVerb = "duplicate"

// DuplicateArgs say which.
type DuplicateArgs struct {
	Match
	Percent uint32 `json:"percent"` // of the packets, drawn at random
}

// StaleVerb changes the answers of DNS on their way into a pod.
const StaleVerb = "stale"

// StaleArgs say whose answers, and to which address.
type StaleArgs struct {
	Match            // what comes from the servers of DNS
	To    netip.Addr `json:"to"`
}

// Meddled is what can be seen of it.
type Meddled struct {
	Drops
	Done    uint64 `json:"done"`    // packets that were copied, or changed
	Told    uint64 `json:"told"`    // duplicates that the other side has complained of, by its selective acknowledgements
	Problem string `json:"problem"` // the first that there was
}
