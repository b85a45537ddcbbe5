package agent

import (
	"context"
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/remoting"
	"github.com/rmqproof/rmqproof/workload/scan"
)

// scanPatience is how long a queue's broker may fail to answer in the final scan. By then the cluster has been found
// healthy, so it is short.
const scanPatience = 20 * time.Second

// scan starts the final scan and returns at once; the phase tells when it is over.
func (r *run) scan(ctx context.Context) error {
	if !r.setPhase(agentapi.PhaseScanning, agentapi.PhaseStopped, agentapi.PhaseScanned) {
		if r.currentPhase() == agentapi.PhaseScanning {
			return nil
		}
		return fmt.Errorf("run %s is %s: stop it first", r.config.ID, r.currentPhase())
	}
	go r.scanAll(context.WithoutCancel(ctx))
	return nil
}

// scanAll uses a client of its own: connections of before may lead to what is no longer there.
func (r *run) scanAll(ctx context.Context) {
	client := &remoting.Client{}
	defer client.Close()
	for _, t := range r.config.Traffics {
		s := scan.Scanner{
			Config:  scan.Config{Topic: t.Topic, Groups: t.Groups, Queues: t.Queues, RunID: r.config.ID, Patience: scanPatience},
			Cluster: &cluster.View{Client: client, Resolver: r.cluster.Resolver},
			Record:  r.log.scanned,
			Since:   r.since,
		}
		r.fail(s.Run(ctx))
	}
	r.fail(r.states(ctx)) // behind the scan: a replica that has just come back has had time to fetch them
	r.setPhase(agentapi.PhaseScanned, agentapi.PhaseScanning)
}
