// Package health answers the probes of a broker's or a NameServer's container: does the process answer, and can a
// client use it? An open port says neither.
package health

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// TopicPrefix begins the name of the topic to which a broker's readiness probe sends; the broker's name follows.
const TopicPrefix = "rmqproof-ready-"

// patience with the master of a slave that is probed: the probe itself must answer in time.
const patience = 1500 * time.Millisecond

// Live returns nil when a broker answers a request for its configuration. An answer that reports an error is an answer. Its
// state would be more, but costs the broker more than the whole probe costs its node.
func Live(ctx context.Context, address string) error {
	client := &remoting.Client{}
	defer client.Close()
	_, err := remoting.Config(ctx, client.To(address))
	var code *remoting.CodeError
	if errors.As(err, &code) {
		return nil
	}
	return err
}

// NameServerReady returns nil when a NameServer lists its brokers.
func NameServerReady(ctx context.Context, address string) error {
	client := &remoting.Client{}
	defer client.Close()
	_, err := remoting.Brokers(ctx, client.To(address))
	return err
}

// Ready returns nil when clients can use the broker: it is registered at its own address on a NameServer at least,
// and, as a master, acknowledges a message, or, as a slave, replicates from its master if there is one. Which of the two it
// is the broker is asked each time: a controller may change that, and no configuration file says it.
func Ready(ctx context.Context, self Self) error {
	d, err := cluster.New(self.NameServers)
	if err != nil {
		return err
	}
	defer d.Client.Close()
	now, err := self.ask(ctx, d.Client)
	if err != nil {
		return err
	}
	addresses, err := d.Registered(ctx, self.Group)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(addresses[now.id], self.isOwn) {
		return fmt.Errorf("%s/%d is not registered at any of %v on any NameServer (registered: %v)",
			self.Group, now.id, self.IPs, addresses)
	}
	if now.id == remoting.MasterID {
		return acknowledges(ctx, d.Client.To(self.Address), TopicPrefix+self.Group)
	}
	if now.raft {
		return self.follows(ctx, d.Client, addresses[remoting.MasterID])
	}
	return self.replicates(ctx, d.Client, now, addresses[remoting.MasterID])
}

// role is what the broker is at the moment.
type role struct {
	id      int64
	elected bool // a controller chooses the master
	raft    bool // the group's members choose it among themselves
}

func (s Self) ask(ctx context.Context, client *remoting.Client) (role, error) {
	config, err := remoting.Config(ctx, client.To(s.Address))
	if err != nil {
		return role{}, fmt.Errorf("ask the broker at %s what it is: %w", s.Address, err)
	}
	if config["brokerName"] != s.Group {
		return role{}, fmt.Errorf("the broker at %s is of group %s, and its configuration says %s", s.Address, config["brokerName"], s.Group)
	}
	id, err := strconv.ParseInt(config["brokerId"], 10, 64)
	if err != nil {
		return role{}, fmt.Errorf("the broker at %s does not say its id: %w", s.Address, err)
	}
	return role{id, config["enableControllerMode"] == "true", config["enableDLegerCommitLog"] == "true"}, nil
}

func (s Self) isOwn(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && slices.Contains(s.IPs, host)
}

// acknowledges sends one message, creating the topic on this broker where it is missing.
func acknowledges(ctx context.Context, broker remoting.Peer, topic string) error {
	m := remoting.Message{Topic: topic, Body: []byte("ready?"), Group: "rmqproof-ready", Born: time.Now().UnixMilli()}
	sent, err := remoting.Send(ctx, broker, m)
	var code *remoting.CodeError
	if errors.As(err, &code) && code.Code == remoting.TopicNotExist {
		err = remoting.CreateTopic(ctx, broker, remoting.Topic{Name: topic, Read: 1, Write: 1, Perm: remoting.PermRead | remoting.PermWrite})
		if err == nil {
			sent, err = remoting.Send(ctx, broker, m)
		}
	}
	if err != nil {
		return fmt.Errorf("a message to %s is not acknowledged: %w", topic, err)
	}
	if sent.Code != remoting.Success {
		return fmt.Errorf("a message to %s is stored, but not acknowledged: %s", topic, remoting.CodeName(sent.Code))
	}
	return nil
}

// replicates asks the masters that are registered whether they hold a connection from this slave and, where masters are
// elected, count it as in sync: an update of its StatefulSet then waits until one more replica could be elected. Where no
// master answers the slave is as ready as a slave without a master can be: a dead master must not take its slave down too.
func (s Self) replicates(ctx context.Context, client *remoting.Client, now role, masters []string) error {
	for _, master := range masters {
		one, cancel := context.WithTimeout(ctx, patience)
		status, err := remoting.HA(one, client.To(master))
		cancel()
		if err != nil {
			continue
		}
		i := slices.IndexFunc(status.Connections, func(c remoting.HASlave) bool { return s.isOwn(c.Address) })
		if i < 0 {
			return fmt.Errorf("%s/%d has no replication connection to its master %s", s.Group, now.id, master)
		}
		if now.elected && !status.Connections[i].InSync {
			return fmt.Errorf("%s/%d replicates from its master %s, but is not in its SyncStateSet yet", s.Group, now.id, master)
		}
	}
	return nil
}
