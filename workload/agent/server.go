package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/cluster"
)

const (
	// topicWithin bounds the creation of a topic: a broker tells its NameServers at once, or when it next registers, 30 s.
	topicWithin = 40 * time.Second
	// maxRequest bounds a request's body.
	maxRequest = 1 << 20
)

// Agent serves the HTTP API. Make it with New.
type Agent struct {
	dir     string
	cluster *cluster.View

	mu   sync.Mutex
	runs map[string]*run
}

// New takes up the logs in dir and answers for the cluster behind the NameServers (host:port joined by semicolons).
func New(dir, nameServers string) (*Agent, error) {
	d, err := cluster.New(nameServers)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder for logs: %w", err)
	}
	runs, err := reopen(dir, d)
	if err != nil {
		return nil, err
	}
	return &Agent{dir: dir, cluster: d, runs: runs}, nil
}

// Handler is the HTTP API. What a request sets going carries ctx's values, and goes on until it is stopped by another
// request: the end of a process is the end of a run's traffic only when the process is gone.
func (a *Agent) Handler(ctx context.Context) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /time", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, agentapi.Time{UnixNano: time.Now().UnixNano()}, nil)
	})
	mux.HandleFunc("GET /topology", func(w http.ResponseWriter, r *http.Request) {
		answer(w, a.cluster.Report(r.Context()), nil)
	})
	mux.HandleFunc("GET /brokers", func(w http.ResponseWriter, r *http.Request) {
		brokers, err := a.cluster.Brokers(r.Context())
		answer(w, brokers, withStatus(http.StatusBadGateway, err))
	})
	mux.HandleFunc("GET /nameservers", func(w http.ResponseWriter, r *http.Request) {
		answer(w, a.cluster.NameServers(r.Context()), nil)
	})
	mux.HandleFunc("POST /contents", a.serveContents)
	mux.HandleFunc("POST /runs", func(w http.ResponseWriter, r *http.Request) { a.startRun(ctx, w, r) })
	mux.HandleFunc("GET /runs/{id}", a.forRun(func(*run) error { return nil }))
	mux.HandleFunc("POST /runs/{id}/stop", a.forRun((*run).stop))
	mux.HandleFunc("POST /runs/{id}/scan", a.forRun(func(r *run) error { return r.scan(ctx) }))
	mux.HandleFunc("POST /runs/{id}/finish", a.forRun((*run).finish))
	mux.HandleFunc("POST /runs/{id}/remove", a.forRun(func(r *run) error { return r.remove(ctx) }))
	mux.HandleFunc("GET /runs/{id}/log", a.serveLog)
	return mux
}

func (a *Agent) startRun(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	var config agentapi.RunConfig
	err := decode(w, r, &config)
	if err == nil {
		config, err = complete(config)
		err = withStatus(http.StatusBadRequest, err)
	}
	if err != nil {
		answer(w, nil, err)
		return
	}
	started, err := a.begin(ctx, config)
	if err != nil {
		answer(w, nil, err)
		return
	}
	answer(w, started.status(), nil)
}

// begin starts a run unless one is under way.
func (a *Agent) begin(ctx context.Context, config agentapi.RunConfig) (*run, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.free(config.ID); err != nil {
		return nil, withStatus(http.StatusConflict, err)
	}
	preparing, cancel := context.WithTimeout(ctx, topicWithin)
	defer cancel()
	if err := createTopics(preparing, a.cluster, config); err != nil {
		return nil, withStatus(http.StatusBadGateway, err)
	}
	r, err := begin(filepath.Join(a.dir, config.ID+logSuffix), config, a.cluster)
	if err != nil {
		return nil, err
	}
	if err := r.start(ctx); err != nil {
		return nil, errors.Join(err, r.discard())
	}
	a.runs[config.ID] = r
	return r, nil
}

// free tells why a run cannot start beside those that are there. A load whose runner is gone is stopped.
func (a *Agent) free(id string) error {
	for other, r := range a.runs {
		switch {
		case other == id:
			return fmt.Errorf("run %s is %s already", id, r.currentPhase())
		case r.active() && r.silence() > replaceAfter:
			return errors.Join(fmt.Errorf("run %s, whose runner is gone, is being stopped: %s", other, agentapi.TryAgain), r.abandon())
		case r.active():
			return fmt.Errorf("run %s is %s", other, r.currentPhase())
		}
	}
	return nil
}

// forRun answers with the run's status after doing something with it.
func (a *Agent) forRun(do func(*run) error) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		r, err := a.find(req.PathValue("id"))
		if err == nil {
			err = withStatus(http.StatusConflict, do(r))
		}
		if err != nil {
			answer(w, nil, err)
			return
		}
		answer(w, r.status(), nil)
	}
}

func (a *Agent) find(id string) (*run, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r, ok := a.runs[id]; ok {
		r.heartbeat()
		return r, nil
	}
	return nil, withStatus(http.StatusNotFound, fmt.Errorf("there is no run %q", id))
}

// statusError is an error with an HTTP status.
type statusError struct {
	status int
	error
}

func (e statusError) Unwrap() error { return e.error }

func withStatus(status int, err error) error {
	var has statusError
	if err == nil || errors.As(err, &has) {
		return err
	}
	return statusError{status, err}
}

func decode(w http.ResponseWriter, r *http.Request, into any) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return withStatus(http.StatusBadRequest, fmt.Errorf("the request's body: %w", err))
	}
	return nil
}

func answer(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		status := http.StatusInternalServerError
		var has statusError
		if errors.As(err, &has) {
			status = has.status
		}
		w.WriteHeader(status)
		v = agentapi.Error{Error: err.Error()}
	}
	if err := json.NewEncoder(w).Encode(v); err != nil {
		slog.Debug("the client is gone", "error", err)
	}
}
