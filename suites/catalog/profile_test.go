package catalog

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/verify/claims"
)

func TestEveryScenarioOfAProfileExists(t *testing.T) {
	for _, p := range Profiles() {
		all, err := p.Scenarios(Default)
		if err != nil || len(all) == 0 {
			t.Errorf("%s v%d: %d scenarios, %v", p.Name, p.Version, len(all), err)
		}
		for _, s := range all {
			if !s.Expect.Zero() {
				t.Errorf("%s v%d holds %s, which has to fail", p.Name, p.Version, s.Name)
			}
		}
	}
	if _, err := (Profile{Name: "x", Version: 1, Members: []Member{{Scenario: "no-such"}}}).Scenarios(Default); err == nil || !strings.Contains(err.Error(), "no-such") {
		t.Errorf("a scenario that does not exist: %v", err)
	}
}

func TestSmokeIsWhatAnOrdinaryRunHas(t *testing.T) {
	smoke, err := Find("smoke", 1)
	if err != nil {
		t.Fatal(err)
	}
	ordinary, err := Select(All(Default), Everything)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := names(mustScenarios(t, smoke)), names(ordinary); !slices.Equal(got, want) {
		t.Errorf("smoke v1 has %v, an ordinary run %v", got, want)
	}
}

var update = flag.Bool("update", false, "write the profiles down anew: right only for a version that no release has had")

// What certificates stand on is written down a second time, so that it does not change unseen under its version.
func TestAVersionOfAProfileNeverChanges(t *testing.T) {
	for _, p := range Profiles() {
		path := filepath.Join("testdata", "profiles", fmt.Sprintf("%s-v%d.txt", p.Name, p.Version))
		got := written(t, p)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		was, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(was) != got {
			t.Errorf("%s v%d is\n%s\nand was\n%s\nthat is a new version of the profile", p.Name, p.Version, got, was)
		}
	}
}

// written is all by which a certificate of the profile is judged, one line a scenario.
func written(t *testing.T, p Profile) string {
	t.Helper()
	var b strings.Builder
	for i, s := range mustScenarios(t, p) {
		fmt.Fprintf(&b, "%s | %s | %s | %s | %s\n", s.Name, p.Members[i].Failure, strings.Join(s.Faults(), "; "), s.Schedule(), strings.Join(claims.Texts(s.Claims), " "))
	}
	return b.String()
}

func TestTheProfilesHoldWhatTheyAreFor(t *testing.T) {
	ha, full := names(mustScenarios(t, mustFind(t, "ha"))), names(mustScenarios(t, mustFind(t, "full")))
	if len(ha) != 25 {
		t.Errorf("ha has %d scenarios, want 25", len(ha))
	}
	for _, s := range mustScenarios(t, mustFind(t, "full")) {
		if !Movable(s) {
			t.Errorf("%s is for one overlay alone, and in the profile full", s.Name)
		}
	}
	for _, name := range slices.Concat(names(mustScenarios(t, mustFind(t, "smoke"))), ha) {
		if !slices.Contains(full, name) {
			t.Errorf("%s is not in full", name)
		}
	}
	for _, list := range [][]string{ha, full} {
		if !slices.Equal(list, slices.Compact(slices.Clone(list))) || list[len(list)-1] != "reattach-other-node" {
			t.Errorf("%v: one twice, or one behind that which leaves both masters on a node", list)
		}
	}
}

func mustFind(t *testing.T, name string) Profile {
	t.Helper()
	p, err := Latest(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// fixed are versions of the profiles as they are written down.
var fixed = Versions{From: "5.1.0", To: "5.2.0"}

func mustScenarios(t *testing.T, p Profile) []scenario.Scenario {
	t.Helper()
	all, err := p.Scenarios(fixed)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func names(all []scenario.Scenario) (out []string) {
	for _, s := range all {
		out = append(out, s.Name)
	}
	return out
}

func TestUnknownProfilesAreNamed(t *testing.T) {
	if _, err := Find("smoke", 99); err == nil || !strings.Contains(err.Error(), "smoke v99") {
		t.Errorf("%v", err)
	}
	if _, err := Latest("bogus"); err == nil || !strings.Contains(err.Error(), "smoke") {
		t.Errorf("%v does not list what there is", err)
	}
	if p, err := Latest("smoke"); err != nil || p.Version != 1 {
		t.Errorf("%+v %v", p, err)
	}
}
