// Package cluster asks all NameServers, brokers and controllers what they say now, and puts the answers together: which
// brokers there are, which of them answer and as what, how far their replication is, and where a topic's masters are.
package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// answerWithin bounds one question where nothing else is set, so that one silent process costs seconds, not minutes.
const answerWithin = 3 * time.Second

// View answers from live processes only. It remembers nothing but where controllers were, which brokers alone can tell, and
// the version of a process for as long as the connection to it lasts.
type View struct {
	Client   *remoting.Client
	Resolver *Resolver
	Within   time.Duration // bounds one question; 0: 3 s
	Brief    bool          // leave out versions, which cost brokers the most to tell

	mu          sync.Mutex
	controllers []string // host:port of every controller that a broker or a controller has named
	versions    map[string]version
}

// version is what a process said of itself, which stays true as long as its connection.
type version struct {
	of   *remoting.Conn
	says string
}

// version asks a broker once a connection for its version.
func (v *View) version(ctx context.Context, address string) (string, error) {
	conn := v.Client.Live(address)
	v.mu.Lock()
	known := v.versions[address]
	v.mu.Unlock()
	if conn != nil && known.of == conn {
		return known.says, nil
	}
	info, err := remoting.RuntimeInfo(ctx, v.Client.To(address))
	if err != nil {
		return "", err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.versions == nil {
		v.versions = map[string]version{}
	}
	if now := v.Client.Live(address); now == conn { // else nobody knows which of the two has answered
		v.versions[address] = version{conn, info["brokerVersionDesc"]}
	}
	return info["brokerVersionDesc"], nil
}

// New makes a view with connections of its own.
func New(nameServers string) (*View, error) {
	resolver, err := NewResolver(nameServers)
	if err != nil {
		return nil, err
	}
	return &View{Client: &remoting.Client{}, Resolver: resolver}, nil
}

func (v *View) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, cmp.Or(v.Within, answerWithin))
}

// NameServers asks each configured NameServer for the brokers that it knows.
func (v *View) NameServers(ctx context.Context) []agentapi.NameServer {
	return describeNameServers(v.tables(ctx))
}

func describeNameServers(tables []table) []agentapi.NameServer {
	list := make([]agentapi.NameServer, len(tables))
	for i, t := range tables {
		list[i] = agentapi.NameServer{Address: t.endpoint.Address, Host: t.endpoint.Host}
		if t.err != nil {
			list[i].Error = t.err.Error()
		}
		for _, r := range t.registrations() {
			list[i].Table = append(list[i].Table, agentapi.Registration{Group: r.group, ID: r.id, Address: r.address})
		}
		list[i].Brokers = len(list[i].Table)
	}
	return list
}

// table is what one NameServer answered.
type table struct {
	endpoint Endpoint
	info     remoting.ClusterInfo
	err      error
}

func (v *View) tables(ctx context.Context) []table {
	ctx, cancel := v.bound(ctx)
	defer cancel()
	endpoints := v.Resolver.Resolve(ctx)
	tables := make([]table, len(endpoints))
	var all sync.WaitGroup
	for i, e := range endpoints {
		all.Go(func() {
			tables[i] = table{endpoint: e, err: e.Err}
			if e.Err == nil {
				tables[i].info, tables[i].err = remoting.Brokers(ctx, v.Client.To(e.Address))
			}
		})
	}
	all.Wait()
	return tables
}

// registration is one broker as NameServers list it.
type registration struct {
	group   string
	id      int64
	address string
}

func (r registration) master() bool { return r.id == remoting.MasterID }

func (t table) registrations() []registration {
	var list []registration
	for name, g := range t.info.Groups {
		for id, address := range g.Addresses {
			list = append(list, registration{name, id, address})
		}
	}
	slices.SortFunc(list, registration.compare)
	return list
}

func (r registration) compare(o registration) int {
	return cmp.Or(cmp.Compare(r.group, o.group), cmp.Compare(r.id, o.id), cmp.Compare(r.address, o.address))
}

// union puts all NameServers' answers together; they may differ for a while. It fails where none answers.
func union(tables []table) ([]registration, error) {
	var list []registration
	var errs []error
	for _, t := range tables {
		if t.err != nil {
			errs = append(errs, fmt.Errorf("NameServer %s: %w", t.endpoint.Host, t.err))
			continue
		}
		list = append(list, t.registrations()...)
	}
	if len(errs) == len(tables) {
		return nil, fmt.Errorf("no NameServer answers: %w", errors.Join(errs...))
	}
	slices.SortFunc(list, registration.compare)
	return slices.Compact(list), nil
}

func (v *View) registered(ctx context.Context) ([]registration, error) { return union(v.tables(ctx)) }

// Masters gives each group's addresses under which a master is registered: more than one where NameServers differ.
func (v *View) Masters(ctx context.Context) (map[string][]string, error) {
	list, err := v.registered(ctx)
	if err != nil {
		return nil, err
	}
	masters := map[string][]string{}
	for _, r := range list {
		if r.master() {
			masters[r.group] = append(masters[r.group], r.address)
		}
	}
	return masters, nil
}

// Registered gives the addresses of one broker group's members by the ids under which they are registered.
func (v *View) Registered(ctx context.Context, group string) (map[int64][]string, error) {
	list, err := v.registered(ctx)
	if err != nil {
		return nil, err
	}
	addresses := map[int64][]string{}
	for _, r := range list {
		if r.group == group {
			addresses[r.id] = append(addresses[r.id], r.address)
		}
	}
	return addresses, nil
}
