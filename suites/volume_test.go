//go:build e2e

package suites

import (
	. "github.com/onsi/ginkgo/v2"

	"github.com/rmqproof/rmqproof/chaos/flat"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
)

var _ = Describe("A volume on its node", Label("storage"), SpecPriority(30), func() {
	It("comes back to a broker whose StatefulSet was made anew", func(ctx SpecContext) {
		prove(ctx, experiment{
			name:  "reattach-same-node",
			title: "A master's StatefulSet and pod are deleted and made again, the claim is kept",
			on:    rocketmq.Topology{Version: version, Overlay: rocketmq.OverlayKind},
			fault: flat.Reattach{Of: flat.Masters},
		})
	}, specTimeout)
})

var _ = Describe("A shared volume", Label("storage"), SpecPriority(10), func() {
	It("follows its broker to another node", func(ctx SpecContext) {
		DeferCleanup(forget) // both masters share a node then
		prove(ctx, experiment{
			name:  "reattach-other-node",
			title: "A master's node is cordoned and its pod deleted: pod and volume start again on another node",
			on:    rocketmq.Topology{Version: running(), Overlay: rocketmq.OverlayKind},
			fault: flat.Move{Of: flat.Masters, Group: "broker-b"}, // the one whose volume can follow
		})
	}, specTimeout)
})
