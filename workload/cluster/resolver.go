package cluster

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// Endpoint is one NameServer.
type Endpoint struct {
	Host    string // host:port as configured
	Address string // IP:port as it resolves now; empty where it does not
	Err     error  // why it does not resolve
}

// resolveAgain is how long an answer of the name service is used. NameServers that come back have new addresses, so
// it is short; it bounds the questions during an outage.
const resolveAgain = time.Second

// Resolver turns the configured NameServers into addresses that are fresh.
type Resolver struct {
	hosts  []string
	lookup func(ctx context.Context, host string) ([]string, error)

	mu    sync.Mutex
	known []Endpoint
	asked time.Time
}

// NewResolver reads a list as RocketMQ has it: host:port joined by semicolons.
func NewResolver(list string) (*Resolver, error) {
	r := &Resolver{lookup: net.DefaultResolver.LookupHost}
	for entry := range strings.SplitSeq(list, ";") {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		if _, _, err := net.SplitHostPort(entry); err != nil {
			return nil, fmt.Errorf("NameServer %q is not host:port: %w", entry, err)
		}
		r.hosts = append(r.hosts, entry)
	}
	if len(r.hosts) == 0 {
		return nil, fmt.Errorf("no NameServer in %q: give host:port, joined by semicolons", list)
	}
	return r, nil
}

// Resolve gives every configured NameServer, resolved at most a second ago.
func (r *Resolver) Resolve(ctx context.Context) []Endpoint {
	r.mu.Lock()
	known, fresh := r.known, time.Since(r.asked) < resolveAgain
	r.mu.Unlock()
	if fresh {
		return known
	}
	endpoints := make([]Endpoint, len(r.hosts))
	var all sync.WaitGroup
	for i, host := range r.hosts {
		all.Go(func() { endpoints[i] = r.endpoint(ctx, host) })
	}
	all.Wait()
	if ctx.Err() != nil {
		return endpoints // the caller's end of patience says nothing about the name service
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known, r.asked = endpoints, time.Now()
	return endpoints
}

func (r *Resolver) endpoint(ctx context.Context, hostPort string) Endpoint {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return Endpoint{Host: hostPort, Err: err}
	}
	addresses, err := r.lookup(ctx, host)
	if err != nil || len(addresses) == 0 {
		return Endpoint{Host: hostPort, Err: fmt.Errorf("resolve NameServer %s: %w", hostPort, err)}
	}
	return Endpoint{Host: hostPort, Address: net.JoinHostPort(addresses[0], port)}
}

// Known are the addresses of the last Resolve: for those who cannot wait for a name service.
func (r *Resolver) Known() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var addresses []string
	for _, e := range r.known {
		if e.Address != "" {
			addresses = append(addresses, e.Address)
		}
	}
	return addresses
}

// Follow resolves now and then until the context ends, so that Known stays fresh.
func (r *Resolver) Follow(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		r.Resolve(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
