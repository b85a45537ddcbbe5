package catalog

import (
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

// What certificates stand on is written down here a second time, so that it does not change unseen under its version.
func TestAVersionOfAProfileNeverChanges(t *testing.T) {
	const keeps = "no-acked-loss no-unexpected no-log-duplicate payload-intact offset-honest offset-unique offset-monotone queue-order " +
		"replicas-agree one-master consumers-catch-up delivered-at-least-once no-delivery-skip fault-confirmed enough-traffic=1 "
	want := map[string]string{
		"kill-master":            "group-resumes-within=1m0s resumes-within=1m0s outage-at-most=1m0s/2m0s: kill master",
		"delete-nameserver":      "group-resumes-within=30s resumes-within=30s outage-at-most=30s/1m0s: delete NameServer",
		"delete-all-nameservers": "group-resumes-within=30s resumes-within=30s outage-at-most=30s/1m0s: delete all NameServers",
		"drain-node":             "group-resumes-within=1m0s@healed resumes-within=1m0s@healed outage-at-most=2m0s/2m0s: drain node of master",
		"reattach-same-node":     "group-resumes-within=1m0s resumes-within=1m0s outage-at-most=1m0s/2m0s: recreate StatefulSet of master",
		"rolling-upgrade":        "group-resumes-within=2m0s resumes-within=2m0s outage-at-most=2m0s/4m0s: rolling upgrade to apache/rocketmq:5.2.0",
		"reattach-other-node":    "group-resumes-within=1m0s resumes-within=1m0s outage-at-most=1m0s/2m0s: move master to another node",
	}
	for _, s := range mustScenarios(t, Profiles()[0]) {
		got := claims.Texts(s.Claims)
		service, faults, _ := strings.Cut(want[s.Name], ": ")
		all := strings.Fields(keeps + service)
		slices.Sort(got)
		slices.Sort(all)
		if !slices.Equal(got, all) || strings.Join(s.Faults(), "; ") != faults {
			t.Errorf("%s of smoke v1 claims\n%s of %q, was\n%s of %q: that is a new version of the profile", s.Name, got, s.Faults(), all, faults)
		}
	}
}

func mustScenarios(t *testing.T, p Profile) []scenario.Scenario {
	t.Helper()
	all, err := p.Scenarios(Default)
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
