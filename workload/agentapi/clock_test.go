package agentapi

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// clockTransport is an agent whose clock is ahead, and whose answers take longer one way than the other.
type clockTransport time.Duration

func (c clockTransport) Do(context.Context, string, string, io.Reader) (io.ReadCloser, error) {
	time.Sleep(3 * time.Millisecond)
	now := time.Now().Add(time.Duration(c)).UnixNano()
	time.Sleep(time.Millisecond)
	return io.NopCloser(strings.NewReader(fmt.Sprintf(`{"unixNano":%d}`, now))), nil
}

func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ahead := 90 * time.Minute
		c, err := NewAgent(clockTransport(ahead)).Clock(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if c.Ahead != ahead+time.Millisecond || c.Bound != 2*time.Millisecond {
			t.Errorf("ahead %s, bound %s, want %s with half of the round trip of 4ms", c.Ahead, c.Bound, ahead)
		}
	})
}
