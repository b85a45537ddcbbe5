package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/fixtures/backup"
	"github.com/rmqproof/rmqproof/scenario"
)

// drills rehearse what an operator does before and after a loss. What is restored is judged as an experiment of its own, behind the
// one whose load was disturbed by nothing but the backup.
func drills() []scenario.Scenario {
	files := onAttached("drill-backup-files", "Every group is backed up from a slave while the load runs; a cluster under another name is restored of it and judged", nil)
	files.Steps = []scenario.Step{{Hold: time.Second, Fault: backup.Files{}}}
	files.Restores, files.Takes, files.Claims = true, 130*time.Second, kept(serves(route)...)
	return []scenario.Scenario{files}
}
