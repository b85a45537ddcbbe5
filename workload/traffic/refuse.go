package traffic

import (
	"strings"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/payload"
)

const (
	// tooLarge is above maxMessageSize's default, 4 MiB.
	tooLarge = 4<<20 + 1
	// tooLong is above what the length of a message's properties can state.
	tooLong = 33_000
)

// refusal says how a message is to be refused; empty: it is an ordinary one.
func (c config) refusal(number int64) string {
	if c.Refused <= 0 || len(c.RefusedBy) == 0 {
		return ""
	}
	n := uint64(number) / uint64(c.Refused)
	if uint64(number)%uint64(c.Refused) != draw(c.seed, forRefusals, n)%uint64(c.Refused) {
		return ""
	}
	return c.RefusedBy[n%uint64(len(c.RefusedBy))]
}

// illegal makes a message one that a broker must refuse.
func illegal(m message, id payload.ID, how string) message {
	switch how {
	case agentapi.RefusedBySize:
		m.body = payload.Encode(id, tooLarge, 0)
	case agentapi.RefusedByProperties:
		m.property = [2]string{"filler", strings.Repeat("x", tooLong)}
	case agentapi.RefusedByDelay:
		m.property = [2]string{"TIMER_DELAY_SEC", "never"}
	}
	return m
}
