package chaos_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/compound"
	"github.com/rmqproof/rmqproof/chaos/internal/fake"
	"github.com/rmqproof/rmqproof/chaos/network"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/chaos/process"
)

func TestFaultsTogetherAreNoBystandersOfEachOther(t *testing.T) {
	f := fake.New(t)
	ctx, before := fake.Context(t), f.State()
	both := compound.Together{pods.Kill{Target: chaos.Slaves.One()}, process.Kill{Target: chaos.Masters.One().In("broker-b")}}
	i := inject(t, both, f)
	if err := i.Confirm(ctx); err != nil {
		t.Errorf("Confirm: %v", err)
	}
	f.ReplacePod("nameserver-1")
	if err := i.Confirm(ctx); err == nil || !strings.Contains(err.Error(), "bystander pod nameserver-1") {
		t.Errorf("Confirm = %v, want it to name the bystander", err)
	}
	if err := i.Heal(ctx); err != nil {
		t.Errorf("Heal: %v", err)
	}
	inOrder(t, i.Times())
	if diff := cmp.Diff(before, f.State()); diff != "" {
		t.Errorf("healed state differs:\n%s", diff)
	}
}

// While another fault is on its way, nobody knows what it changes.
func TestNobodyIsLookedAtBesideAFaultOnItsWay(t *testing.T) {
	f := fake.New(t)
	i := inject(t, pods.Kill{Target: chaos.Slaves.One()}, f)
	f.ReplacePod("nameserver-1")
	if err := i.Confirm(chaos.Unwatched(fake.Context(t))); err != nil {
		t.Errorf("Confirm: %v", err)
	}
	if err := i.Confirm(fake.Context(t)); err == nil {
		t.Error("a bystander was hit, and nobody looked")
	}
}

func TestASequenceHealsEachBeforeTheNext(t *testing.T) {
	f := fake.New(t)
	ctx, before := fake.Context(t), f.State()
	cut := compound.Step{Fault: network.Cut{Target: chaos.Masters.One(), Off: network.Peers}}
	i := inject(t, compound.Sequence{cut, {Fault: process.Stop{Target: chaos.Masters.One()}}}, f)
	held := 0
	for what := range f.State() {
		if strings.HasPrefix(what, "act ") {
			held++
		}
	}
	if err := i.Confirm(ctx); err != nil || held != 1 {
		t.Errorf("Confirm = %v with %d acts held, want the last alone", err, held)
	}
	if err := i.Heal(ctx); err != nil {
		t.Errorf("Heal: %v", err)
	}
	if diff := cmp.Diff(before, f.State()); diff != "" {
		t.Errorf("healed state differs:\n%s", diff)
	}
}

func TestWhatASequenceBeganIsHealedWhereItBreaksOff(t *testing.T) {
	f := fake.New(t)
	before := f.State()
	cut := compound.Step{Fault: network.Cut{Target: chaos.Masters.One(), Off: network.Peers}}
	bad := compound.Step{Fault: pods.Kill{Target: chaos.Proxies.One()}}
	i, err := compound.Sequence{cut, bad}.Inject(fake.Context(t), f)
	if i == nil || err == nil || !strings.Contains(err.Error(), "step 2") {
		t.Fatalf("Inject = %v, %v; want what to heal and the step", i, err)
	}
	if err := i.Heal(fake.Context(t)); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(before, f.State()); diff != "" {
		t.Errorf("healed state differs:\n%s", diff)
	}
	if i, err := (compound.Together{bad.Fault}).Inject(fake.Context(t), f); i != nil || err == nil {
		t.Errorf("Together of nothing that can be hit = %v, %v", i, err)
	}
}

func TestASecondFaultBeginsWhileTheFirstHolds(t *testing.T) {
	f := fake.New(t)
	ctx, before := fake.Context(t), f.State()
	cut, kill := network.Cut{Target: chaos.Masters.One(), Off: network.Peers}, pods.Kill{Target: chaos.Masters.One()}
	i := inject(t, compound.Amid{First: cut, Second: kill}, f)
	if err := i.Confirm(ctx); err != nil {
		t.Errorf("Confirm: %v", err)
	}
	if got := i.Targets(); len(got) != 2 || got[0] != got[1] {
		t.Errorf("hit %q, want the same master twice", got)
	}
	if err := i.Heal(ctx); err != nil {
		t.Errorf("Heal: %v", err)
	}
	inOrder(t, i.Times())
	if diff := cmp.Diff(before, f.State()); diff != "" {
		t.Errorf("healed state differs:\n%s", diff)
	}
	i, err := compound.Amid{First: cut, Second: pods.Kill{Target: chaos.Proxies.One()}}.Inject(ctx, f)
	if i == nil || err == nil {
		t.Fatalf("Inject = %v, %v; want what to heal and why", i, err)
	}
	if err := i.Heal(ctx); err != nil {
		t.Error(err)
	}
	if i, err := (compound.Amid{First: pods.Kill{Target: chaos.Proxies.One()}, Second: kill}).Inject(ctx, f); i != nil || err == nil {
		t.Errorf("a first that hits nothing: %v, %v", i, err)
	}
}

func TestTheSameSeedDrawsTheSame(t *testing.T) {
	of := []compound.Step{{Fault: pods.Kill{Target: chaos.Masters.One()}}, {Fault: process.Stop{Target: chaos.Masters.One()}}}
	a, b, c := compound.Random(7, 20, of...).Name(), compound.Random(7, 20, of...).Name(), compound.Random(8, 20, of...).Name()
	if a != b || a == c {
		t.Errorf("seed 7 draws\n%s\nand\n%s\nseed 8 draws\n%s", a, b, c)
	}
	if got := compound.Repeat(2, 0, 0, of[0].Fault).Name(); got != "kill master, then kill master" {
		t.Errorf("Repeat is called %q", got)
	}
}
