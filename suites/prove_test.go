//go:build e2e

package suites

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"github.com/rmqproof/rmqproof/chaos/flat"
	"github.com/rmqproof/rmqproof/fixtures/podlogs"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/workload"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// specTimeout bounds one experiment with its deployment; twice what a slow two-core machine was seen to take.
const specTimeout = SpecTimeout(15 * time.Minute)

// experiment is what a spec says; the rest is the same for all.
type experiment struct {
	name, title string
	on          rocketmq.Topology
	fault       flat.Fault
	budget      scenario.Budget // zero: scenario.Default
	judge       verify.Options
}

// prove deploys, runs and judges an experiment, writes its report, and fails the spec unless every claim is valid.
func prove(ctx context.Context, e experiment) {
	GinkgoHelper()
	report := perform(ctx, e)
	if report.Verdict() != verify.Valid {
		Fail(describe(report))
	}
}

// perform deploys, runs and judges an experiment and writes its report.
func perform(ctx context.Context, e experiment) reports.Experiment {
	GinkgoHelper()
	if e.budget == (scenario.Budget{}) {
		e.budget = scenario.Default
	}
	ctx = untilInterrupted(ctx)
	cluster := deploy(ctx, e.on)
	dir := filepath.Join(runDir, e.name)
	stop, err := podlogs.Follow(context.WithoutCancel(ctx), cluster.Client(), cluster.Namespace(), filepath.Join(dir, "evidence", "logs"))
	must(err)
	defer stop()
	agent := agentapi.NewAgent(cluster.Agent())
	load := &workload.Load{Agent: agent, Traffics: []agentapi.Traffic{{Consumer: true}}, Seed: uint64(GinkgoRandomSeed())}
	promised := configuration(ctx, agent)
	result := scenario.Run(flat.WithLedger(scenario.WithProgress(ctx, announce(ctx)), ledger), scenario.Scenario{
		Name: e.name, Title: e.title, Cluster: cluster, Load: load, Fault: e.fault, Budget: e.budget, Judge: e.judge,
	}, dir)
	promised["agent"] = cost(context.WithoutCancel(ctx), load)
	report := write(dir, e, result, promised)
	if interrupted.Err() != nil {
		AbortSuite(describe(report))
	}
	return report
}

// cost is what the agent took of the machine while the load ran: one that takes much measures itself.
func cost(ctx context.Context, load *workload.Load) string {
	status, err := load.Status(ctx)
	if err != nil {
		return "its cost is unknown: " + err.Error()
	}
	if status.LoadSeconds == 0 {
		return "its cost is unknown: it was restarted while the load ran"
	}
	return fmt.Sprintf("%.1f %% of one core", 100*status.CPUSeconds/status.LoadSeconds)
}

// configuration is what a master says of itself that decides what an acknowledgement is worth.
func configuration(ctx context.Context, agent *agentapi.Agent) map[string]string {
	brokers, err := agent.Brokers(ctx)
	must(err)
	promised := map[string]string{}
	for _, b := range brokers {
		if b.ID == 0 && b.Error == "" {
			maps.Copy(promised, b.Config)
			break
		}
	}
	return promised
}

func write(dir string, e experiment, r scenario.Result, promised map[string]string) reports.Experiment {
	report := reports.Experiment{Name: e.name, Title: e.title, History: r.History, Report: r.Report, Meta: meta(e, r)}
	report.Meta.Config = promised
	if err := errors.Join(r.Problems...); err != nil {
		report.Error = err.Error()
	}
	AddReportEntry(e.name, ReportEntryVisibilityNever, string(report.Verdict()))
	must(reports.WriteExperiment(dir, report))
	return report
}

func meta(e experiment, r scenario.Result) reports.Meta {
	made := bed.Versions()
	maps.Copy(made, map[string]string{"rocketmq": e.on.Version})
	return reports.Meta{
		Started: r.Began, Took: r.Took, Seed: GinkgoRandomSeed(), Rerun: rerun,
		Cluster: "kind " + bed.Name + ", overlay " + e.on.Overlay, Versions: made,
		Evidence: []string{scenario.HistoryFile, "evidence"},
	}
}

// describe says why an experiment did not pass, in the words of its claims.
func describe(e reports.Experiment) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", e.Name, strings.ToUpper(string(e.Verdict())))
	for _, c := range e.Report.Claims {
		if c.Verdict != verify.Valid {
			fmt.Fprintf(&b, "  %s: %s. %s\n", c.ID, strings.ToUpper(string(c.Verdict)), c.Why)
		}
	}
	if e.Error != "" {
		fmt.Fprintf(&b, "  the experiment itself: %s\n", e.Error)
	}
	fmt.Fprintf(&b, "See %s", filepath.Join(runDir, e.Name))
	return b.String()
}

var _ = ReportAfterSuite("report", func(r Report) {
	run, err := reports.ReadRun(runDir)
	if err != nil {
		run = reports.Run{Error: err.Error()}
	}
	run.Title = "rmqproof " + r.SuiteConfig.LabelFilter
	run.Meta = reports.Meta{Started: r.StartTime, Took: r.RunTime, Seed: r.SuiteConfig.RandomSeed, Rerun: rerun}
	for _, spec := range r.SpecReports {
		if spec.Failed() && len(spec.ReportEntries) == 0 { // it failed before anything was judged
			run.Error += fmt.Sprintf("%s %s: %s\n", spec.LeafNodeType, spec.FullText(), spec.FailureMessage())
		}
	}
	must(reports.WriteRun(runDir, run))
})
