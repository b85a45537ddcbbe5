package catalog

import (
	"slices"
	"strings"
	"testing"
)

// TestEveryScenarioOfAttachedVolumesIsOfStorage: `make e2e LABELS=storage` runs all of them.
func TestEveryScenarioOfAttachedVolumesIsOfStorage(t *testing.T) {
	all := All(Default)
	selected, err := Select(all, "storage")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, s := range all {
		of := strings.HasPrefix(s.Name, "attached-") || strings.HasPrefix(s.Name, "reattach-") || strings.HasPrefix(s.Name, "drill-")
		listed := false
		for _, x := range selected {
			listed = listed || x.Name == s.Name
		}
		if of {
			n++
		}
		if of && (!listed || s.Takes == 0) || s.On.Overlay == attached.Overlay && !slices.Contains(s.Labels, "storage") && !slices.Contains(s.Labels, TrackRecord) {
			t.Errorf("%s: listed by storage %t, labels %v, takes %s", s.Name, listed, s.Labels, s.Takes)
		}
	}
	for _, s := range bugScenarios() {
		if len(s.Labels) != 1 {
			t.Errorf("%s is run by what else bears one of %v, on releases that nobody asked for", s.Name, s.Labels)
		}
	}
	if n < 15 {
		t.Errorf("only %d scenarios are of volumes", n)
	}
}
