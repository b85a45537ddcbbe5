package catalog

import (
	"slices"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/scenario"
)

var some = []scenario.Scenario{
	{Name: "kill-master", Labels: []string{"pod", "smoke"}},
	{Name: "drain-node", Labels: []string{"node"}},
	{Name: "lossy", Labels: []string{"control"}},
}

func TestSelect(t *testing.T) {
	for filter, want := range map[string]string{
		"smoke":                        "kill-master",
		"pod, node":                    "kill-master drain-node",
		"pod || node":                  "kill-master drain-node",
		"!control":                     "kill-master drain-node",
		"(pod,control) && !smoke":      "lossy",
		"drain-node":                   "drain-node",
		"kill-master || drain-node":    "kill-master drain-node",
		"!control && !(smoke || node)": "",
		"":                             "",
		"smoke &&":                     "",
		"smok":                         "",
		"drain_node":                   "",
	} {
		got, err := Select(some, filter)
		var names []string
		for _, s := range got {
			names = append(names, s.Name)
		}
		if strings.Join(names, " ") != want || (err != nil) != (want == "") {
			t.Errorf("%q selects %q, error %v; want %q", filter, names, err, want)
		}
	}
}

func TestAnUnknownLabelListsTheLabels(t *testing.T) {
	_, err := Select(some, "smoke && nodes")
	for _, word := range append([]string{"nodes"}, Labels(some)...) {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Fatalf("%v does not name %s", err, word)
		}
	}
	if slices.Contains(Labels(some), "nodes") {
		t.Error("a label that no scenario has")
	}
}
