package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/scenario"
)

// modes are the bundled overlays that scenarios of the cluster with fixed masters can be run on as well, each with the
// first release that has what it stands on.
var modes = map[string]string{
	"acting-master":         "5.0.0",
	"controller":            "5.0.0",
	"controller-loose":      "5.0.0",
	"controller-one-copy":   "5.0.0",
	"controller-standalone": "5.2.0", // jRaft
	"dledger":               "5.0.0",
	"proxy":                 "5.1.0", // before it proxies have no remoting port, by which they are probed
	"proxy-local":           "5.1.0",
	"rocksdb":               "5.2.0",
	"tiered":                "5.3.0", // the name of its provider
}

// IsMode tells whether an overlay is one that scenarios of the cluster with fixed masters can be run on.
func IsMode(overlay string) bool { return modes[overlay] != "" }

// Has returns nil where a release has what an overlay stands on.
func Has(release, overlay string) error {
	if oldest := modes[overlay]; (Versions{From: release}).olderThan(oldest) {
		return fmt.Errorf("mode %s needs RocketMQ %s or later, and this is %s", overlay, oldest, release)
	}
	return nil
}

// Modes lists the overlays that hold every scenario of a cluster with masters, that with fixed ones first.
func Modes() []string {
	return append([]string{static.Overlay}, slices.Sorted(maps.Keys(modes))...)
}

// inMode is what there is for a mode: the scenarios written for the cluster with fixed masters, on the overlay of that name.
// A scenario keeps its claims and budgets, so that modes can be compared. Controls and known bugs stay where they are, and so
// do those with settings of their own.
func inMode(all []scenario.Scenario, mode string, v Versions) ([]scenario.Scenario, error) {
	if mode == "" || mode == static.Overlay {
		return all, nil
	}
	if !IsMode(mode) {
		return nil, fmt.Errorf("there is no mode %q: there are %s", mode, strings.Join(Modes(), ", "))
	}
	if err := Has(v.From, mode); err != nil {
		return nil, err
	}
	var some []scenario.Scenario
	for _, s := range all {
		if Movable(s) {
			s.On.Overlay = mode
			some = append(some, s)
		}
	}
	return some, nil
}

// Movable tells whether a scenario written for the cluster with fixed masters asks for nothing that only that one has.
func Movable(s scenario.Scenario) bool {
	return s.On.Overlay == static.Overlay && s.On.Settings == "" &&
		!slices.Contains(s.Labels, Control) && !slices.Contains(s.Labels, TrackRecord)
}

// SelectIn is Select for a mode; "" is where each scenario is at home.
func SelectIn(mode string, v Versions, filter string) ([]scenario.Scenario, error) {
	some, err := Select(All(v), filter)
	if err == nil {
		some, err = inMode(some, mode, v)
	}
	if err == nil && len(some) == 0 {
		err = fmt.Errorf("label filter %q holds for no scenario that can be run in mode %s", filter, mode)
	}
	return some, err
}
