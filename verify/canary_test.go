package verify

import (
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/history"
)

func TestCanary(t *testing.T) {
	if err := Canary(cleanRun(), Options{}); err != nil {
		t.Error(err)
	}
	for name, h := range map[string]history.Slice{"empty": nil, "unscanned": cleanRun()[:2401]} {
		if err := Canary(h, Options{}); err == nil || !strings.Contains(err.Error(), "withheld") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCanaryInALossyRun(t *testing.T) {
	f, err := history.Open("testdata/loss-acked-then-dropped.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if err := Canary(f, Options{}); err != nil {
		t.Error(err)
	}
}

func TestNames(t *testing.T) {
	named := []string{"0:7", "3:10-12"}
	for m, want := range map[id]bool{{0, 7}: true, {0, 8}: false, {3, 9}: false, {3, 10}: true, {3, 11}: true, {3, 12}: true, {3, 13}: false, {4, 11}: false} {
		if names(named, m) != want {
			t.Errorf("%v in %v", m, named)
		}
	}
}
