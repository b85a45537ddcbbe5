//go:build !agent

package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/audit/rules"
	"github.com/rmqproof/rmqproof/suites/catalog"
)

func TestAuditNamesEachBugOfTheTrackRecordAndNoOther(t *testing.T) {
	var named, known []string
	for _, r := range rules.All() {
		if _, command, found := strings.Cut(r.Source, "rmqproof repro "); found {
			id, _, _ := strings.Cut(command, " ")
			named = append(named, id)
		}
	}
	for _, b := range catalog.Bugs() {
		known = append(known, b.ID)
	}
	slices.Sort(named)
	slices.Sort(known)
	if !slices.Equal(named, known) {
		t.Errorf("rules name %v, the track record has %v", named, known)
	}
}
