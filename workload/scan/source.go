package scan

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// source reads one queue of one process.
type source interface {
	// read gives what lies at a place and behind it, and where to go on: places between that it does not give hold nothing.
	// At the end of the queue it gives nothing and sends the reader nowhere.
	read(ctx context.Context, place int64) (batch, error)
}

type batch struct {
	found []placed
	next  int64
}

type placed struct {
	place   int64
	message remoting.Stored
}

// sourceOf is how a process is read: a master as consumers read it. A slave refuses that unless it is configured to be
// read, so its queue's index is read, and each message from its own log.
func sourceOf(p process, peer remoting.Peer, q remoting.Queue) source {
	if p.Role == agentapi.RoleMaster {
		return pulled{peer, q}
	}
	return indexed{peer, q}
}

type pulled struct {
	peer  remoting.Peer
	queue remoting.Queue
}

func (p pulled) read(ctx context.Context, place int64) (batch, error) {
	b, err := remoting.Pull(ctx, p.peer, p.queue, place)
	if err == nil && b.Next-place > int64(len(b.Messages)) { // some places are passed over, and the answer does not say which
		b, err = remoting.PullOne(ctx, p.peer, p.queue, place)
		if err == nil && len(b.Messages) == 1 {
			return batch{[]placed{{b.Next - 1, b.Messages[0]}}, b.Next}, nil
		}
	}
	if errors.Is(err, remoting.ErrNotFound) || frontMoved(err) && b.Next > place {
		return batch{next: b.Next}, nil
	}
	var found []placed
	for i, m := range b.Messages {
		if place+int64(i) < b.Next { // what lies behind is asked for again
			found = append(found, placed{place + int64(i), m})
		}
	}
	return batch{found, b.Next}, err
}

// frontMoved reports whether the broker sends the reader elsewhere: onwards, where what lay here was deleted meanwhile.
func frontMoved(err error) bool {
	var code *remoting.CodeError
	return errors.As(err, &code) && code.Code == remoting.PullOffsetMoved
}

// viewsAtOnce bounds the messages that are asked for at a time.
const viewsAtOnce = 32

type indexed struct {
	peer  remoting.Peer
	queue remoting.Queue
}

func (x indexed) read(ctx context.Context, place int64) (batch, error) {
	entries, err := remoting.Index(ctx, x.peer, x.queue, place)
	if err != nil {
		return batch{}, err
	}
	messages := make([]remoting.Stored, len(entries))
	errs := make([]error, len(entries))
	slots := make(chan struct{}, viewsAtOnce)
	var all sync.WaitGroup
	for i, e := range entries {
		slots <- struct{}{}
		all.Go(func() {
			messages[i], errs[i] = remoting.View(ctx, x.peer, e.Physical)
			<-slots
		})
	}
	all.Wait()
	b := batch{next: place + int64(len(entries))}
	for i, m := range messages {
		var none *remoting.CodeError
		switch {
		case errs[i] == nil:
			b.found = append(b.found, placed{place + int64(i), m})
		case !errors.As(errs[i], &none): // a log without the message is a hole; anything else is no answer
			return batch{}, fmt.Errorf("place %d: %w", place+int64(i), errs[i])
		}
	}
	return b, nil
}
