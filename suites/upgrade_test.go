//go:build e2e

package suites

import (
	. "github.com/onsi/ginkgo/v2"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/scenario"
)

var _ = Describe("A version", Label("upgrade"), SpecPriority(20), func() {
	It("may be rolled out while the cluster serves", func(ctx SpecContext) {
		DeferCleanup(forget)
		budget := scenario.Default
		budget.Hold = 0 // the upgrade is over when it is confirmed
		prove(ctx, experiment{
			name:   "rolling-upgrade",
			title:  "The image is rolled from " + version + " to " + upgradeTo + ", slaves first, each step gated on replication",
			on:     rocketmq.Topology{Version: version, Overlay: rocketmq.OverlayKind},
			fault:  chaos.RollingUpgrade{To: "apache/rocketmq:" + upgradeTo, NameServers: true},
			budget: budget,
		})
	}, specTimeout)
})
