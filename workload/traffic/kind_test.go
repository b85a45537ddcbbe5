package traffic

import (
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// The example of CONTRIBUTING.md: this is all that a new kind takes.
var _ = register("large", func(r Run, t agentapi.Traffic, first uint32) Traffic {
	t.BodyBytes = 2 << 20
	return newSteady(config{Traffic: t, run: r.ID, seed: r.Seed, first: first}, r, r.Clients.newSender)
})

func TestAKindRegistersItself(t *testing.T) {
	c := agentapi.Traffic{Kind: "large", Topic: "t", Groups: []string{"a", "b"}, Workers: 3, Queues: 4, Rate: 1}
	made, err := Make(Run{ID: "run"}, c, 7)
	if err != nil || made.Producers() != 6 || made.Attempt(8, 0).Producer != 8 {
		t.Errorf("%+v, %v", made, err)
	}
	if c.Kind = "odd"; Known(c.Kind) == nil {
		t.Error("any kind is known")
	}
	if _, err := Make(Run{}, c, 0); err == nil || !strings.Contains(err.Error(), "there are: delay, large, steady, timer, transaction") {
		t.Errorf("%v", err)
	}
}
