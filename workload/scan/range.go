package scan

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// exists checks that the broker still has the queue. A slave hears of topics later than it has their messages.
func (r *reading) exists(ctx context.Context, peer remoting.Peer) error {
	if r.process.Role == agentapi.RoleSlave {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	topic, err := remoting.TopicOn(ctx, peer, r.Topic)
	var code *remoting.CodeError
	missing := errors.As(err, &code) && code.Code == remoting.TopicNotExist
	if err == nil && int(r.queue.ID) >= topic.Read {
		missing, err = true, fmt.Errorf("topic %s has %d queues", r.Topic, topic.Read)
	}
	if !missing {
		r.gone = time.Time{}
		return err
	}
	if r.gone.IsZero() {
		r.gone = time.Now()
	}
	if time.Since(r.gone) >= min(goneFor, r.Patience) {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return err
}

// limits finds the queue's range once. The range must be at rest: while the broker still builds the consume queue
// from its log, the end that consumers see is short of what is stored, and a slave's log may be short of its master's.
// The order matters: a queue whose log was dispatched before its end was asked for is at its end. A process is asked for that
// once, and is the same one while its connection lasts: nothing is sent any more, and to answer costs it much.
func (r *reading) limits(ctx context.Context, peer remoting.Peer) error {
	if r.ranged {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	asked := r.Cluster.Client.Live(r.process.Address)
	undispatched, err := r.undispatched(ctx, peer, asked)
	if err != nil {
		return err
	}
	var end int64
	for _, ask := range []struct {
		into *int64
		of   func(context.Context, remoting.Peer, remoting.Queue) (int64, error)
	}{{&end, remoting.NextOffset}, {&r.min, remoting.MinOffset}, {&r.max, remoting.MaxOffset}} {
		if *ask.into, err = ask.of(ctx, peer, r.queue); err != nil {
			return err
		}
	}
	if err := r.atRest(undispatched, end); err != nil {
		return err
	}
	if r.Cluster.Client.Live(r.process.Address) != asked {
		return errors.New("the connection was replaced meanwhile: another process may have answered")
	}
	r.resting.Store(r.process.Address, asked)
	r.ranged, r.next = true, r.min
	return nil
}

// atRest tells why the range may still grow. A slave hands out no offsets, so it has no next one.
func (r *reading) atRest(undispatched, end int64) error {
	slave := r.process.Role == agentapi.RoleSlave
	switch {
	case slave && r.process.Behind != 0:
		return fmt.Errorf("the slave lacks %d bytes of its master's log (-1: nobody says)", r.process.Behind)
	case undispatched > 0, !slave && end > r.max:
		return fmt.Errorf("its consume queue ends at %d and its log at %d; %d bytes of the log are not dispatched", r.max, end, undispatched)
	}
	return nil
}

// deleted asks once more for the lowest offset: the broker may have deleted old files meanwhile. A queue may also begin above 0
// because its index was lost, and then nothing was deleted: the log itself has to begin above 0.
func (r *reading) deleted(ctx context.Context, peer remoting.Peer) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	lowest, err := remoting.MinOffset(ctx, peer, r.queue)
	if err != nil || lowest == 0 {
		return err
	}
	begin, err := remoting.LogBegin(ctx, peer)
	if err == nil && begin > 0 {
		r.expired = lowest
	}
	return err
}

// undispatched is how many bytes of the process's log are not yet in its queues.
func (r *reading) undispatched(ctx context.Context, peer remoting.Peer, now *remoting.Conn) (int64, error) {
	if then, known := r.resting.Load(r.process.Address); known && now != nil && then == now {
		return 0, nil
	}
	return remoting.DispatchBehind(ctx, peer)
}
