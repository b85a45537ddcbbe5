//go:build e2e

package suites

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/rmqproof/rmqproof/chaos/flat"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/fixtures/testbed"
	"github.com/rmqproof/rmqproof/internal/progress"
)

// settings of the run, from its environment; cmd/rmqproof sets them.
var (
	runDir    = env("RMQPROOF_RUN_DIR", "")
	version   = env("RMQPROOF_VERSION", "5.1.0")
	upgradeTo = env("RMQPROOF_UPGRADE_TO", "5.2.0")
	rerun     = env("RMQPROOF_RERUN", "make e2e")
	keep      = env("RMQPROOF_KEEP", "") == "true"
)

var (
	bed      *testbed.Testbed
	deployed *rocketmq.Cluster
	ledger   *flat.Ledger
)

func TestSuites(t *testing.T) {
	RegisterFailHandler(Fail)
	slog.SetDefault(slog.New(narrator{slog.NewTextHandler(os.Stderr, nil)}))
	RunSpecs(t, "rmqproof")
}

var _ = BeforeSuite(func(ctx SpecContext) {
	if runDir == "" {
		Fail("RMQPROOF_RUN_DIR names no folder for the report: run the specs by `make e2e`")
	}
	var err error
	bed, err = testbed.Up(untilInterrupted(ctx), version, upgradeTo) // for all specs alike, so that they share one node image
	must(err)
	ledger, err = flat.OpenLedger(runDir + "/ledger.jsonl")
	must(err)
	DeferCleanup(takeDown, NodeTimeout(3*time.Minute))
}, NodeTimeout(45*time.Minute)) // a node image built from source on two slow cores

func takeDown(ctx SpecContext) {
	if keep || bed.Reused {
		progress.Say(ctx, "the cluster stays: make down takes it down")
		return
	}
	must(bed.Down(context.WithoutCancel(ctx)))
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
