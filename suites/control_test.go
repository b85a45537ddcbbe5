//go:build e2e

package suites

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/rmqproof/rmqproof/chaos/flat"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/verify"
)

var _ = Describe("The control", Label("control"), SpecPriority(5), func() {
	It("loses what it acknowledged, and is caught", func(ctx SpecContext) {
		DeferCleanup(forget)
		report := perform(ctx, experiment{
			name:  "control",
			title: "One broker that flushes late, on a disk that goes with its pod, is killed by force: it must be judged violated",
			on:    rocketmq.Topology{Version: version, Overlay: rocketmq.OverlayLossy},
			fault: flat.Kill{Of: flat.Masters, Pick: flat.One},
		})
		loss := claim(report.Report, "no-acked-loss")
		Expect(loss.Verdict).To(Equal(verify.Violated), "a judge that misses this loss can be believed in nothing: %s", describe(report))
		Expect(loss.Named).NotTo(BeEmpty(), "the lost messages must be named")
	}, specTimeout)
})

func claim(r verify.Report, id string) verify.Judgement {
	for _, c := range r.Claims {
		if c.ID == id {
			return c
		}
	}
	return verify.Judgement{ID: id, Why: "it was not judged"}
}
