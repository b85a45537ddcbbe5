package agent

import (
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/workload/agentapi"
)

func TestATimeOfABrokersConfiguration(t *testing.T) {
	config := map[string]string{"set": "1500", "odd": "soon", "below": "-1"}
	for key, want := range map[string]time.Duration{"set": 1500 * time.Millisecond, "odd": time.Minute, "below": time.Minute, "none": time.Minute} {
		if got := configured(config, key, time.Minute); got != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
}

func TestTheLongestDelayIsWaitedFor(t *testing.T) {
	r := &run{config: agentapi.RunConfig{Traffics: []agentapi.Traffic{{Kind: agentapi.KindSteady, Delay: time.Minute},
		{Kind: agentapi.KindDelay, Delay: 3 * time.Second}, {Kind: agentapi.KindTimer, Delay: 7 * time.Second}}}}
	if got := r.settling(t.Context()); got != 7*time.Second {
		t.Errorf("%s", got)
	}
}
