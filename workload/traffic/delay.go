package traffic

import (
	"strconv"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// delay is a constant rate of messages that are delayed by one of the brokers' levels.
var _ = register(agentapi.KindDelay, func(r Run, t agentapi.Traffic, first uint32) Traffic {
	c := config{Traffic: t, run: r.ID, seed: r.Seed, first: first, kind: history.Delay, postpone: byLevel}
	return newSteady(c, r, r.Clients.newSender)
})

// levels are the delays of a broker's levels, from 1 on, as messageDelayLevel has them by default; those above 30 s are
// longer than the end of a run waits.
var levels = []time.Duration{time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second}

// byLevel draws one of the levels up to the traffic's delay. A broker counts from when it stores the message, so the send's
// start is the earliest.
func byLevel(w *worker, r *history.Send) (due time.Duration, mark [2]string) {
	usable := 1
	for usable < len(levels) && levels[usable] <= w.config.Delay {
		usable++
	}
	n := int(draw(w.config.seed, forDelays, uint64(w.id), r.Seq) % uint64(usable))
	return r.Start + levels[n], [2]string{"DELAY", strconv.Itoa(n + 1)}
}
