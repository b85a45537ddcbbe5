//go:build !agent

package main

import (
	"testing"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// TestNothingIsPromisedThatHasToBeLost holds the promise of an overlay against the catalogue, which knows what was seen: where a
// scenario has to lose acknowledged messages on a release, they are not said to be kept there.
func TestNothingIsPromisedThatHasToBeLost(t *testing.T) {
	failures := map[string]promise.Failure{"attached-disk-dead": promise.DiskFailing, "attached-disk-readonly": promise.DiskFailing}
	kept := map[string]bool{"5.1.0": false, "5.2.0": false, "5.3.3": false, "5.5.0": true}
	for release, want := range kept {
		found := 0
		for _, s := range catalog.All(catalog.Versions{From: release, To: release}) {
			failure, known := failures[s.Name]
			if !known {
				continue
			}
			found++
			manifests, err := rendered(s.On.Overlay, release)
			if err != nil {
				t.Fatal(err)
			}
			set, err := input.Parse(manifests, s.On.Overlay)
			if err != nil {
				t.Fatal(err)
			}
			promises, _, err := audited(set)
			if err != nil {
				t.Fatal(err)
			}
			p := promises[string(failure)]
			loses := s.Expect.By == claims.NoAckedLoss().ID()
			if loses == want || loses && p.Acknowledged != string(promise.Lost) || !loses && p.Acknowledged == string(promise.Lost) {
				t.Errorf("%s on %s has to lose: %t; promised: %s", s.Name, release, loses, p.Sentence)
			}
		}
		if found != len(failures) {
			t.Errorf("%s: %d of %d scenarios are in the catalogue", release, found, len(failures))
		}
	}
}
