package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// answer is what one broker says of itself.
type answer struct {
	registration
	version string
	config  map[string]string
	ha      remoting.HAStatus
	epoch   int64
	end     int64 // of its log, where members elect their master among themselves; -1: not asked
	err     error
}

// elected tells whether a controller chooses the group's master.
func (a answer) elected() bool { return a.config["enableControllerMode"] == "true" }

// raft tells whether the group's members elect their master among themselves. Such a broker answers no question for its replication.
func (a answer) raft() bool { return a.config["enableDLegerCommitLog"] == "true" }

// leads tells whether the broker calls itself a master; one that does not answer is taken at its registration.
func (a answer) leads() bool {
	if role := a.config["brokerRole"]; role != "" {
		return strings.HasSuffix(role, "_MASTER")
	}
	return a.master()
}

// Brokers lists every broker that any NameServer knows, each asked for its version, its configuration and its
// replication. One that does not answer is listed with the reason, unless the same broker answers at another address.
func (v *View) Brokers(ctx context.Context) ([]agentapi.Broker, error) {
	list, err := v.registered(ctx)
	if err != nil {
		return nil, err
	}
	return describeAll(v.ask(ctx, list)), nil
}

// ask asks every registered broker. Masters are asked for their log's end before slaves: what a slave lacks is counted
// against an older end than its own, so that one which has everything of that moment has caught up also under load.
func (v *View) ask(ctx context.Context, list []registration) []answer {
	answers := make([]answer, len(list))
	each(answers, func(i int, a *answer) { *a = v.self(ctx, list[i]) })
	each(answers, func(_ int, a *answer) {
		if a.err == nil && a.leads() {
			v.replication(ctx, a)
		}
	})
	each(answers, func(_ int, a *answer) {
		if a.err == nil && !a.leads() {
			v.replication(ctx, a)
		}
	})
	return oneEach(withoutStale(answers))
}

func each(answers []answer, do func(int, *answer)) {
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { do(i, &answers[i]) })
	}
	all.Wait()
}

// self asks a broker who it is.
func (v *View) self(ctx context.Context, r registration) answer {
	ctx, cancel := v.bound(ctx) // each its own: one that is silent must not cost the others their time
	defer cancel()
	a, peer := answer{registration: r, epoch: -1, end: -1}, v.Client.To(r.address)
	if a.config, a.err = remoting.Config(ctx, peer); a.err != nil {
		return a
	}
	if a.err = sameBroker(r, a.config); a.err == nil && !v.Brief {
		a.version, a.err = v.version(ctx, r.address)
	}
	if id, err := strconv.ParseInt(a.config["brokerId"], 10, 64); err == nil && a.err == nil {
		a.id = id // an elected broker's id changes with its role, and NameServers hear of it one by one
	}
	return a
}

func (v *View) replication(ctx context.Context, a *answer) {
	ctx, cancel := v.bound(ctx)
	defer cancel()
	peer := v.Client.To(a.address)
	if a.raft() {
		if !v.Brief { // the answer costs the broker as much as one for its version
			a.end, a.err = remoting.LogEnd(ctx, peer)
		}
		return
	}
	if a.ha, a.err = remoting.HA(ctx, peer); a.err != nil || !a.elected() {
		return
	}
	var refused *remoting.CodeError
	if a.epoch, a.err = remoting.LastEpoch(ctx, peer); errors.As(a.err, &refused) {
		a.epoch, a.err = -1, nil
	}
}

// sameBroker refuses an answer from another broker that has come to live at a stale address.
func sameBroker(r registration, config map[string]string) error {
	name, id := config["brokerName"], config["brokerId"]
	moves := config["enableControllerMode"] == "true" || config["enableDLegerCommitLog"] == "true"
	if name == r.group && (id == strconv.FormatInt(r.id, 10) || moves) {
		return nil
	}
	return fmt.Errorf("%s is registered as %s/%d, but %s/%s answers there", r.address, r.group, r.id, name, id)
}

// withoutStale drops addresses that do not answer of brokers that answer elsewhere.
func withoutStale(answers []answer) []answer {
	return slices.DeleteFunc(slices.Clone(answers), func(a answer) bool {
		return a.err != nil && slices.ContainsFunc(answers, func(b answer) bool {
			return b.err == nil && b.group == a.group && b.id == a.id
		})
	})
}

// oneEach keeps one answer of a broker that NameServers list under two ids, as they do while they hear of an election.
func oneEach(answers []answer) []answer {
	kept := answers[:0]
	for _, a := range answers {
		if !slices.ContainsFunc(kept, func(b answer) bool { return a.registration == b.registration }) {
			kept = append(kept, a)
		}
	}
	slices.SortFunc(kept, func(a, b answer) int { return a.registration.compare(b.registration) })
	return kept
}

// Status asks the broker at one address about itself.
func (v *View) Status(ctx context.Context, address string) (agentapi.Broker, error) {
	config, err := remoting.Config(ctx, v.Client.To(address))
	if err != nil {
		return agentapi.Broker{}, err
	}
	id, err := strconv.ParseInt(config["brokerId"], 10, 64)
	if err != nil {
		return agentapi.Broker{}, fmt.Errorf("%s states no broker id: %w", address, err)
	}
	a := v.self(ctx, registration{config["brokerName"], id, address})
	if a.err == nil {
		v.replication(ctx, &a)
	}
	return describe(a, []answer{a}), a.err
}
