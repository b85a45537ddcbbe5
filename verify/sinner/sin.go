package sinner

// Sin is one thing that a cluster must not do.
type Sin string

// The sins. Those that need a cause happen at or after the crash.
const (
	None          Sin = "none"
	AckThenDrop   Sin = "acknowledge, then drop"
	DropTail      Sin = "drop the tail at a crash"
	SameOffset    Sin = "two messages at one offset"
	OffsetBack    Sin = "offset goes back"
	Reorder       Sin = "reorder"
	Duplicate     Sin = "duplicate"
	Corrupt       Sin = "corrupt"
	StaleRoute    Sin = "stale route"
	Stall         Sin = "stall"
	HalfOpen      Sin = "half-open connection"
	SlaveDiverges Sin = "a slave that diverges"
	SkipDelivery  Sin = "skip a delivery"
	LeaveBacklog  Sin = "leave a backlog"
	Redeliver     Sin = "redeliver without end"
	ResurrectSend Sin = "store what was refused"
)

// Sins lists all of them.
func Sins() []Sin {
	return []Sin{None, AckThenDrop, DropTail, SameOffset, OffsetBack, Reorder, Duplicate, Corrupt, StaleRoute, Stall,
		HalfOpen, SlaveDiverges, SkipDelivery, LeaveBacklog, Redeliver, ResurrectSend}
}
