package traffic

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// Traffic is one stream of messages of a run.
type Traffic interface {
	// Producers is how many producers it has. They are numbered without a gap from the number that it was made with.
	Producers() uint32
	// Attempt is the record of one of its producers' attempts as far as it is decided before the send: it is the same in
	// every life of the process.
	Attempt(producer uint32, seq uint64) history.Send
	// Run sends until the context ends, and then until every send under way is answered. It fails where a record cannot be
	// written: a load that cannot be recorded must not go on. zero is the time that records count from.
	Run(ctx context.Context, zero time.Time) error
	// Close lets go of what outlives Run: brokers ask producers how a transaction ended, also when the load is over.
	Close()
}

// Run is what the traffics of a run share.
type Run struct {
	ID      string
	Seed    uint64 // decides keys, bodies, and when messages are due
	Clients Clients
	Record  func(*history.Send) error // called from several goroutines, as soon as a send is answered
	Late    func(time.Duration)       // told when this process itself, not the cluster, kept a message waiting
}

// maker makes a traffic of one kind whose producers are numbered from first on.
type maker func(r Run, t agentapi.Traffic, first uint32) Traffic

var kinds = map[string]maker{}

// register makes a kind known; it is called once from the kind's own file.
func register(kind string, m maker) struct{} {
	kinds[kind] = m
	return struct{}{}
}

// Make makes a traffic whose settings are complete.
func Make(r Run, t agentapi.Traffic, first uint32) (Traffic, error) {
	if err := Known(t.Kind); err != nil {
		return nil, err
	}
	return kinds[t.Kind](r, t, first), nil
}

// Known returns nil for a kind of traffic that there is.
func Known(kind string) error {
	if _, ok := kinds[kind]; ok {
		return nil
	}
	return fmt.Errorf("no traffic is of the kind %q; there are: %s", kind, strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
}
