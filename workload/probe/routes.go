package probe

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

const (
	// askAgain is how often one NameServer is asked at most, while a group's address is dead.
	askAgain = 100 * time.Millisecond
	// askWithin bounds one question.
	askWithin = time.Second
)

// Routes follows a topic's route as each NameServer tells it. Nobody waits for it: Refresh starts questions, answers
// are used when they come, and a NameServer that does not answer keeps no other's answer back.
type Routes struct {
	Client   *remoting.Client
	Resolver *cluster.Resolver
	Topic    string

	mu    sync.Mutex
	views map[string]*nameServerView // by configured host
	asked time.Time
}

type nameServerView struct {
	asking bool
	route  remoting.Route
}

// Masters are the addresses at which a group's master is said to be, without repetition, in no particular preference.
func (r *Routes) Masters(group string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var masters []string
	for _, v := range r.views {
		if m := v.route.Master(group); m != "" && !slices.Contains(masters, m) {
			masters = append(masters, m)
		}
	}
	slices.Sort(masters) // the map has no order; candidates are tried in turn
	return masters
}

// await waits a little for the first word of a group's master, so that a probe does not begin by booking its own
// ignorance as an outage.
func (r *Routes) await(ctx context.Context, group string) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	tick := time.NewTicker(askAgain / 10)
	defer tick.Stop()
	for len(r.Masters(group)) == 0 {
		r.Refresh(context.WithoutCancel(ctx))
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Refresh asks the NameServers anew, unless they were asked a moment ago. It returns at once.
func (r *Routes) Refresh(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.asked) < askAgain {
		return
	}
	r.asked = time.Now()
	go r.askAll(ctx)
}

func (r *Routes) askAll(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	var all sync.WaitGroup
	for _, e := range r.Resolver.Resolve(ctx) {
		if e.Err == nil {
			all.Go(func() { r.ask(ctx, e) })
		}
	}
	all.Wait()
}

func (r *Routes) ask(ctx context.Context, e cluster.Endpoint) {
	v := r.begin(e.Host)
	if v == nil {
		return
	}
	route, err := remoting.TopicRoute(ctx, r.Client.To(e.Address), r.Topic)
	r.mu.Lock()
	defer r.mu.Unlock()
	v.asking = false
	if err == nil {
		v.route = route
	}
}

// begin claims one NameServer for one question at a time.
func (r *Routes) begin(host string) *nameServerView {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.views == nil {
		r.views = map[string]*nameServerView{}
	}
	v, ok := r.views[host]
	if !ok {
		v = &nameServerView{}
		r.views[host] = v
	}
	if v.asking {
		return nil
	}
	v.asking = true
	return v
}
