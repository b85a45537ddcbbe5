package agent

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
)

// TestContentsOfARunThatTheAgentNeverHad: whoever restores a backup asks an agent that has sent nothing.
func TestContentsOfARunThatTheAgentNeverHad(t *testing.T) {
	f := newFixture(t)
	f.a.CreateTopic("t", 1)
	f.a.Set(func(b *fakemq.Broker) { b.Offsets = `"t@g":{0:7,1:5}` })
	status, body := f.do("POST", "/contents", agentapi.Contents{Run: "other", Zero: time.Now(), Groups: []string{"broker-a"}, Topics: []string{"t"}, Queues: 1})
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	said := map[string]bool{}
	for d := history.NewDecoder(strings.NewReader(body)); ; {
		r, err := d.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch r := r.(type) {
		case *history.State:
			said[r.What+" "+r.Name+" "+r.Value] = true
		case *history.Scan:
			said["scan of "+r.Topic] = r.Complete
		case *history.Problem:
			t.Error(r.Text)
		}
	}
	for _, want := range []string{"progress t@g/0 7", "progress t@g/1 5", "topic t readQueueNums 1, writeQueueNums 1, perm 6, order false", "scan of t"} {
		if !said[want] {
			t.Errorf("it does not say %q: %v", want, said)
		}
	}
	if status, _ := f.do("POST", "/contents", "nonsense"); status != http.StatusBadRequest {
		t.Errorf("nonsense: %d", status)
	}
}
