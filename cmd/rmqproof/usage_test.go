//go:build !agent

package main

import "testing"

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
	} {
		if code := run(t.Context(), args); code != exitUsage {
			t.Errorf("rmqproof %v: exit code %d, want %d", args, code, exitUsage)
		}
	}
}
