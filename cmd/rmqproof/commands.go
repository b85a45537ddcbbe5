package main

import "github.com/spf13/cobra"

// commands lists every command, one file each.
func commands() []*cobra.Command {
	return []*cobra.Command{
		newE2ECommand(),
		newUpCommand(),
		newDownCommand(),
		newJudgeCommand(),
		newHistoryCommand(),
		newBrokerCommand(),
		newReportCommand(),
		newNameServerCommand(),
		newInstallCommand(),
		newAgentCommand(),
		newDoctorCommand(),
		newImagesCommand(),
	}
}
