package agent

import (
	"context"
	"time"
)

const (
	// orphanAfter without a sign of its runner a load ends by itself: it must not go on for ever when the runner has
	// died. It is far above any break of the way between them that an experiment survives.
	orphanAfter = 5 * time.Minute
	// replaceAfter without a sign a load gives way to a new one.
	replaceAfter = 10 * time.Second
	orphanLook   = time.Second
)

func (r *run) hear() { r.heard.Store(time.Now().UnixNano()) }

func (r *run) unheard() time.Duration { return time.Since(time.Unix(0, r.heard.Load())) }

// abandon stops a load without a drain.
func (r *run) abandon() error {
	r.abandoned.Store(true)
	return r.stop()
}

// watch ends the load when its runner is gone.
func (r *run) watch(ctx context.Context) {
	tick := time.NewTicker(orphanLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if r.unheard() > orphanAfter {
			r.fail(r.abandon())
			return
		}
	}
}
