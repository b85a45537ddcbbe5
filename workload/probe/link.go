package probe

import (
	"context"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/workload/remoting"
)

// suspectAfter is the silence, with requests waiting, after which a connection may be half open. It is well above a
// pause for garbage collection, and well below the deadline of a probe.
const suspectAfter = 200 * time.Millisecond

// link keeps one usable connection to one address. Where there is none, every caller tries to connect by itself,
// so that a peer that comes back is reached by the next caller, and not when the operating system retries the
// first one's handshake seconds later.
type link struct {
	address string
	dialer  remoting.Dialer
	retire  time.Duration // how long requests on a connection that is given up may still be answered

	mu     sync.Mutex
	conn   *remoting.Conn
	closed bool
}

func (l *link) get(ctx context.Context) (*remoting.Conn, error) {
	if conn := l.usable(); conn != nil {
		return conn, nil
	}
	fresh, err := l.dialer.Dial(ctx, l.address)
	if err == nil {
		return l.adopt(fresh), nil
	}
	if conn := l.usable(); conn != nil {
		return conn, nil // it came back to life, or another caller made it, while this attempt failed
	}
	return nil, err
}

func (l *link) usable() *remoting.Conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.usableLocked()
}

func (l *link) usableLocked() *remoting.Conn {
	if l.conn == nil || l.conn.Err() != nil || suspect(l.conn) {
		return nil
	}
	return l.conn
}

// adopt makes a new connection the link's, unless another caller's is usable already.
func (l *link) adopt(fresh *remoting.Conn) *remoting.Conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	if conn := l.usableLocked(); conn != nil {
		fresh.Close()
		return conn
	}
	if l.conn != nil {
		l.conn.Retire(l.retire)
	}
	if l.conn = fresh; l.closed {
		fresh.Retire(l.retire) // for the caller alone
	}
	return fresh
}

// suspected tells whether the link has a connection that may be half open, or one that has failed.
func (l *link) suspected() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conn == nil || l.conn.Err() != nil || suspect(l.conn)
}

// close lets requests under way run out.
func (l *link) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.conn != nil {
		l.conn.Retire(l.retire)
	}
}

func suspect(conn *remoting.Conn) bool { return conn.Waiting() > 0 && conn.Quiet() > suspectAfter }
