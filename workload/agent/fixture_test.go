package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
)

type fixture struct {
	t      *testing.T
	ns     *fakemq.NameServer
	a, b   *fakemq.Broker
	dir    string
	agent  *Agent
	server *httptest.Server
}

// newFixture is an agent over two fake masters.
func newFixture(t *testing.T) *fixture {
	ns := fakemq.NewNameServer(t)
	f := &fixture{t: t, ns: ns, a: fakemq.NewBroker(t, "broker-a", 0, ns), b: fakemq.NewBroker(t, "broker-b", 0, ns), dir: t.TempDir()}
	for _, b := range []*fakemq.Broker{f.a, f.b} {
		b.Set(func(b *fakemq.Broker) { b.HA = `{"master":true}` })
	}
	f.restart()
	return f
}

// restart makes a new agent over the same folder: what a container's restart leaves.
func (f *fixture) restart() {
	f.t.Helper()
	a, err := New(f.dir, f.ns.Address())
	if err != nil {
		f.t.Fatal(err)
	}
	f.agent = a
	f.server = httptest.NewServer(a.Handler(context.WithoutCancel(f.t.Context())))
	f.t.Cleanup(f.server.Close)
}

// do gives the answer's status and body.
func (f *fixture) do(method, path string, request any) (int, string) {
	f.t.Helper()
	data, err := json.Marshal(request)
	if err != nil {
		f.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(f.t.Context(), method, f.server.URL+path, bytes.NewReader(data))
	if err != nil {
		f.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func (f *fixture) order(path string) agentapi.RunStatus {
	f.t.Helper()
	status, body := f.do("POST", path, nil)
	if status != http.StatusOK {
		f.t.Fatalf("%s: %d %s", path, status, body)
	}
	return f.parse(body)
}

func (f *fixture) parse(body string) agentapi.RunStatus {
	f.t.Helper()
	var s agentapi.RunStatus
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		f.t.Fatal(err)
	}
	return s
}

func (f *fixture) await(phase agentapi.Phase) agentapi.RunStatus {
	f.t.Helper()
	return f.until("the run is "+string(phase), func(s agentapi.RunStatus) bool { return s.Phase == phase })
}

// until looks at the run until it is as wanted. Its bound is for a test that would never end.
func (f *fixture) until(what string, wanted func(agentapi.RunStatus) bool) agentapi.RunStatus {
	f.t.Helper()
	for range 6000 {
		_, body := f.do("GET", "/runs/run", nil)
		if s := f.parse(body); wanted(s) {
			return s
		}
		time.Sleep(10 * time.Millisecond)
	}
	f.t.Fatalf("it never comes to it that %s", what)
	return agentapi.RunStatus{}
}

func (f *fixture) startRun() {
	f.t.Helper()
	c := agentapi.RunConfig{ID: "run", Groups: []string{"broker-a", "broker-b"}, Traffics: []agentapi.Traffic{{Topic: "t", Workers: 2}}}
	if status, body := f.do("POST", "/runs", c); status != http.StatusOK {
		f.t.Fatalf("%d %s", status, body)
	}
}

// log is the run's log as a follower gets it.
func (f *fixture) log(from string) []history.Record {
	f.t.Helper()
	response, err := http.Get(f.server.URL + "/runs/run/log" + from)
	if err != nil {
		f.t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		f.t.Fatalf("log: %s", response.Status)
	}
	var records []history.Record
	for d := history.NewDecoder(response.Body); ; {
		r, err := d.Next()
		if errors.Is(err, io.EOF) {
			return records
		}
		if err != nil {
			f.t.Fatal(err)
		}
		records = append(records, r)
	}
}
