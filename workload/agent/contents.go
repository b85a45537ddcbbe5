package agent

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/remoting"
	"github.com/rmqproof/rmqproof/workload/scan"
	"github.com/rmqproof/rmqproof/workload/watch"
)

// serveContents streams what brokers hold as a history, also of a run that this agent never had: its messages may have been restored
// from a backup. What could not be read is the history's last record, a problem.
func (a *Agent) serveContents(w http.ResponseWriter, req *http.Request) {
	var c agentapi.Contents
	if err := decode(w, req, &c); err != nil {
		answer(w, nil, err)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.WriteHeader(http.StatusOK)
	rec := history.NewRecorder(w)
	since := func() time.Duration { return time.Since(c.Zero) }
	if err := a.contents(req.Context(), c, since, rec.Append); err != nil {
		if err := rec.Append(&history.Problem{At: since(), Step: "read what the brokers hold", Text: err.Error()}); err != nil {
			slog.Debug("the client is gone", "error", err)
		}
	}
}

func (a *Agent) contents(ctx context.Context, c agentapi.Contents, since func() time.Duration, record func(history.Record) error) error {
	client := &remoting.Client{}
	defer client.Close()
	view, at := &cluster.View{Client: client, Resolver: a.cluster.Resolver}, since()
	if err := watch.States(ctx, view, c.Groups, at, record); err != nil {
		return err
	}
	if err := watch.AllProgress(ctx, view, c.Groups, at, record); err != nil {
		return err
	}
	for _, topic := range c.Topics {
		s := scan.Scanner{Config: scan.Config{Topic: topic, Groups: c.Groups, Queues: c.Queues, RunID: c.Run, Patience: scanPatience},
			Cluster: view, Record: record, Since: since}
		if err := s.Run(ctx); err != nil {
			return err
		}
	}
	return nil
}
