//go:build e2e

package suites

import (
	"time"

	. "github.com/onsi/ginkgo/v2"

	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/rmqproof/rmqproof/verify"
)

// slack is what a scenario may take beyond what it took when it was measured: a deployment, and twice the time on a slow
// machine.
const slack = 12 * time.Minute

// describeScenarios makes a spec of every selected scenario, in the catalogue's order.
func describeScenarios() {
	selected, err := catalog.SelectIn(options.Mode, catalog.Versions{From: options.Version, To: options.UpgradeTo}, labels)
	must(err)
	Describe("RocketMQ", Ordered, ContinueOnFailure, func() {
		for _, s := range selected {
			It(s.Name+": "+s.Title, Label(s.Labels...), func(ctx SpecContext) { prove(ctx, s) }, SpecTimeout(2*s.Takes+slack))
		}
	})
}

// prove runs a scenario and fails the spec unless it ends as it has to.
func prove(ctx SpecContext, s scenario.Scenario) {
	report, err := bench.Run(untilInterrupted(ctx), s)
	must(err)
	AddReportEntry(s.Name, ReportEntryVisibilityNever, string(report.Verdict()))
	if interrupted.Err() != nil {
		AbortSuite(report.Said())
	}
	if outcome, _ := report.Outcome(); outcome != verify.Valid {
		Fail(report.Said())
	}
}
