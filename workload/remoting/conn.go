package remoting

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// writeTimeout is how long a peer may refuse to take bytes before its connection is given up.
	writeTimeout = 5 * time.Second
	// writeQueue bounds the requests that wait for a peer which takes no bytes.
	writeQueue = 256
)

var errClosed = errors.New("connection closed")

// Conn is one connection with requests pipelined on it. It is safe for use by several goroutines.
type Conn struct {
	conn    net.Conn
	out     chan []byte
	done    chan struct{} // closed when the connection has failed
	lastIn  atomic.Int64  // Unix nanoseconds of the last frame read
	mu      sync.Mutex
	pending map[int32]chan *Command
	next    int32
	err     error // why it failed
}

// Dialer makes connections; nil makes TCP connections.
type Dialer func(ctx context.Context, address string) (net.Conn, error)

// Dial connects within the context's deadline.
func (d Dialer) Dial(ctx context.Context, address string) (*Conn, error) {
	if d == nil {
		d = dialTCP
	}
	conn, err := d(ctx, address)
	if err != nil {
		return nil, &NotSentError{fmt.Errorf("connect to %s: %w", address, err)}
	}
	return newConn(conn), nil
}

func dialTCP(ctx context.Context, address string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp", address)
}

func newConn(conn net.Conn) *Conn {
	c := &Conn{conn: conn, out: make(chan []byte, writeQueue), done: make(chan struct{}), pending: map[int32]chan *Command{}}
	c.lastIn.Store(time.Now().UnixNano())
	go c.read()
	go c.write()
	return c
}

// Call sends a request and waits for its answer or for the context's end. The request's Opaque is set here.
func (c *Conn) Call(ctx context.Context, cmd *Command) (*Command, error) {
	if err := ctx.Err(); err != nil {
		return nil, &NotSentError{err}
	}
	answer, opaque, err := c.enqueue(cmd)
	if err != nil {
		return nil, &NotSentError{err}
	}
	defer c.forget(opaque)
	select {
	case response := <-answer:
		return response, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("no answer from %s to request %d: %w", c.conn.RemoteAddr(), cmd.Code, ctx.Err())
	case <-c.done:
		return c.afterFailure(answer)
	}
}

// afterFailure prefers an answer that came in just before the connection failed.
func (c *Conn) afterFailure(answer chan *Command) (*Command, error) {
	select {
	case response := <-answer:
		return response, nil
	default:
		return nil, fmt.Errorf("connection to %s failed while waiting for an answer: %w", c.conn.RemoteAddr(), c.Err())
	}
}

func (c *Conn) enqueue(cmd *Command) (chan *Command, int32, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return nil, 0, c.err
	}
	c.next++
	cmd.Opaque = c.next
	frame, err := cmd.Encode()
	if err != nil {
		return nil, 0, err
	}
	select {
	case c.out <- frame:
	default:
		return nil, 0, fmt.Errorf("%s takes no bytes: %d requests wait", c.conn.RemoteAddr(), writeQueue)
	}
	answer := make(chan *Command, 1)
	c.pending[cmd.Opaque] = answer
	return answer, cmd.Opaque, nil
}

func (c *Conn) forget(opaque int32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pending, opaque)
}

func (c *Conn) write() {
	for {
		select {
		case frame := <-c.out:
			_ = c.conn.SetWriteDeadline(time.Now().Add(writeTimeout)) // a failure shows in the write
			if _, err := c.conn.Write(frame); err != nil {
				c.fail(err)
				return
			}
		case <-c.done:
			return
		}
	}
}

func (c *Conn) read() {
	in := bufio.NewReaderSize(c.conn, 32<<10)
	for {
		cmd, err := ReadCommand(in)
		if err != nil {
			c.fail(err)
			return
		}
		c.lastIn.Store(time.Now().UnixNano())
		c.deliver(cmd)
	}
}

// deliver hands a response to its caller. Requests by the peer are notices to clients that hold a subscription: not for us.
func (c *Conn) deliver(cmd *Command) {
	if !cmd.isResponse() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if answer, ok := c.pending[cmd.Opaque]; ok {
		delete(c.pending, cmd.Opaque)
		answer <- cmd
	}
}

func (c *Conn) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	c.err = err
	close(c.done)
	_ = c.conn.Close() // it has failed already; nothing is to be learnt
}

// Close ends the connection; what waits on it fails.
func (c *Conn) Close() { c.fail(errClosed) }

// Err is why the connection has failed, nil while it works.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Quiet is how long nothing has been read from the peer.
func (c *Conn) Quiet() time.Duration { return time.Since(time.Unix(0, c.lastIn.Load())) }

// Waiting is the number of requests without an answer yet.
func (c *Conn) Waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.pending)
}
