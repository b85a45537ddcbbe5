package cluster

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// Report asks every NameServer, every broker that one of them lists, or those of some groups alone, and every controller
// that these name. It never fails: who does not answer is in it with the reason.
func (v *View) Report(ctx context.Context, groups ...string) agentapi.Reported {
	tables := v.tables(ctx)
	report := agentapi.Reported{At: time.Now(), NameServers: describeNameServers(tables)}
	list, err := union(tables)
	if err != nil {
		report.Controllers = v.askControllers(ctx, nil)
		return report
	}
	if len(groups) > 0 {
		list = slices.DeleteFunc(list, func(r registration) bool { return !slices.Contains(groups, r.group) })
	}
	answers := v.ask(ctx, list)
	report.Brokers = describeAll(answers)
	v.remember(answers)
	report.Controllers = v.askControllers(ctx, groupsOf(answers))
	for i := range report.Brokers {
		elect(&report.Brokers[i], report.Controllers)
	}
	return report
}

// elect gives a master the epoch of its election as the leading controller knows it. The broker's own epoch file lacks it
// where nothing was written since the election before: no two of its entries begin at one place of the log.
func elect(b *agentapi.Broker, controllers []agentapi.Controller) {
	for _, c := range controllers {
		for _, g := range c.Groups {
			if g.Group == b.Group && g.MasterAddress == b.Address && b.Role == agentapi.RoleMaster {
				b.Epoch = max(b.Epoch, g.MasterEpoch)
			}
		}
	}
}

func groupsOf(answers []answer) []string {
	var groups []string
	for _, a := range answers {
		groups = append(groups, a.group)
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

// remember keeps the controllers that brokers name: they are to be asked also when no broker answers.
func (v *View) remember(answers []answer) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, a := range answers {
		if a.elected() {
			v.controllers = append(v.controllers, strings.FieldsFunc(a.config["controllerAddr"], isSeparator)...)
		}
	}
	slices.Sort(v.controllers)
	v.controllers = slices.Compact(v.controllers)
}

func isSeparator(r rune) bool { return r == ';' || r == ' ' }

func (v *View) known() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.controllers)
}

func (v *View) askControllers(ctx context.Context, groups []string) []agentapi.Controller {
	ctx, cancel := v.bound(ctx)
	defer cancel()
	hosts := v.known()
	list := make([]agentapi.Controller, len(hosts))
	var all sync.WaitGroup
	for i, host := range hosts {
		all.Go(func() { list[i] = v.askController(ctx, host, groups) })
	}
	all.Wait()
	return list
}

// askController asks for the metadata, and the leader for its broker groups: others do not answer that.
func (v *View) askController(ctx context.Context, host string, groups []string) agentapi.Controller {
	e := v.Resolver.endpoint(ctx, host)
	c := agentapi.Controller{Host: host, Address: e.Address}
	if e.Err != nil {
		c.Error = e.Err.Error()
		return c
	}
	meta, err := remoting.Metadata(ctx, v.Client.To(e.Address))
	if err != nil {
		c.Error = err.Error()
		return c
	}
	c.Group, c.Leader, c.LeaderID, c.LeaderAddress, c.Peers = meta.Group, meta.Leader, meta.LeaderID, meta.LeaderAddress, meta.Peers
	if !meta.Leader || len(groups) == 0 {
		return c
	}
	sets, err := remoting.SyncStateSets(ctx, v.Client.To(e.Address), groups)
	if err != nil {
		c.Error = "its broker groups: " + err.Error()
	}
	for _, group := range groups {
		if s, ok := sets[group]; ok {
			c.Groups = append(c.Groups, syncStateSet(group, s))
		}
	}
	return c
}

func syncStateSet(group string, s remoting.SyncStateSet) agentapi.SyncStateSet {
	return agentapi.SyncStateSet{
		Group: group, MasterID: s.MasterID, MasterAddress: s.MasterAddress, MasterEpoch: s.MasterEpoch, Epoch: s.Epoch,
		InSync: replicas(s.InSync), NotInSync: replicas(s.NotInSync),
	}
}

func replicas(list []remoting.Replica) []agentapi.Replica {
	replicas := make([]agentapi.Replica, len(list))
	for i, r := range list {
		replicas[i] = agentapi.Replica{ID: r.ID, Address: r.At()}
	}
	return replicas
}
