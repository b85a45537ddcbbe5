//go:build !agent

package main

import (
	"strings"
	"testing"
)

func TestWrongUsageIsExit64AndStartsNothing(t *testing.T) {
	t.Setenv("IMAGES", "packages")
	for _, args := range [][]string{
		{"bogus"}, {"--bogus"}, {"e2e", "--bogus"}, {"e2e", "surplus"}, {"judge"},
		{"e2e", "--version", "latest"}, {"e2e", "--version", "9.9.9"}, {"e2e", "--version", "5.1.2"}, {"up", "--version", "5.3.1"},
		{"plan", "--version", "9.9.9"}, {"plan", "--version", "latest"}, {"images", "build", "--version", "5.1.0,9.9.9"},
		{"certify", "-k", "../../manifests/overlays/controller", "--version", "9.9.9", "--plan"},
		{"certify", "-k", "../../manifests/overlays/controller", "--profile", "ha", "--upgrade-to", "9.9.9", "--plan"},
		{"backup"}, {"restore"}, {"restore", "folder"}, {"restore", "folder", "--namespace", "rocketmq"},
		{"history", "convert", "in.rmqh", "out.json"}, {"history", "convert", "in.rmqh", "out"},
		{"history", "bogus"}, {"images", "bogus"}, {"broker", "bogus"}, {"install"},
		{"restore", "folder", "--namespace", "Bad_Name"}, {"rbac", "--namespace", "Bad_Name"},
	} {
		if code := run(t.Context(), args); code != exitUsage {
			t.Errorf("rmqproof %v: exit code %d, want %d", args, code, exitUsage)
		}
	}
}

// A flag that cannot be meant, or beside which another would be passed over, is refused with what to do, before anything starts.
func TestWhatCannotBeMeantIsRefused(t *testing.T) {
	for want, args := range map[string][]string{
		"there is no overlay":           {"up", "--mode", "bogus"},
		"give one of them":              {"up", "--overlay", "proxy", "--mode", "rocksdb"},
		"needs RocketMQ 5.2.0":          {"up", "--mode", "rocksdb"},
		"--control runs the":            {"e2e", "--control", "--labels", "smoke"},
		"--fault runs that fault alone": {"e2e", "--fault", "x", "--mode", "controller"},
		"make bin/suites.test":          {"e2e", "--specs", "no-such-file"},
		"is no folder: name that":       {"e2e", "--replay", "no-such-folder"},
		"no fault has a name":           {"selftest", "--only", "bogus"},
		"--table is of one run":         {"report", "--table", "--matrix", "x"},
		"no bug \"bogus\"":              {"repro", "--list", "bogus"},
		"--output is of --list":         {"repro", "6570", "-o", "json"},
		"--brief is of --table":         {"repro", "--brief"},
		"the usage is rmqproof report":  {"report"},
		"see rmqproof judge --help":     {"judge", "--bogus"},
	} {
		if code, out := command(t, args...); code != exitUsage || !strings.Contains(out, want) {
			t.Errorf("rmqproof %v: exit code %d, and %q is not in %s", args, code, want, out)
		}
	}
	for want, args := range map[string][]string{
		"neither a run's folder nor": {"judge", "no-such-run"}, "no certificate is there": {"verify", "no-such-bundle"}, "is no folder": {"modes", "../../go.mod"},
	} {
		if code, out := command(t, args...); code != exitUnreadable || !strings.Contains(out, want) {
			t.Errorf("rmqproof %v: exit code %d, and %q is not in %s", args, code, want, out)
		}
	}
}

// The help lists what a user calls; what runs inside the cluster can be called all the same.
func TestHelpListsWhatAUserCalls(t *testing.T) {
	code, out := command(t, "--help")
	if code != 0 || !strings.Contains(out, "certify") || strings.Contains(out, "nameserver") {
		t.Errorf("exit code %d: %s", code, out)
	}
	if code, out := command(t, "nameserver", "--help"); code != 0 || !strings.Contains(out, "ready") {
		t.Errorf("exit code %d: %s", code, out)
	}
}
