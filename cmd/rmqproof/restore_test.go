//go:build !agent

package main

import "testing"

// What is no whole backup is refused before any cluster is looked for.
func TestRestoringWhatIsNoBackupIsExit65(t *testing.T) {
	if code := run(t.Context(), []string{"restore", t.TempDir(), "--namespace", "elsewhere"}); code != exitUnreadable {
		t.Errorf("exit code %d, want %d", code, exitUnreadable)
	}
}
