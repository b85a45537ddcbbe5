//go:build e2e

package suites

import (
	. "github.com/onsi/ginkgo/v2"

	"github.com/rmqproof/rmqproof/chaos/flat"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
)

var _ = Describe("The NameServers", Label("nameserver", "pod"), SpecPriority(50), func() {
	on := rocketmq.Topology{Version: version, Overlay: rocketmq.OverlayKind}

	It("may lose one of three", func(ctx SpecContext) {
		prove(ctx, experiment{
			name:  "delete-nameserver",
			title: "One NameServer is deleted gracefully",
			on:    on,
			fault: flat.Delete{Of: flat.NameServers, Pick: flat.One},
		})
	}, specTimeout)

	It("may all go at once", func(ctx SpecContext) {
		prove(ctx, experiment{
			name:  "delete-all-nameservers",
			title: "All NameServers are deleted gracefully at once",
			on:    on,
			fault: flat.Delete{Of: flat.NameServers, Pick: flat.All},
		})
	}, specTimeout)
})
