package workload_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// direct reaches an agent at a base URL.
type direct struct {
	Base   string // without a slash at its end
	Client *http.Client
}

// Do implements agentapi.Transport.
func (d direct) Do(ctx context.Context, method, path string, body io.Reader) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, method, d.Base+path, body)
	if err != nil {
		return nil, err
	}
	client := d.Client
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	if response.StatusCode < http.StatusBadRequest {
		return response.Body, nil
	}
	defer response.Body.Close()
	var said agentapi.Error
	if err := json.NewDecoder(response.Body).Decode(&said); err != nil || said.Error == "" {
		return nil, fmt.Errorf("%s", response.Status)
	}
	return nil, fmt.Errorf("%s: %s", response.Status, said.Error)
}
