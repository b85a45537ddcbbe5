package probe

import (
	"context"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// answer is what came of one probe at one address.
type answer struct {
	address string
	outcome history.Outcome
	status  string
}

// targets are where a probe goes: to the address that works, or, while none does, to every one where the master may
// be, so that neither a stale route nor a dead address costs the new master's first probe.
func (p *Probe) targets() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.good != "" && !p.links[p.good].suspected() {
		return []string{p.good}
	}
	masters := p.routes.Masters(p.config.Group)
	for address := range p.links {
		if !slices.Contains(masters, address) {
			masters = append(masters, address) // the last one known, while no NameServer names it
		}
	}
	return masters
}

// race sends to all targets and takes the first acknowledgement. Without one it is unknown, or failed where every
// target refused for certain.
func (p *Probe) race(ctx context.Context, targets []string) answer {
	if len(targets) == 0 {
		return answer{"", history.Failed, "NO_ROUTE"}
	}
	answers := make(chan answer, len(targets))
	for _, address := range targets {
		go func() {
			outcome, status := remoting.Judge(p.send(ctx, address))
			answers <- answer{address, outcome, status}
		}()
	}
	worst := answer{outcome: history.Failed}
	for range targets {
		a := <-answers
		if a.outcome == history.OK {
			return a
		}
		if worst.status == "" || a.outcome == history.Unknown {
			worst = a
		}
	}
	return worst
}

func (p *Probe) send(ctx context.Context, address string) (remoting.Sent, error) {
	conn, err := p.link(address).get(ctx)
	if err != nil {
		return remoting.Sent{}, err
	}
	m := remoting.Message{Topic: p.config.Topic, Body: p.config.Body, Group: "rmqproof-probe", Born: time.Now().UnixMilli()}
	return remoting.Send(ctx, conn, m)
}

func (p *Probe) link(address string) *link {
	p.mu.Lock()
	defer p.mu.Unlock()
	l, ok := p.links[address]
	if !ok {
		l = &link{address: address, dialer: p.config.Dialer, retire: p.config.Deadline}
		p.links[address] = l
	}
	return l
}

// note remembers the address that works and gives up the others; a failure there makes the next probes look around.
func (p *Probe) note(a answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a.outcome != history.OK {
		if p.good == a.address {
			p.good = ""
		}
		return
	}
	if p.good == a.address {
		return
	}
	p.good = a.address
	for address, l := range p.links {
		if address != a.address {
			l.close()
			delete(p.links, address)
		}
	}
}

func (p *Probe) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.links {
		l.close()
	}
}
