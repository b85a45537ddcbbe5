//go:build e2e

package suites

import (
	. "github.com/onsi/ginkgo/v2"

	"github.com/rmqproof/rmqproof/chaos/flat"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
)

var _ = Describe("A broker's pod", Label("pod"), SpecPriority(60), func() {
	It("may be killed by force: the master of a group", Label("smoke"), func(ctx SpecContext) {
		prove(ctx, experiment{
			name:  "kill-master",
			title: "A master's pod is deleted by force, without a word to it",
			on:    rocketmq.Topology{Version: version, Overlay: rocketmq.OverlayKind},
			fault: flat.Kill{Of: flat.Masters, Pick: flat.One},
		})
	}, specTimeout)
})
