// Package directory asks all NameServers and brokers what they say of the cluster, and puts the answers together:
// which brokers there are, which of them answer, how far their replication is, and where a topic's masters are.
package directory

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

// answerWithin bounds one question, so that one silent process costs seconds, not minutes.
const answerWithin = 3 * time.Second

// Directory answers from live processes only; it remembers nothing.
type Directory struct {
	Client   *remoting.Client
	Resolver *Resolver
}

// New makes a directory with connections of its own.
func New(nameServers string) (*Directory, error) {
	resolver, err := NewResolver(nameServers)
	if err != nil {
		return nil, err
	}
	return &Directory{Client: &remoting.Client{}, Resolver: resolver}, nil
}

// NameServers asks each configured NameServer how many brokers it knows.
func (d *Directory) NameServers(ctx context.Context) []agentapi.NameServer {
	views := d.views(ctx)
	list := make([]agentapi.NameServer, len(views))
	for i, v := range views {
		list[i] = agentapi.NameServer{Address: v.endpoint.Address, Host: v.endpoint.Host}
		if v.err != nil {
			list[i].Error = v.err.Error()
		}
		for _, g := range v.info.Groups {
			list[i].Brokers += len(g.Addresses)
		}
	}
	return list
}

// view is what one NameServer answered.
type view struct {
	endpoint Endpoint
	info     remoting.ClusterInfo
	err      error
}

func (d *Directory) views(ctx context.Context) []view {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	endpoints := d.Resolver.Resolve(ctx)
	views := make([]view, len(endpoints))
	var all sync.WaitGroup
	for i, e := range endpoints {
		all.Go(func() {
			views[i] = view{endpoint: e, err: e.Err}
			if e.Err == nil {
				views[i].info, views[i].err = remoting.Brokers(ctx, d.Client.To(e.Address))
			}
		})
	}
	all.Wait()
	return views
}

// place is one broker as registered.
type place struct {
	group   string
	id      int64
	address string
}

// registered puts all NameServers' answers together; they may differ for a while. It fails where none answers.
func (d *Directory) registered(ctx context.Context) ([]place, error) {
	var places []place
	var errs []error
	answers := 0
	for _, v := range d.views(ctx) {
		if v.err != nil {
			errs = append(errs, fmt.Errorf("NameServer %s: %w", v.endpoint.Host, v.err))
			continue
		}
		answers++
		for name, g := range v.info.Groups {
			for id, address := range g.Addresses {
				places = append(places, place{name, id, address})
			}
		}
	}
	if answers == 0 {
		return nil, fmt.Errorf("no NameServer answers: %w", errors.Join(errs...))
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.id, b.id), cmp.Compare(a.address, b.address))
	})
	return slices.Compact(places), nil
}

// Masters gives each group's addresses under which a master is registered: more than one where NameServers differ.
func (d *Directory) Masters(ctx context.Context) (map[string][]string, error) {
	places, err := d.registered(ctx)
	if err != nil {
		return nil, err
	}
	masters := map[string][]string{}
	for _, p := range places {
		if p.id == 0 {
			masters[p.group] = append(masters[p.group], p.address)
		}
	}
	return masters, nil
}

// Registered gives the addresses of one broker group's members by their ids.
func (d *Directory) Registered(ctx context.Context, group string) (map[int64][]string, error) {
	places, err := d.registered(ctx)
	if err != nil {
		return nil, err
	}
	addresses := map[int64][]string{}
	for _, p := range places {
		if p.group == group {
			addresses[p.id] = append(addresses[p.id], p.address)
		}
	}
	return addresses, nil
}
