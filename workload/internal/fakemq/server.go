// Package fakemq is a NameServer and a broker in this process, for tests. They speak as much of the remoting protocol
// as this project's clients and the Go client library's producer use, store messages in memory, and can be told to
// misbehave. They are fakes: what they do proves something about the clients, and nothing about RocketMQ.
package fakemq

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/workload/remoting"
)

// server accepts connections and answers each request in a goroutine of its own.
type server struct {
	t       *testing.T
	network *Network                                  // nil: the loopback interface
	handle  func(*remoting.Command) *remoting.Command // nil: no answer
	ask     func(*remoting.Command) *remoting.Command // what it asks the client by itself behind an answer; nil: nothing
	mu      sync.Mutex
	address string
	l       net.Listener
	conns   map[net.Conn]bool
	silent  bool
	delay   time.Duration
}

func newServer(t *testing.T, n *Network, handle, ask func(*remoting.Command) *remoting.Command) *server {
	t.Helper()
	s := &server{t: t, network: n, handle: handle, ask: ask, address: "127.0.0.1:0", conns: map[net.Conn]bool{}}
	s.Listen()
	t.Cleanup(s.Close)
	return s
}

// T is the test that it was made for.
func (s *server) T() *testing.T { return s.t }

// Address is host:port, the same after a restart.
func (s *server) Address() string { return s.address }

// Listen starts to serve, again after Close.
func (s *server) Listen() {
	s.t.Helper()
	l, err := s.network.listen(s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	s.l, s.address = l, l.Addr().String()
	s.mu.Unlock()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
}

// Close stops listening and resets every connection, as a killed process does.
func (s *server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.l.Close()
	for conn := range s.conns {
		conn.Close()
	}
}

// Silent makes the server read and not answer, with its connections open, as a process that is stopped.
func (s *server) Silent(silent bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent = silent
}

// Delay makes every answer come later.
func (s *server) Delay(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = d
}

// Connections is the number of open connections.
func (s *server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

func (s *server) serve(conn net.Conn) {
	s.mu.Lock()
	s.conns[conn] = true
	s.mu.Unlock()
	var writing sync.Mutex
	for {
		cmd, err := remoting.ReadCommand(conn)
		if err != nil {
			break
		}
		s.later(func() { s.answer(conn, &writing, cmd) })
	}
	s.mu.Lock()
	delete(s.conns, conn)
	s.mu.Unlock()
	conn.Close()
}

// later answers a request beside the others, after the server's delay. One that comes while it is silent gets no answer.
func (s *server) later(answer func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.silent:
	case s.delay > 0:
		time.AfterFunc(s.delay, answer)
	default:
		go answer()
	}
}

func (s *server) answer(conn net.Conn, writing *sync.Mutex, cmd *remoting.Command) {
	response := s.handle(cmd)
	if response == nil {
		return
	}
	response.Opaque, response.Flag, response.Language = cmd.Opaque, 1, "JAVA"
	frame, err := response.Encode()
	if err != nil {
		s.t.Error(err)
		return
	}
	writing.Lock()
	_, _ = conn.Write(frame)
	writing.Unlock()
	if s.ask == nil {
		return
	}
	time.AfterFunc(asksAfter, func() {
		if question := s.ask(cmd); question != nil {
			s.question(conn, writing, question)
		}
	})
}

// question sends what the server asks of a client by itself.
func (s *server) question(conn net.Conn, writing *sync.Mutex, q *remoting.Command) {
	q.Flag, q.Language = 2, "JAVA"
	frame, err := q.Encode()
	if err != nil {
		s.t.Error(err)
		return
	}
	writing.Lock()
	defer writing.Unlock()
	_, _ = conn.Write(frame)
}

func failure(code int, remark string) *remoting.Command {
	return &remoting.Command{Code: code, Remark: remark}
}
