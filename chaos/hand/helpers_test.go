package hand

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/node"
)

// answering are helpers that take a second to answer, and count what they are asked.
func answering(asked *atomic.Int64) *Helpers {
	ask := func(ctx context.Context, _ *corev1.Pod, _ string, _ []byte) ([]byte, error) {
		asked.Add(1)
		select {
		case <-time.After(time.Second):
			return json.Marshal(node.Alive{})
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return NewAsking(fake.NewClientset(), "image", ask)
}

// Who is out of time gets no answer. The acts of others on that node are held on to all the same.
func TestTheLeaseIsKeptForOthersWhereOneIsOutOfTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		h := answering(&asked)
		if _, err := h.On(t.Context(), "w1"); err != nil {
			t.Fatal(err)
		}
		over, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := h.On(over, "w1"); err == nil {
			t.Error("a question whose time is over was answered")
		}
		before := asked.Load()
		time.Sleep(2*beatEvery + time.Second)
		if beats := asked.Load() - before; beats != 2 {
			t.Errorf("%d heartbeats, want 2", beats)
		}
		if err := h.Close(t.Context(), "w1"); err != nil {
			t.Error(err)
		}
	})
}

func TestFaultsAtOnceShareAHelper(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		h := answering(&asked)
		both := make(chan chaos.Hand)
		for range 2 {
			go func() {
				one, err := h.On(t.Context(), "w1")
				if err != nil {
					t.Error(err)
				}
				both <- one
			}()
		}
		if a, b := <-both, <-both; a != b {
			t.Error("each has a lease of its own, of which nobody ends one")
		}
		if err := h.Close(t.Context(), "w1"); err != nil {
			t.Error(err)
		}
	})
}

// A helper that others share stays, also where one answer of it is lost.
func TestALostAnswerDoesNotRemoveASharedHelper(t *testing.T) {
	lost := false
	h := NewAsking(fake.NewClientset(), "image", func(context.Context, *corev1.Pod, string, []byte) ([]byte, error) {
		if lost {
			lost = false
			return nil, errors.New("the API server's proxy restarts")
		}
		return json.Marshal(node.Alive{Held: 1})
	})
	if _, err := h.On(t.Context(), "w1"); err != nil {
		t.Fatal(err)
	}
	defer h.sessions["w1"].stop()
	lost = true
	if err := h.Close(t.Context(), "w1"); err != nil || h.sessions["w1"] == nil {
		t.Errorf("Close = %v, and the helper is gone", err)
	}
}
