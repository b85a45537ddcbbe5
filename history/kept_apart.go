package history

// Types of messages that are not ordinary ones. All but Refused are acknowledged in a topic of RocketMQ's own, so that the
// place that is named is none of theirs, and stand in their own topic later.
const (
	Refused  = "refused"
	Delay    = "delay"    // by one of the broker's levels
	Timer    = "timer"    // at a time
	Commit   = "commit"   // in a transaction that its producer commits at once
	Checked  = "checked"  // in a transaction that its producer commits when it is asked
	Rollback = "rollback" // in a transaction that its producer rolls back, at once or when it is asked
)

// Delayed tells whether consumers are to be given the message once, when it is due.
func (s *Send) Delayed() bool { return s.Type == Delay || s.Type == Timer }

// Transacted tells whether the message was sent in a transaction.
func (s *Send) Transacted() bool { return s.Type == Commit || s.Type == Checked || s.Type == Rollback }

// KeptApart tells whether a broker stores the message elsewhere first.
func (s *Send) KeptApart() bool { return s.Type != "" && s.Type != Refused }

// ToFail tells whether the attempt was never meant to become a message: that it fails says nothing of the service.
func (s *Send) ToFail() bool { return s.Type == Refused || s.Type == Rollback }
