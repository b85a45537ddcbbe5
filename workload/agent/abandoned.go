package agent

import (
	"context"
	"errors"
	"time"
)

const (
	// abandonedAfter without a sign of its runner a load ends by itself: it must not go on for ever when the runner has
	// died. It is far above any break of the way between them that an experiment survives.
	abandonedAfter = 5 * time.Minute
	// replaceAfter without a sign a load gives way to a new one.
	replaceAfter  = 10 * time.Second
	abandonedLook = time.Second
)

// heartbeat notes a sign of the runner.
func (r *run) heartbeat() { r.lastSign.Store(time.Now().UnixNano()) }

// silence is how long the runner has given no sign.
func (r *run) silence() time.Duration { return time.Since(time.Unix(0, r.lastSign.Load())) }

// abandon stops a load without a drain.
func (r *run) abandon() error {
	r.abandoned.Store(true)
	return r.stop()
}

// endAbandoned ends the load when its runner is gone.
func (r *run) endAbandoned(ctx context.Context) {
	tick := time.NewTicker(abandonedLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if r.silence() > abandonedAfter {
			r.fail(errors.Join(errors.New("no runner has asked for the load for 5 minutes, so it was ended"), r.abandon()))
			return
		}
	}
}
