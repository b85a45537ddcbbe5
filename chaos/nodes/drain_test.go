package nodes_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/internal/fake"
	"github.com/rmqproof/rmqproof/chaos/nodes"
)

func TestDrainWaitsForTheDisruptionBudget(t *testing.T) {
	t.Parallel()
	f := fake.New(t)
	f.Refuse = 1
	i, err := nodes.Drain{Target: chaos.Masters.One(), Within: 20 * time.Second}.Inject(fake.Context(t), f)
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Confirm(fake.Context(t)); err != nil {
		t.Errorf("Confirm: %v", err)
	}
	if p := f.Pod("broker-a-master-0"); p.Spec.NodeName != "" {
		t.Errorf("the master is on %s although its volume is tied to the drained node", p.Spec.NodeName)
	}
}

func TestDrainThatTheBudgetForbidsEndsInTime(t *testing.T) {
	t.Parallel()
	f := fake.New(t)
	ctx := fake.Context(t)
	f.Refuse = 1 << 30
	i, err := nodes.Drain{Target: chaos.Masters.One(), Within: time.Second}.Inject(ctx, f)
	if i == nil || err == nil || !strings.Contains(err.Error(), "needs 2 healthy pods") {
		t.Fatalf("Inject = %v, %v; want an injection to heal and the budget's word", i, err)
	}
	if err := i.Confirm(ctx); err == nil || !strings.Contains(err.Error(), "on w1") {
		t.Errorf("Confirm = %v, want it to name what is left on the node", err)
	}
	if err := i.Heal(ctx); err != nil {
		t.Errorf("Heal: %v", err)
	}
}

func TestUncordonLeavesWhatOthersCordoned(t *testing.T) {
	f := fake.New(t)
	if err := nodes.Cordon(t.Context(), f, "w1", "somebody"); err != nil {
		t.Fatal(err)
	}
	for _, node := range []string{"w1", "no-such-node"} {
		e := chaos.Entry{ID: "us", Namespace: fake.Namespace, Prior: []byte(`{"node":"` + node + `"}`)}
		if err := nodes.Uncordon.Do(t.Context(), f, e); err != nil {
			t.Errorf("uncordon %s: %v", node, err)
		}
	}
	if err := nodes.Cordoned(t.Context(), f, "w1", "somebody"); err != nil {
		t.Error(err)
	}
}
