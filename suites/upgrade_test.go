//go:build e2e

package suites

import (
	. "github.com/onsi/ginkgo/v2"

	"github.com/rmqproof/rmqproof/chaos/flat"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/scenario"
)

// inFlight is what a slave may lack and still have caught up: the load never pauses, and these are its messages of a
// tenth of a second, in bytes.
const inFlight = 32 << 10

var _ = Describe("A version", Label("upgrade"), SpecPriority(20), func() {
	It("may be rolled out while the cluster serves", func(ctx SpecContext) {
		DeferCleanup(func() {
			if CurrentSpecReport().Failed() {
				forget() // who knows which version runs where
			}
		})
		budget := scenario.Default
		budget.Hold = 0 // the upgrade is over when it is confirmed
		prove(ctx, experiment{
			name:   "rolling-upgrade",
			title:  "The image is rolled from " + version + " to " + upgradeTo + ", slaves first, each step gated on replication",
			on:     rocketmq.Topology{Version: version, Overlay: rocketmq.OverlayKind},
			fault:  flat.RollingUpgrade{To: "apache/rocketmq:" + upgradeTo, NameServers: true, MaxBehind: inFlight},
			budget: budget,
		})
		upgraded()
	}, specTimeout)
})
