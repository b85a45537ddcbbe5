package catalog

import (
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/scenario"
)

func TestEveryModeIsAnOverlay(t *testing.T) {
	for mode := range modes {
		for _, s := range mustIn(t, mode) {
			if s.On.Overlay != mode {
				t.Errorf("%s stands on %s in mode %s", s.Name, s.On.Overlay, mode)
			}
			if _, err := rocketmq.Render(rocketmq.Topology{Overlay: s.On.Overlay, Version: "5.5.0"}); err != nil {
				t.Error(err)
			}
		}
	}
}

func mustIn(t *testing.T, mode string) (some []scenario.Scenario) {
	t.Helper()
	some, err := SelectIn(mode, Versions{From: "5.5.0", To: "5.5.0"}, Everything)
	if err != nil {
		t.Fatal(err)
	}
	return some
}

func TestModesKeepClaimsAndLeaveControlsOut(t *testing.T) {
	fixed, err := SelectIn("", Default, "kill-master")
	if err != nil {
		t.Fatal(err)
	}
	elected, err := SelectIn("controller", Default, "kill-master")
	if err != nil {
		t.Fatal(err)
	}
	if len(elected) != 1 || len(elected[0].Claims) != len(fixed[0].Claims) || elected[0].Budget != fixed[0].Budget {
		t.Errorf("in another mode the scenario is another: %+v", elected)
	}
	if _, err := SelectIn("controller", Default, Control); err == nil {
		t.Error("a control is run where it was never caught")
	}
}

func TestAReleaseThatLacksAModeIsNamed(t *testing.T) {
	if err := Has("5.1.0", "rocksdb"); err == nil || !strings.Contains(err.Error(), "rocksdb needs RocketMQ 5.2.0 or later, and this is 5.1.0") {
		t.Errorf("%v", err)
	}
	for _, overlay := range []string{"rocksdb", "kind", "lossy"} {
		if err := Has("5.2.0", overlay); err != nil {
			t.Error(err)
		}
	}
}

func TestModesThatAreNotThere(t *testing.T) {
	for mode, want := range map[string]string{"raft": "acting-master, controller", "controller-standalone": "5.2.0 or later"} {
		if _, err := SelectIn(mode, Default, Everything); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("mode %s on %s: %v", mode, Default.From, err)
		}
	}
}
