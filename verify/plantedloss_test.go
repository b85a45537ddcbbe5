package verify

import (
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

func TestPlantedLoss(t *testing.T) {
	if err := PlantedLoss(cleanRun()); err != nil {
		t.Error(err)
	}
	for name, h := range map[string]history.Slice{"empty": nil, "unscanned": cleanRun()[:2401]} {
		if err := PlantedLoss(h); err == nil || !strings.Contains(err.Error(), "withheld") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPlantedLossInALossyRun(t *testing.T) {
	f, err := history.Open("testdata/loss-acked-then-dropped.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if err := PlantedLoss(f); err != nil {
		t.Error(err)
	}
}

func TestNames(t *testing.T) {
	named := []string{"0:7", "3:10-12"}
	for m, want := range map[facts.ID]bool{message(0, 7): true, message(0, 8): false, message(3, 9): false, message(3, 10): true, message(3, 11): true, message(3, 12): true, message(3, 13): false, message(4, 11): false} {
		if names(named, m) != want {
			t.Errorf("%v in %v", m, named)
		}
	}
}
