package agent

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/payload"
	"github.com/rmqproof/rmqproof/workload/probe"
	"github.com/rmqproof/rmqproof/workload/remoting"
	"github.com/rmqproof/rmqproof/workload/traffic"
	"github.com/rmqproof/rmqproof/workload/watch"
)

// resolveEvery keeps the NameServers' addresses fresh for the client library, which cannot wait for a name service.
const resolveEvery = 5 * time.Second

// createTopics makes every topic of a run: those of its traffics, and the probes'.
func createTopics(ctx context.Context, v *cluster.View, c agentapi.RunConfig) error {
	for _, t := range c.Traffics {
		if err := v.CreateTopicOn(ctx, t.Groups, remoting.Topic{Name: t.Topic, Read: t.Queues, Write: t.Queues, Type: t.MessageType}); err != nil {
			return err
		}
	}
	if c.NoProbe {
		return nil
	}
	for _, group := range c.Groups {
		topic := remoting.Topic{Name: probeTopic(c, group), Read: 1, Write: 1}
		if err := v.CreateTopicOn(ctx, []string{group}, topic); err != nil {
			return err
		}
	}
	return nil
}

// equip makes the run's traffics and consumers. Nothing is sent yet.
func (r *run) equip() error {
	shared := traffic.Run{
		ID: r.config.ID, Seed: r.config.Seed, Clients: r.clients(), Record: r.log.send,
		Late: func(lag time.Duration) {
			r.tell("load", fmt.Errorf("the agent itself was %s late with a message, so its times tell little", lag.Round(time.Millisecond)))
		},
	}
	first := uint32(0)
	for i, t := range r.config.Traffics {
		made, err := traffic.Make(shared, t, first)
		if err != nil {
			return err
		}
		first += made.Producers()
		r.traffics = append(r.traffics, made)
		r.consumers = append(r.consumers, nil)
		if t.Consumer {
			c := traffic.ConsumerConfig{RunID: r.config.ID, Topic: t.Topic, Group: agentapi.ConsumerGroup(r.config.ID, i)}
			r.consumers[i] = traffic.NewConsumer(c, shared.Clients, r.log.deliver)
		}
	}
	return nil
}

func (r *run) clients() traffic.Clients {
	return traffic.Clients{Resolver: r.cluster.Resolver, Recreated: &r.log.recreated}
}

// start sets the traffic going: consumers, probes, producers. It goes on when ctx ends, until stop.
func (r *run) start(ctx context.Context) error {
	for _, c := range r.consumers {
		if c == nil {
			continue
		}
		if err := c.Start(ctx, r.started); err != nil {
			return err
		}
	}
	r.heartbeat()
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r.mu.Lock()
	r.stopLoad = cancel
	r.mu.Unlock()
	go r.load(running)
	return nil
}

// load sends and probes until the context ends, then drains.
func (r *run) load(ctx context.Context) {
	defer r.stopLoad()
	var all sync.WaitGroup
	all.Go(func() { r.cluster.Resolver.Follow(ctx, resolveEvery) })
	all.Go(func() { r.endAbandoned(ctx) })
	all.Go(func() { r.ended(r.watch(ctx)) })
	all.Go(func() { r.ended(r.look(ctx)) })
	for _, p := range r.probes() {
		all.Go(func() { r.ended(p.Run(ctx, r.started)) })
	}
	for _, t := range r.traffics {
		all.Go(func() { r.ended(t.Run(ctx, r.started)) })
	}
	all.Wait()
	r.mu.Lock()
	r.cost = r.soFar() // the drain and the scan disturb nobody
	r.mu.Unlock()
	r.setPhase(agentapi.PhaseStopping, agentapi.PhaseRunning)
	r.settle(context.WithoutCancel(ctx))
	r.drainAll(context.WithoutCancel(ctx))
	for _, t := range r.traffics {
		t.Close()
	}
	r.setPhase(agentapi.PhaseStopped, agentapi.PhaseStopping)
}

// watchWithin bounds one question of the watcher: a process that is silent must not keep it from the others for long.
const watchWithin = 500 * time.Millisecond

// watch records who is said to be master, with connections of its own.
func (r *run) watch(ctx context.Context) error {
	client := &remoting.Client{DialTimeout: watchWithin}
	defer client.Close()
	view := &cluster.View{Client: client, Resolver: r.cluster.Resolver, Within: watchWithin, Brief: true}
	w := watch.Watcher{
		Report: func(ctx context.Context) agentapi.Reported { return view.Report(ctx, r.config.Groups...) },
		Record: r.log.note, Since: r.since,
		Committed: func(ctx context.Context, address string) (map[string]string, error) {
			ctx, cancel := context.WithTimeout(ctx, watchWithin)
			defer cancel()
			return committed(ctx, client.To(address), r.config)
		},
	}
	return w.Run(ctx)
}

// lookAfter is when brokers are asked first what topics and consumer groups they have: by then the run's own are there, and no
// fault is yet.
const lookAfter = 3 * time.Second

// look records what topics and consumer groups brokers have, once the load is under way.
func (r *run) look(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(lookAfter):
		return r.states(ctx)
	}
}

// states asks with connections of its own, so that nobody waits for another's answer.
func (r *run) states(ctx context.Context) error {
	client := &remoting.Client{}
	defer client.Close()
	view := &cluster.View{Client: client, Resolver: r.cluster.Resolver, Brief: true}
	return watch.States(ctx, view, r.config.Groups, r.since(), r.log.note)
}

// ended stops everything where one part could not go on: a run that cannot be recorded proves nothing.
func (r *run) ended(err error) {
	if err != nil {
		r.fail(err)
		r.stopLoad()
	}
}

func (r *run) probes() []*probe.Probe {
	if r.config.NoProbe {
		return nil
	}
	var probes []*probe.Probe
	for _, group := range r.config.Groups {
		topic := probeTopic(r.config, group)
		routes := &probe.Routes{Client: &remoting.Client{}, Resolver: r.cluster.Resolver, Topic: topic}
		c := probe.Config{Group: group, Topic: topic, Interval: r.config.ProbeInterval, Deadline: r.config.ProbeDeadline}
		c.Body = payload.Encode(payload.ID{Run: r.config.ID}, 0, r.config.Seed)
		probes = append(probes, probe.New(c, routes, r.log.probe))
	}
	return probes
}

// stop ends producers and probes and returns at once; the phase tells when the consumers have been quiet.
func (r *run) stop() error {
	if r.setPhase(agentapi.PhaseStopping, agentapi.PhaseRunning) {
		r.stopLoad()
		return nil
	}
	if r.currentPhase() == agentapi.PhaseFinished {
		return errors.New("run " + r.config.ID + " is finished")
	}
	return nil
}
