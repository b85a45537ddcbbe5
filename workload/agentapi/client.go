package agentapi

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
	return a.get(ctx, "/healthz", nil)
}

// Topology is what every NameServer, broker and controller says now. It fails only where the agent itself does not answer.
func (a *Agent) Topology(ctx context.Context) (Reported, error) {
	var reported Reported
	err := a.get(ctx, "/topology", &reported)
	return reported, err
}

// Brokers lists all brokers as the NameServers and the brokers themselves report them now.
func (a *Agent) Brokers(ctx context.Context) ([]Broker, error) {
	var brokers []Broker
	err := a.get(ctx, "/brokers", &brokers)
	return brokers, err
}

// StartRun starts a load.
func (a *Agent) StartRun(ctx context.Context, c RunConfig) (RunStatus, error) {
	var status RunStatus
	err := a.post(ctx, "/runs", c, &status)
	return status, err
}

// Status is how a run stands.
func (a *Agent) Status(ctx context.Context, run string) (RunStatus, error) {
	var status RunStatus
	err := a.get(ctx, "/runs/"+url.PathEscape(run), &status)
	return status, err
}

// Remove takes the topics and consumer groups of a finished run off the cluster.
func (a *Agent) Remove(ctx context.Context, run string) error { return a.Order(ctx, run, "remove") }

// Order tells a run to "stop", "scan" or "finish". It returns when the agent has understood, not when it is done.
func (a *Agent) Order(ctx context.Context, run, order string) error {
	return a.post(ctx, "/runs/"+url.PathEscape(run)+"/"+order, nil, nil)
}

// Log streams a run's log from a byte on; it ends when the run is finished.
func (a *Agent) Log(ctx context.Context, run string, from int64) (io.ReadCloser, error) {
	path := "/runs/" + url.PathEscape(run) + "/log?from=" + strconv.FormatInt(from, 10)
	return a.transport.Do(ctx, http.MethodGet, path, nil)
}

// Contents streams a history of what brokers hold. The caller closes it.
func (a *Agent) Contents(ctx context.Context, c Contents) (io.ReadCloser, error) {
	body, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	return a.transport.Do(ctx, http.MethodPost, "/contents", bytes.NewReader(body))
}

// callWithin bounds a call that streams nothing; the longest is the start of a run, which creates topics.
const callWithin = 50 * time.Second

func (a *Agent) get(ctx context.Context, path string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	answer, err := a.transport.Do(ctx, http.MethodGet, path, nil)
	return read(answer, err, "GET "+path, into)
}

func (a *Agent) post(ctx context.Context, path string, request, into any) error {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	answer, err := a.transport.Do(ctx, http.MethodPost, path, bytes.NewReader(body))
	return read(answer, err, "POST "+path, into)
}

// read decodes an answer, or drops it where into is nil.
func read(answer io.ReadCloser, err error, what string, into any) error {
	if err != nil {
		return fmt.Errorf("agent: %s: %w", what, err)
	}
	defer answer.Close()
	if into == nil {
		_, err = io.Copy(io.Discard, answer)
	} else {
		err = json.NewDecoder(answer).Decode(into)
	}
	if err != nil {
		return fmt.Errorf("agent: answer to %s: %w", what, err)
	}
	return nil
}
