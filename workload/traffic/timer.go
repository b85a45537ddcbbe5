package traffic

import (
	"strconv"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// timer is a constant rate of messages that are due at a time of their own.
var _ = register(agentapi.KindTimer, func(r Run, t agentapi.Traffic, first uint32) Traffic {
	c := config{Traffic: t, run: r.ID, seed: r.Seed, first: first, kind: history.Timer, postpone: atTime}
	return newSteady(c, r, r.Clients.newSender)
})

// atTime draws a whole millisecond from one second ahead up to the traffic's delay.
func atTime(w *worker, r *history.Send) (due time.Duration, mark [2]string) {
	span := uint64((w.config.Delay-time.Second)/time.Millisecond) + 1
	ahead := time.Second + time.Duration(draw(w.config.seed, forDelays, uint64(w.id), r.Seq)%span)*time.Millisecond
	at := w.zero.Add(r.Start + ahead).Truncate(time.Millisecond)
	return at.Sub(w.zero), [2]string{"TIMER_DELIVER_MS", strconv.FormatInt(at.UnixMilli(), 10)}
}
