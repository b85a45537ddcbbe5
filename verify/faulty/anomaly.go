package faulty

// Anomaly is one thing that a cluster must not do.
type Anomaly string

// The anomalies. Those that need a cause happen at or after the crash.
const (
	None          Anomaly = "none"
	AckThenDrop   Anomaly = "acknowledge, then drop"
	DropTail      Anomaly = "drop the tail at a crash"
	SameOffset    Anomaly = "two messages at one offset"
	OffsetBack    Anomaly = "offset goes back"
	Reorder       Anomaly = "reorder"
	Duplicate     Anomaly = "duplicate"
	Corrupt       Anomaly = "corrupt"
	StaleRoute    Anomaly = "stale route"
	Stall         Anomaly = "stall"
	HalfOpen      Anomaly = "half-open connection"
	SlaveDiverges Anomaly = "a slave that diverges"
	SlaveHole     Anomaly = "a slave with a hole"
	TwoMasters    Anomaly = "two masters at one epoch"
	ElectLate     Anomaly = "name the next master late"
	LeaveBehind   Anomaly = "leave a replica out of sync"
	ForgetTopic   Anomaly = "forget a topic at a crash"
	RewindOffsets Anomaly = "set committed offsets back"
	SkipDelivery  Anomaly = "skip a delivery"
	LeaveBacklog  Anomaly = "leave a backlog"
	Redeliver     Anomaly = "redeliver without end"
	ResurrectSend Anomaly = "store what was refused"
	RepeatSend    Anomaly = "repeat a request in another queue"
	DeleteOld     Anomaly = "delete the oldest"           // as retention does: no sin, and the verdict says so
	DeleteYoung   Anomaly = "delete the young of a queue" // while older ones stay
	CountRefused  Anomaly = "count a refused message"     // so that each later offset is named one too high: #6570 of RocketMQ
	NeverFire     Anomaly = "never give a delayed message out"
	FireTwice     Anomaly = "give a delayed message out twice"
	FireEarly     Anomaly = "give a delayed message out at once"
	CommitTwice   Anomaly = "commit a message twice"
	Unroll        Anomaly = "store what was rolled back"
)

// Anomalies lists all of them.
func Anomalies() []Anomaly {
	return []Anomaly{None, AckThenDrop, DropTail, SameOffset, OffsetBack, Reorder, Duplicate, Corrupt, StaleRoute, Stall,
		HalfOpen, SlaveDiverges, SlaveHole, TwoMasters, ElectLate, LeaveBehind, ForgetTopic, RewindOffsets, SkipDelivery, LeaveBacklog, Redeliver, ResurrectSend, RepeatSend, DeleteOld, DeleteYoung, CountRefused,
		NeverFire, FireTwice, FireEarly, CommitTwice, Unroll}
}
