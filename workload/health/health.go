// Package health answers the probes of a broker's or a NameServer's container: does the process answer, and can a
// client use it? An open port says neither.
package health

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// TopicPrefix begins the name of the topic to which a broker's readiness probe sends; the broker's name follows.
const TopicPrefix = "rmqproof-ready-"

// patience with the master of a slave that is probed: the probe itself must answer in time.
const patience = 1500 * time.Millisecond

// Live returns nil when a broker answers a request for its state. An answer that reports an error is an answer: right
// after its start a broker has no statistics yet.
func Live(ctx context.Context, address string) error {
	client := &remoting.Client{}
	defer client.Close()
	_, err := remoting.RuntimeInfo(ctx, client.To(address))
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
// and, as a master, acknowledges a message, or, as a slave, replicates from its master if there is one.
func Ready(ctx context.Context, self Self) error {
	d, err := cluster.New(self.NameServers)
	if err != nil {
		return err
	}
	defer d.Client.Close()
	addresses, err := d.Registered(ctx, self.Group)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(addresses[self.ID], self.isOwn) {
		return fmt.Errorf("%s/%d is not registered at any of %v on any NameServer (registered: %v)",
			self.Group, self.ID, self.IPs, addresses)
	}
	if self.ID == 0 {
		return acknowledges(ctx, d.Client.To(self.Address), TopicPrefix+self.Group)
	}
	return replicates(ctx, d.Client, self, addresses[0])
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

// replicates asks the masters that are registered whether they hold a connection from this slave. Where none answers
// the slave is as ready as a slave without a master can be: a dead master must not take its slave down too.
func replicates(ctx context.Context, client *remoting.Client, self Self, masters []string) error {
	for _, master := range masters {
		one, cancel := context.WithTimeout(ctx, patience)
		status, err := remoting.HA(one, client.To(master))
		cancel()
		if err != nil {
			continue
		}
		if !slices.ContainsFunc(status.Connections, func(c remoting.HASlave) bool { return self.isOwn(c.Address) }) {
			return fmt.Errorf("%s/%d has no replication connection to its master %s", self.Group, self.ID, master)
		}
	}
	return nil
}
