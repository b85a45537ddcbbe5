package workload

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// Transport carries requests to the agent: through the API server's proxy to a pod, or straight.
type Transport interface {
	// Do sends a request and returns the answer's body where its status is below 400, else an error that holds the
	// answer's text. The caller closes the body. path begins with a slash and may have a query.
	Do(ctx context.Context, method, path string, body io.Reader) (io.ReadCloser, error)
}

// Agent is the agent as the runner sees it.
type Agent struct{ transport Transport }

// NewAgent makes an agent behind a transport.
func NewAgent(t Transport) *Agent { return &Agent{t} }

// Healthy returns nil when the agent answers.
func (a *Agent) Healthy(ctx context.Context) error {
	return a.call(ctx, http.MethodGet, "/healthz", nil, nil)
}

// Brokers lists all brokers as the NameServers and the brokers themselves report them now.
func (a *Agent) Brokers(ctx context.Context) ([]agentapi.Broker, error) {
	var brokers []agentapi.Broker
	err := a.call(ctx, http.MethodGet, "/brokers", nil, &brokers)
	return brokers, err
}

// NameServers lists the NameServers and how many brokers each knows.
func (a *Agent) NameServers(ctx context.Context) ([]agentapi.NameServer, error) {
	var servers []agentapi.NameServer
	err := a.call(ctx, http.MethodGet, "/nameservers", nil, &servers)
	return servers, err
}

// CreateTopic creates a topic on every master and returns once every NameServer's route shows it.
func (a *Agent) CreateTopic(ctx context.Context, name string, queues int) error {
	return a.call(ctx, http.MethodPost, "/topics", agentapi.Topic{Name: name, Queues: queues}, nil)
}

// StartRun starts a load.
func (a *Agent) StartRun(ctx context.Context, c agentapi.RunConfig) (agentapi.RunStatus, error) {
	var status agentapi.RunStatus
	err := a.call(ctx, http.MethodPost, "/runs", c, &status)
	return status, err
}

// Status is how a run stands.
func (a *Agent) Status(ctx context.Context, run string) (agentapi.RunStatus, error) {
	var status agentapi.RunStatus
	err := a.call(ctx, http.MethodGet, "/runs/"+url.PathEscape(run), nil, &status)
	return status, err
}

// Order tells a run to "stop", "scan" or "finish". It returns when the agent has understood, not when it is done.
func (a *Agent) Order(ctx context.Context, run, order string) error {
	return a.call(ctx, http.MethodPost, "/runs/"+url.PathEscape(run)+"/"+order, nil, nil)
}

// Log streams a run's log from a byte on; it ends when the run is finished.
func (a *Agent) Log(ctx context.Context, run string, from int64) (io.ReadCloser, error) {
	path := "/runs/" + url.PathEscape(run) + "/log?from=" + strconv.FormatInt(from, 10)
	return a.transport.Do(ctx, http.MethodGet, path, nil)
}

// callWithin bounds a call that streams nothing; the longest is the creation of a topic.
const callWithin = 50 * time.Second

func (a *Agent) call(ctx context.Context, method, path string, request, into any) error {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	var body io.Reader
	if request != nil {
		data, err := json.Marshal(request)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	answer, err := a.transport.Do(ctx, method, path, body)
	if err != nil {
		return fmt.Errorf("agent: %s %s: %w", method, path, err)
	}
	defer answer.Close()
	if into == nil {
		_, err = io.Copy(io.Discard, answer)
	} else {
		err = json.NewDecoder(answer).Decode(into)
	}
	if err != nil {
		return fmt.Errorf("agent: answer to %s %s: %w", method, path, err)
	}
	return nil
}
