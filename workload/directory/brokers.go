package directory

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// durability are the settings that decide what an acknowledgement promises.
var durability = []string{
	"brokerRole", "flushDiskType", "inSyncReplicas", "totalReplicas", "minInSyncReplicas", "allAckInSyncStateSet",
	"enableAutoInSyncReplicas", "enableControllerMode", "enableDLegerCommitLog", "enableSlaveActingMaster", "slaveTimeout",
	"syncFlushTimeout", "transientStorePoolEnable", "storePathRootDir", "autoCreateTopicEnable",
}

// answer is what one broker says of itself.
type answer struct {
	place
	runtime, config map[string]string
	ha              remoting.HAStatus
	err             error
}

// Brokers lists every broker that any NameServer knows, each asked for its version, its configuration and its
// replication. One that does not answer is listed with the reason, unless the same broker answers at another address.
func (d *Directory) Brokers(ctx context.Context) ([]agentapi.Broker, error) {
	places, err := d.registered(ctx)
	if err != nil {
		return nil, err
	}
	// Masters first: what a slave lacks is counted against an end of the master's log that is older than the slave's,
	// so that a slave which has everything of that moment counts as caught up also while the log grows.
	masters := d.ask(ctx, slices.DeleteFunc(slices.Clone(places), func(p place) bool { return p.id != 0 }))
	slaves := d.ask(ctx, slices.DeleteFunc(places, func(p place) bool { return p.id == 0 }))
	answers := withoutStale(append(masters, slaves...))
	list := make([]agentapi.Broker, len(answers))
	for i, a := range answers {
		list[i] = describe(a, answers)
	}
	return list, nil
}

func (d *Directory) ask(ctx context.Context, places []place) []answer {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	answers := make([]answer, len(places))
	var all sync.WaitGroup
	for i, p := range places {
		all.Go(func() { answers[i] = d.askOne(ctx, p) })
	}
	all.Wait()
	return answers
}

func (d *Directory) askOne(ctx context.Context, p place) answer {
	a, peer := answer{place: p}, d.Client.To(p.address)
	if a.config, a.err = remoting.Config(ctx, peer); a.err != nil {
		return a
	}
	if a.err = sameBroker(p, a.config); a.err != nil {
		return a
	}
	if a.runtime, a.err = remoting.RuntimeInfo(ctx, peer); a.err != nil {
		return a
	}
	a.ha, a.err = remoting.HA(ctx, peer)
	return a
}

// sameBroker refuses an answer from another broker that has come to live at a stale address.
func sameBroker(p place, config map[string]string) error {
	name, id := config["brokerName"], config["brokerId"]
	if name == p.group && (id == strconv.FormatInt(p.id, 10) || config["enableControllerMode"] == "true") {
		return nil
	}
	return fmt.Errorf("%s is registered as %s/%d, but %s/%s answers there", p.address, p.group, p.id, name, id)
}

// withoutStale drops addresses that do not answer of brokers that answer elsewhere.
func withoutStale(answers []answer) []answer {
	return slices.DeleteFunc(slices.Clone(answers), func(a answer) bool {
		return a.err != nil && slices.ContainsFunc(answers, func(b answer) bool {
			return b.err == nil && b.group == a.group && b.id == a.id
		})
	})
}

func describe(a answer, all []answer) agentapi.Broker {
	b := agentapi.Broker{Group: a.group, ID: a.id, Address: a.address, Role: agentapi.RoleSlave, Behind: -1}
	if a.id == 0 {
		b.Role, b.Behind = agentapi.RoleMaster, 0
	}
	if a.err != nil {
		b.Error, b.Behind = a.err.Error(), -1
		return b
	}
	b.Version = a.runtime["brokerVersionDesc"]
	b.Config = map[string]string{}
	for _, key := range durability {
		if value, ok := a.config[key]; ok {
			b.Config[key] = value
		}
	}
	b.Connected = len(a.ha.Connections) > 0
	if a.id != 0 {
		b.Connected, b.Behind = replication(a, all)
	}
	return b
}

// replication judges a slave by its master's word: a slave goes on to name its master when the connection is gone.
func replication(slave answer, all []answer) (connected bool, behind int64) {
	i := slices.IndexFunc(all, func(m answer) bool { return m.group == slave.group && m.id == 0 && m.err == nil })
	if i < 0 || slave.ha.Client == nil {
		return false, -1
	}
	master := all[i]
	slaves := 0
	for _, a := range all {
		if a.group == slave.group && a.id != 0 {
			slaves++
		}
	}
	connected = hasConnection(master.ha, slave.address) || len(master.ha.Connections) >= slaves
	return connected, max(0, master.ha.MaxOffset-slave.ha.Client.MaxOffset)
}

func hasConnection(master remoting.HAStatus, slave string) bool {
	ip, _, err := net.SplitHostPort(slave)
	return err == nil && slices.ContainsFunc(master.Connections, func(c remoting.HASlave) bool {
		host, _, err := net.SplitHostPort(c.Address)
		return err == nil && host == ip
	})
}

// Status asks the broker at one address about itself.
func (d *Directory) Status(ctx context.Context, address string) (agentapi.Broker, error) {
	config, err := remoting.Config(ctx, d.Client.To(address))
	if err != nil {
		return agentapi.Broker{}, err
	}
	id, err := strconv.ParseInt(config["brokerId"], 10, 64)
	if err != nil {
		return agentapi.Broker{}, fmt.Errorf("%s states no broker id: %w", address, err)
	}
	a := d.askOne(ctx, place{config["brokerName"], id, address})
	return describe(a, []answer{a}), a.err
}

// Verify returns nil when the broker at an address is the master of the group.
func (d *Directory) Verify(ctx context.Context, group, address string) error {
	config, err := remoting.Config(ctx, d.Client.To(address))
	if err != nil {
		return err
	}
	return sameBroker(place{group, 0, address}, config)
}
