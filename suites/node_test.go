//go:build e2e

package suites

import (
	. "github.com/onsi/ginkgo/v2"

	"github.com/rmqproof/rmqproof/chaos/flat"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
)

var _ = Describe("A node", Label("node"), SpecPriority(40), func() {
	It("may be cordoned and drained while it holds a master", func(ctx SpecContext) {
		prove(ctx, experiment{
			name:  "drain-node",
			title: "The node that holds a master is cordoned and drained, disruption budgets respected",
			on:    rocketmq.Topology{Version: version, Overlay: rocketmq.OverlayKind},
			fault: flat.CordonAndDrain{Of: flat.Masters},
		})
	}, specTimeout)
})
