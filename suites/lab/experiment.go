package lab

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rmqproof/rmqproof/fixtures/podlogs"
	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/workload"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// Run deploys what a scenario stands on, runs and judges it, and writes its report. An error means that there is none.
func (l *Lab) Run(ctx context.Context, s scenario.Scenario) (reports.Experiment, error) {
	cluster, mute, err := l.stand(ctx, s)
	if mute != nil {
		return *mute, err
	}
	if err != nil {
		return reports.Experiment{}, fmt.Errorf("%s: %w: %w", s.Name, ErrNotStanding, err)
	}
	dir := filepath.Join(l.Dir, s.Name)
	stop, err := podlogs.Follow(context.WithoutCancel(ctx), cluster.Client(), cluster.Namespace(), filepath.Join(dir, "evidence", "logs"))
	if err != nil {
		return reports.Experiment{}, fmt.Errorf("%s: %w", s.Name, err)
	}
	defer stop()
	agent := agentapi.NewAgent(cluster.Agent())
	promised, err := configuration(ctx, agent)
	if err != nil {
		return reports.Experiment{}, fmt.Errorf("%s: %w", s.Name, err)
	}
	remove, err := plantFor(ctx, s, cluster)
	if err != nil {
		return reports.Experiment{}, fmt.Errorf("%s: %w", s.Name, err)
	}
	load := &workload.Load{Agent: agent, Traffics: s.Load, NoProbe: s.NoProbe, Seed: uint64(l.Seed)}
	n := &narrator{}
	running, end := l.guarded(ctx, cluster)
	result := scenario.Run(n.faults(running), s, scenario.Bench{
		Cluster: subject{cluster, dir}, Workload: load, Dir: dir, Run: history.Run{Seed: uint64(l.Seed), Copies: copies(promised)}, Progress: n.steps(ctx),
	})
	l.aborted = errors.Join(l.aborted, end())
	if never := errors.Join(result.Problems...); result.History == "" && isMute(s, never) {
		return l.mute(s, result, never)
	}
	promised["agent"] = cost(context.WithoutCancel(ctx), load)
	report := l.report(s, result, promised)
	err = errors.Join(l.conclude(context.WithoutCancel(ctx), s, load, &report), l.restore(context.WithoutCancel(ctx), s, report))
	stop() // what it holds back is written now
	ctx = context.WithoutCancel(ctx)
	return report, errors.Join(err, sealed(ctx, secretsOf{cluster, l.access().Config}, dir), remove(ctx, dir))
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
func configuration(ctx context.Context, agent *agentapi.Agent) (map[string]string, error) {
	brokers, err := agent.Brokers(ctx)
	if err != nil {
		return nil, err
	}
	promised := map[string]string{}
	for _, b := range brokers {
		if b.Role == agentapi.RoleMaster && b.Error == "" {
			maps.Copy(promised, b.Config)
			break
		}
	}
	return promised, nil
}

// copies is on how many replicas an acknowledged message lies, by the master's own configuration; 0: no promise.
func copies(config map[string]string) int64 {
	n, err := strconv.ParseInt(config["inSyncReplicas"], 10, 64)
	if err != nil || config["brokerRole"] != "SYNC_MASTER" && config["allAckInSyncStateSet"] != "true" {
		return 0
	}
	return n
}

// conclude takes the load's traces off the cluster, and says in the report where it could not, before it is written.
func (l *Lab) conclude(ctx context.Context, s scenario.Scenario, load *workload.Load, report *reports.Experiment) error {
	outcome, _ := report.Outcome()
	if untidy := l.tidy(ctx, load); untidy != nil {
		report.Error = strings.TrimPrefix(report.Error+"\n"+untidy.Error(), "\n")
	}
	return errors.Join(reports.WriteExperiment(filepath.Join(l.Dir, s.Name), *report), l.leave(s, outcome == verify.Valid))
}

func (l *Lab) report(s scenario.Scenario, r scenario.Result, promised map[string]string) reports.Experiment {
	e := reports.Experiment{Name: s.Name, Title: s.Title, History: r.History, Report: r.Report, Expect: s.Expect}
	cluster, made := l.made()
	made["rocketmq"] = l.deployed.Topology().Version
	e.Meta = reports.Meta{
		Started: r.Began, Took: r.Took, Seed: l.Seed, Rerun: l.Rerun, Config: promised,
		Cluster: cluster, Versions: made,
		Evidence: []string{history.FileName, "evidence"},
	}
	if err := errors.Join(r.Problems...); err != nil {
		e.Error = err.Error()
	}
	return e
}
