// Package scan reads, with connections of its own, every queue of a topic on every replica from its lowest to its
// highest place. What it finds is the evidence for what was lost; so it says for each queue whether it has really
// read all of it, and never calls a queue read because a broker did not answer.
//
// A message's place is where a reader that follows the broker comes upon it. What the message itself says is another
// witness, which is recorded where the two differ.
package scan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// Config is what to scan.
type Config struct {
	Topic  string
	Groups []string // broker groups that were sent to; others that have the topic are scanned too
	Queues int      // that each of these had
	RunID  string   // whose messages the topic holds
	// Patience is how long one queue's broker may fail to answer before the queue is given up as incomplete.
	Patience time.Duration
}

// Scanner scans once.
type Scanner struct {
	Config
	Cluster *cluster.View
	Record  func(history.Record) error
	Since   func() time.Duration // the run's time now

	names   sync.Map // by address: the name of the replica, which stays for the whole scan
	silence sync.Map // by address: since when no controller has said the name of a master
	resting sync.Map // by address: the connection to a process whose whole log is in its queues
}

// atOnce bounds the queues that are read at the same time.
const atOnce = 4

// Run scans everything. It fails only where results cannot be recorded: what could not be read is in the records.
func (s *Scanner) Run(ctx context.Context) error {
	targets := s.targets(ctx)
	var all sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	errs := make([]error, len(targets)*s.Queues)
	for i := range errs {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			errs[i] = s.queue(ctx, targets[i/s.Queues], int32(i%s.Queues))
		})
	}
	all.Wait()
	return errors.Join(append(errs, ctx.Err())...)
}

// target is what is to be read: a group's master, whichever process that is by then, or one of its slaves.
type target struct {
	group   string
	replica string // of a slave; empty: the master
}

// targets are the masters of the groups that were sent to and of those where the topic is found beside them, and every
// slave of these that answers or does not answer.
func (s *Scanner) targets(ctx context.Context) []target {
	report := s.Cluster.Report(ctx)
	groups := slices.Clone(s.Groups)
	for _, b := range report.Brokers {
		if b.Error == "" && !slices.Contains(groups, b.Group) && s.hasTopic(ctx, b.Address) {
			groups = append(groups, b.Group)
		}
	}
	slices.Sort(groups)
	var targets []target
	for _, group := range groups {
		targets = append(targets, target{group: group})
		for _, b := range report.Brokers {
			if b.Group == group && b.Role == agentapi.RoleSlave {
				targets = append(targets, target{group, replica(b, report.Controllers)})
			}
		}
	}
	return slices.Compact(targets)
}

func replica(b agentapi.Broker, controllers []agentapi.Controller) string {
	return fmt.Sprintf("%s/%d", b.Group, agentapi.ReplicaID(b, controllers))
}

func (s *Scanner) hasTopic(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	_, err := remoting.TopicOn(ctx, s.Cluster.Client.To(address), s.Topic)
	return err == nil
}

// find tells which process a target is now. Where several call themselves the group's master it is the one of the latest
// epoch.
func (s *Scanner) find(ctx context.Context, t target) (process, error) {
	report := s.Cluster.Report(ctx, t.group)
	found := process{Broker: agentapi.Broker{Epoch: -2}}
	errs := []error{fmt.Errorf("%s does not answer", t)}
	for _, b := range report.Brokers {
		name, known := s.name(b, report.Controllers)
		if b.Group != t.group || (t.replica == "") != (b.Role == agentapi.RoleMaster) || t.replica != "" && t.replica != name {
			continue
		}
		switch {
		case b.Error != "":
			errs = append(errs, errors.New(b.Error))
		case !known:
			errs = append(errs, fmt.Errorf("%s is elected, and no controller says which replica it is", b.Address))
		case b.Epoch > found.Epoch:
			found = process{b, name}
		}
	}
	if found.name == "" {
		return found, errors.Join(errs...)
	}
	return found, nil
}

// booksWithin is how long a controller is waited for that says which replica a master is. After it the master is read as replica
// 0, so that its messages are found whoever holds them.
const booksWithin = 10 * time.Second

// name is that of the replica that a broker is, and whether it is known.
func (s *Scanner) name(b agentapi.Broker, controllers []agentapi.Controller) (string, bool) {
	if name, known := s.names.Load(b.Address); known {
		return name.(string), true
	}
	name := replica(b, controllers)
	if b.Error != "" {
		return name, true
	}
	if nameless(b, controllers) {
		since, _ := s.silence.LoadOrStore(b.Address, time.Now())
		if time.Since(since.(time.Time)) < booksWithin {
			return name, false
		}
	}
	kept, _ := s.names.LoadOrStore(b.Address, name)
	return kept.(string), true
}

// nameless tells whether a broker's id is that of whoever is master, while controllers that would know its own are silent.
func nameless(b agentapi.Broker, controllers []agentapi.Controller) bool {
	return b.Config["enableControllerMode"] == "true" && b.ID == remoting.MasterID && !slices.ContainsFunc(controllers, func(c agentapi.Controller) bool {
		return slices.ContainsFunc(c.Groups, func(g agentapi.SyncStateSet) bool { return g.Group == b.Group })
	})
}

func (t target) String() string {
	if t.replica == "" {
		return "the master of " + t.group
	}
	return "the slave " + t.replica
}

// process is a broker that answers.
type process struct {
	agentapi.Broker
	name string // of the replica
}
