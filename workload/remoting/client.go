package remoting

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Peer answers requests: a connection, or an address of a Client.
type Peer interface {
	Call(ctx context.Context, cmd *Command) (*Command, error)
}

// Client keeps one connection per address. Its zero value is ready; it is safe for use by several goroutines.
type Client struct {
	// DialTimeout bounds one attempt to connect; 0 means 2 s. The caller's context bounds it too.
	DialTimeout time.Duration
	Dialer      Dialer

	mu    sync.Mutex
	slots map[string]*slot
}

// slot is one address. Its lock is never held while the network is waited for.
type slot struct {
	mu      sync.Mutex
	conn    *Conn
	attempt *attempt
}

type attempt struct {
	done chan struct{}
	conn *Conn
	err  error
}

// To is the peer at an address.
func (c *Client) To(address string) Peer { return peer{c, address} }

type peer struct {
	client  *Client
	address string
}

// Call sends on the address's connection, connecting first where there is none. A connection on which nothing at
// all was read while a call ran out of time may be half open: it is replaced before the next call.
func (p peer) Call(ctx context.Context, cmd *Command) (*Command, error) {
	s := p.client.slot(p.address)
	conn, err := p.client.connected(ctx, s, p.address)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	response, err := conn.Call(ctx, cmd)
	if err != nil && conn.Quiet() >= time.Since(began) {
		s.drop(conn)
	}
	return response, err
}

// Live is the connection to an address, nil where there is none. Whatever answers on the same one later is the same process.
func (c *Client) Live(address string) *Conn {
	s := c.slot(address)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil && s.conn.Err() == nil {
		return s.conn
	}
	return nil
}

// Close ends every connection.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.slots {
		s.mu.Lock()
		if s.conn != nil {
			s.conn.Close()
		}
		s.mu.Unlock()
	}
	c.slots = nil
}

func (c *Client) slot(address string) *slot {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.slots == nil {
		c.slots = map[string]*slot{}
	}
	s, ok := c.slots[address]
	if !ok {
		s = &slot{}
		c.slots[address] = s
	}
	return s
}

func (c *Client) connected(ctx context.Context, s *slot, address string) (*Conn, error) {
	conn, a := s.begin(func(a *attempt) { c.dial(ctx, s, address, a) })
	if conn != nil {
		return conn, nil
	}
	select {
	case <-a.done:
		return a.conn, a.err
	case <-ctx.Done():
		return nil, &NotSentError{fmt.Errorf("connect to %s: %w", address, ctx.Err())}
	}
}

// begin returns the live connection, or the attempt under way, starting one with dial where there is none.
func (s *slot) begin(dial func(*attempt)) (*Conn, *attempt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil && s.conn.Err() == nil {
		return s.conn, nil
	}
	if s.attempt == nil {
		s.attempt = &attempt{done: make(chan struct{})}
		go dial(s.attempt)
	}
	return nil, s.attempt
}

// dial outlives the call that began it, since others may wait for the same connection.
func (c *Client) dial(ctx context.Context, s *slot, address string, a *attempt) {
	timeout := c.DialTimeout
	if timeout <= 0 {
		timeout = 2 * time.Second
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	a.conn, a.err = c.Dialer.Dial(ctx, address)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn, s.attempt = a.conn, nil
	close(a.done)
}

// drop gives a connection up and lets the requests that still wait on it run to their own deadlines.
func (s *slot) drop(conn *Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == conn {
		s.conn = nil
		conn.Retire(writeTimeout)
	}
}

// Retire closes the connection after the given time, in which requests under way may still be answered.
func (c *Conn) Retire(after time.Duration) { time.AfterFunc(after, c.Close) }
