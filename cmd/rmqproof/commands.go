//go:build !agent

package main

import "github.com/spf13/cobra"

// commands lists every command, one file each.
func commands() []*cobra.Command {
	return append(inside(),
		newE2ECommand(),
		newUpCommand(),
		newDownCommand(),
		newJudgeCommand(),
		newReportCommand(),
		newHistoryCommand(),
		newDoctorCommand(),
		newImagesCommand(),
		newAuditCommand(),
	)
}
