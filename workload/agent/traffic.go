package agent

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/load"
	"github.com/rmqproof/rmqproof/workload/payload"
	"github.com/rmqproof/rmqproof/workload/probe"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// resolveEvery keeps the NameServers' addresses fresh for the client library, which cannot wait for a name service.
const resolveEvery = 5 * time.Second

// prepare creates the probes' topics and makes sure that the load's is there.
func prepare(ctx context.Context, d *cluster.View, c agentapi.RunConfig) error {
	for _, group := range c.Groups {
		topic := remoting.Topic{Name: probeTopic(c, group), Read: 1, Write: 1}
		if err := d.CreateTopicOn(ctx, []string{group}, topic); err != nil {
			return err
		}
	}
	for _, e := range d.Resolver.Resolve(ctx) {
		if e.Err != nil {
			continue
		}
		if _, err := remoting.TopicRoute(ctx, d.Client.To(e.Address), c.Topic); err != nil {
			return fmt.Errorf("the route of topic %s on NameServer %s: %w; create the topic first", c.Topic, e.Host, err)
		}
	}
	return nil
}

// start sets the traffic going: consumer, probes, producers. It goes on when ctx ends, until stop.
func (r *run) start(ctx context.Context) error {
	clients := load.Clients{Resolver: r.cluster.Resolver, Recreated: &r.tally.recreated}
	if r.config.Consumer {
		config := load.ConsumerConfig{RunID: r.config.ID, Topic: r.config.Topic, Group: "rmqproof-" + r.config.ID}
		r.consumer = load.NewConsumer(config, clients, r.tally.deliver)
		if err := r.consumer.Start(ctx, r.started); err != nil {
			return err
		}
	}
	r.hear()
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r.mu.Lock()
	r.stopLoad = cancel
	r.mu.Unlock()
	go r.traffic(running, load.New(loadConfig(r.config), clients, r.tally.send))
	return nil
}

// traffic sends and probes until the context ends, then drains.
func (r *run) traffic(ctx context.Context, l *load.Load) {
	defer r.stopLoad()
	var all sync.WaitGroup
	all.Go(func() { r.cluster.Resolver.Follow(ctx, resolveEvery) })
	all.Go(func() { r.watch(ctx) })
	for _, p := range r.probes() {
		all.Go(func() { r.ended(p.Run(ctx, r.started)) })
	}
	all.Go(func() { r.ended(l.Run(ctx, r.started)) })
	all.Wait()
	r.mu.Lock()
	r.cost = r.soFar() // the drain and the scan disturb nobody
	r.mu.Unlock()
	r.setPhase(agentapi.PhaseStopping, agentapi.PhaseRunning)
	if r.consumer != nil {
		r.fail(r.drain(context.WithoutCancel(ctx)))
		r.consumer.Stop()
	}
	r.setPhase(agentapi.PhaseStopped, agentapi.PhaseStopping)
}

// ended stops everything where one part could not go on: a run that cannot be recorded proves nothing.
func (r *run) ended(err error) {
	if err != nil {
		r.fail(err)
		r.stopLoad()
	}
}

func (r *run) probes() []*probe.Probe {
	var probes []*probe.Probe
	for _, group := range r.config.Groups {
		topic := probeTopic(r.config, group)
		routes := &probe.Routes{Client: &remoting.Client{}, Resolver: r.cluster.Resolver, Topic: topic}
		c := probe.Config{Group: group, Topic: topic, Interval: r.config.ProbeInterval, Deadline: r.config.ProbeDeadline}
		c.Body = payload.Encode(payload.ID{Run: r.config.ID}, 0)
		probes = append(probes, probe.New(c, routes, r.tally.probe))
	}
	return probes
}

// stop ends producers and probes and returns at once; the phase tells when the consumer has been quiet.
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
