package audit_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// chartPlaces are, for a chart and words of a finding, the template and the line that it is told at.
var chartPlaces = map[string]map[string]string{
	"range": {
		"StatefulSet/b0 async-flush-one-copy": "templates/brokers.yaml:11 flushDiskType=ASYNC_FLUSH", "StatefulSet/b1 async-flush-one-copy": "templates/brokers.yaml:11 flushDiskType=ASYNC_FLUSH",
		"StatefulSet/b1 PodDisruptionBudget": "templates/brokers.yaml:14 apiVersion", "StatefulSet/b1 probe": "templates/brokers.yaml:26 - name: broker",
	},
	"include": {
		"flushDiskTyp ": "templates/_conf.tpl:4 flushDiskTyp=SYNC_FLUSH", "fileReservedTim ": "templates/_conf.tpl:5 fileReservedTim=48",
	},
	"loop-in-include": {
		"StatefulSet/north flushDiskTyp ": "templates/_brokers.tpl:14 flushDiskTyp=SYNC_FLUSH", "StatefulSet/south flushDiskTyp ": "templates/_brokers.tpl:14 flushDiskTyp=SYNC_FLUSH",
		"StatefulSet/south brokerPermision ": "templates/_brokers.tpl:21 {{- $.Values.extra", "/none.conf": "charts/names/templates/names.yaml:16 ",
	},
}

// TestPlacesInCharts holds every finding of a chart to a line of a template that speaks of it: from the second round of a
// loop on, through an include, and through a loop in an include.
func TestPlacesInCharts(t *testing.T) {
	for chart, want := range chartPlaces {
		t.Run(chart, func(t *testing.T) {
			dir := "testdata/charts/" + chart
			r, err := audit.Run(read(t, dir), nil)
			if err != nil {
				t.Fatal(err)
			}
			found := map[string]string{}
			for _, f := range r.Findings {
				if f.Line == 0 || f.RenderedLine != 0 {
					t.Errorf("no place: %+v", f)
					continue
				}
				at := fmt.Sprintf("%s:%d %s", strings.TrimPrefix(f.File, dir+"/"), f.Line, line(t, f.File, f.Line))
				for key := range want {
					if matches(f, key) {
						found[key] = at
					}
				}
			}
			for key, place := range want {
				if !strings.HasPrefix(found[key], place) {
					t.Errorf("%q is at %q, want %q", key, found[key], place)
				}
			}
		})
	}
}

// matches says whether a finding speaks of all words of a key; one that ends in a blank is an object of that very name.
func matches(f rules.Finding, key string) bool {
	for _, word := range strings.Fields(key) {
		if strings.HasPrefix(word, "StatefulSet/") {
			if f.Object != word {
				return false
			}
		} else if !strings.Contains(f.Rule+" "+f.Message, word) {
			return false
		}
	}
	return true
}

func line(t *testing.T, file string, n int) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Split(string(data), "\n")
	if n > len(all) {
		t.Fatalf("%s has no line %d", file, n)
	}
	return strings.TrimSpace(all[n-1])
}
