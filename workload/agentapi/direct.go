package agentapi

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// Direct reaches an agent at a base URL.
type Direct struct {
	Base   string // without a slash at its end
	Client *http.Client
}

// Do implements Transport.
func (d Direct) Do(ctx context.Context, method, path string, body io.Reader) (io.ReadCloser, error) {
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
	var said Error
	if err := json.NewDecoder(response.Body).Decode(&said); err != nil || said.Error == "" {
		return nil, fmt.Errorf("%s", response.Status)
	}
	return nil, fmt.Errorf("%s: %s", response.Status, said.Error)
}
