package lab

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/verify"
)

// muteWithin is how long a cluster is asked to serve that is expected never to: more than twice of what others need.
const muteWithin = 100 * time.Second

// stand deploys what a scenario stands on. One that never serves, in the scenario's own words, is reported as such.
func (l *Lab) stand(ctx context.Context, s scenario.Scenario) (*rocketmq.Cluster, *reports.Experiment, error) {
	began, within := time.Now(), ctx
	if s.Mute != "" {
		var cancel context.CancelFunc
		within, cancel = context.WithTimeoutCause(ctx, muteWithin, errors.New("out of time for a cluster that is expected never to serve"))
		defer cancel()
	}
	cluster, err := l.deploy(within, s.On)
	if err == nil || ctx.Err() != nil || !isMute(s, err) {
		return cluster, nil, err
	}
	e, err := l.mute(s, scenario.Result{Began: began, Took: time.Since(began)}, err)
	return nil, &e, err
}

// isMute tells whether an experiment could not begin because the cluster never serves, in the very words that its scenario
// expects of it. Whatever else kept it from beginning proves nothing.
func isMute(s scenario.Scenario, never error) bool {
	return never != nil && s.Mute != "" && !s.Expect.Zero() && strings.Contains(never.Error(), s.Mute)
}

// mute writes the report of such an experiment: nothing was recorded, and what the cluster said is all the evidence.
func (l *Lab) mute(s scenario.Scenario, r scenario.Result, never error) (reports.Experiment, error) {
	r.Report = verify.Report{Verdict: s.Expect.Verdict, Claims: []verify.Judgement{{
		ID: s.Expect.By, Verdict: s.Expect.Verdict, Counts: map[string]int64{}, Evidence: []verify.Evidence{},
		Why: "the cluster never served, so that no load began: " + never.Error(),
	}}}
	r.Problems, r.History = nil, ""
	e := l.report(s, r, nil)
	e.Meta.Evidence = nil
	l.deployed = nil // it is nothing to go on with
	return e, reports.WriteExperiment(filepath.Join(l.Dir, s.Name), e)
}
