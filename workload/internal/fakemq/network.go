package fakemq

import (
	"context"
	"fmt"
	"net"
	"sync"
)

// Network is a network in this process, without sockets: what waits on it waits for nothing outside, so that a test's
// clock may be a fake one. Its zero value is ready.
type Network struct {
	mu        sync.Mutex
	listeners map[string]*listener
	hosts     int
}

// Dial connects to a server of the network. An address where none listens refuses at once.
func (n *Network) Dial(_ context.Context, address string) (net.Conn, error) {
	n.mu.Lock()
	l := n.listeners[address]
	n.mu.Unlock()
	if l == nil {
		return nil, fmt.Errorf("connect to %s: connection refused", address)
	}
	ours, theirs := net.Pipe()
	select {
	case l.accepted <- named{theirs, address}:
		return named{ours, address}, nil
	case <-l.closed:
		return nil, fmt.Errorf("connect to %s: connection refused", address)
	}
}

// listen opens an address: one of a host of its own where port 0 is asked for.
func (n *Network) listen(address string) (net.Listener, error) {
	if n == nil {
		return net.Listen("tcp", address)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listeners == nil {
		n.listeners = map[string]*listener{}
	}
	if _, port, _ := net.SplitHostPort(address); port == "0" {
		n.hosts++
		address = fmt.Sprintf("10.0.0.%d:10911", n.hosts)
	}
	l := &listener{n, address, make(chan net.Conn), make(chan struct{})}
	n.listeners[address] = l
	return l, nil
}

type listener struct {
	network  *Network
	address  string
	accepted chan net.Conn
	closed   chan struct{}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.accepted:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.network.mu.Lock()
	defer l.network.mu.Unlock()
	if l.network.listeners[l.address] == l {
		delete(l.network.listeners, l.address)
		close(l.closed)
	}
	return nil
}

func (l *listener) Addr() net.Addr { return address(l.address) }

// named is a pipe that says where it leads.
type named struct {
	net.Conn
	peer string
}

func (c named) RemoteAddr() net.Addr { return address(c.peer) }

type address string

func (address) Network() string  { return "pipe" }
func (a address) String() string { return string(a) }
