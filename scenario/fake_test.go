package scenario

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/topology"
)

// fakeLoad sends one message each 5 ms to a queue that keeps all of them, but those that lose names.
type fakeLoad struct {
	rec      *history.Recorder
	run      history.Run
	started  time.Time
	sent     []history.Send
	lose     int // how many acknowledged messages the scan does not find
	scanFail error
	hiccup   time.Duration // until when, from the start, nothing is served
	calls    []string
	quit     chan struct{}
	done     chan struct{}
}

func (l *fakeLoad) Start(_ context.Context, rec *history.Recorder, run history.Run) error {
	l.calls = append(l.calls, "start")
	l.rec, l.started, l.quit, l.done = rec, time.Now(), make(chan struct{}), make(chan struct{})
	run.Started, l.run = l.started, run
	if err := rec.Append(&run); err != nil {
		return err
	}
	go l.send()
	return nil
}

func (l *fakeLoad) send() {
	defer close(l.done)
	for n := 0; ; n++ {
		select {
		case <-l.quit:
			return
		case <-time.After(5 * time.Millisecond):
		}
		at := time.Since(l.started)
		s := history.Send{Seq: uint64(n), Topic: "t", Intended: at, Start: at, End: at, Outcome: history.OK, Status: "SEND_OK", Broker: "broker-a", Offset: int64(n)}
		l.sent = append(l.sent, s)
		_ = l.rec.Append(&s)
	}
}

func (l *fakeLoad) Since(t time.Time) time.Duration { return t.Sub(l.started) }

func (l *fakeLoad) Undisturbed(context.Context) (time.Duration, error) {
	return max(0, time.Since(l.started)-l.hiccup), nil
}

func (l *fakeLoad) Stop(context.Context) error {
	l.calls = append(l.calls, "stop")
	close(l.quit)
	<-l.done
	return nil
}

func (l *fakeLoad) Scan(context.Context) error {
	l.calls = append(l.calls, "scan")
	if l.scanFail != nil {
		return l.scanFail
	}
	for n, s := range l.sent[:len(l.sent)-l.lose] {
		f := history.Found{Replica: "broker-a/0", Topic: "t", Broker: "broker-a", Offset: int64(n), Producer: s.Producer, Seq: s.Seq, Intact: true}
		if err := l.rec.Append(&f); err != nil {
			return err
		}
	}
	return l.rec.Append(&history.Scan{Replica: "broker-a/0", Topic: "t", Broker: "broker-a", Max: int64(len(l.sent) - l.lose), Complete: true, Master: true, End: time.Since(l.started)})
}

func (l *fakeLoad) Finish(context.Context) error { l.calls = append(l.calls, "finish"); return nil }

type fakeCluster struct {
	topology.Source
	unwell    []error // answers of Healthy, one after another, then nil
	collected []string
	leak      error
	kept      chaos.Things
}

func (*fakeCluster) Namespace() string      { return "rocketmq" }
func (*fakeCluster) Journal() chaos.Journal { return nil }
func (*fakeCluster) Hand(context.Context, string) (chaos.Hand, error) {
	return nil, errors.ErrUnsupported
}

func (c *fakeCluster) Collect(_ context.Context, dir string) error {
	c.collected = append(c.collected, filepath.Base(dir))
	return nil
}

func (c *fakeCluster) Baseline(context.Context) (func(context.Context, chaos.Things) error, error) {
	return func(_ context.Context, kept chaos.Things) error {
		c.kept = kept
		return c.leak
	}, nil
}

func (c *fakeCluster) Healthy(context.Context) error {
	if len(c.unwell) == 0 {
		return nil
	}
	err := c.unwell[0]
	c.unwell = c.unwell[1:]
	return err
}

// fakeFault fails where it is told to, and tells what is done with it.
type fakeFault struct {
	inject, confirm, heal error
	onInject              func()
	name                  string
	calls                 *calls
}

type calls struct {
	mu   sync.Mutex
	said []string
	at   []time.Duration
	zero time.Time
}

func (c *calls) note(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said, c.at = append(c.said, what), append(c.at, time.Since(c.zero))
}

func (c *calls) count(what string) (n int) {
	for _, s := range c.said {
		if strings.HasPrefix(s, what) {
			n++
		}
	}
	return n
}

func (f fakeFault) Name() string      { return cmp.Or(f.name, "fake fault") }
func (fakeFault) Needs() []chaos.Need { return []chaos.Need{chaos.NodeHelper} }
func (f fakeFault) Inject(context.Context, chaos.System) (chaos.Injection, error) {
	f.calls.note("inject " + f.Name())
	if f.onInject != nil {
		f.onInject()
	}
	return f, f.inject
}
func (fakeFault) Targets() []string               { return []string{"pod fake"} }
func (fakeFault) Times() chaos.Times              { return chaos.Times{Injected: time.Now()} }
func (f fakeFault) Confirm(context.Context) error { return f.confirm }
func (f fakeFault) Heal(ctx context.Context) error {
	f.calls.note("heal " + f.Name())
	return errors.Join(f.heal, ctx.Err())
}
