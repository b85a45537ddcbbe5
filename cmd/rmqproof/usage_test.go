//go:build !agent

package main

import "testing"

func TestWrongUsageIsExit64AndStartsNothing(t *testing.T) {
	t.Setenv("IMAGES", "packages")
	for _, args := range [][]string{
		{"bogus"}, {"--bogus"}, {"e2e", "--bogus"}, {"e2e", "surplus"}, {"judge"},
		{"e2e", "--version", "latest"}, {"e2e", "--version", "9.9.9"}, {"e2e", "--version", "5.1.2"}, {"up", "--version", "5.3.1"},
		{"history", "convert", "in.rmqh", "out.json"}, {"history", "convert", "in.rmqh", "out"},
	} {
		if code := run(t.Context(), args); code != exitUsage {
			t.Errorf("rmqproof %v: exit code %d, want %d", args, code, exitUsage)
		}
	}
}
