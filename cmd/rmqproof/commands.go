//go:build !agent

package main

import (
	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/fixtures/engine"
)

// becomeOther gives way to what else this binary may be started as: the daemon's runtime.
func becomeOther() { engine.BecomeRuntime() }

// commands lists every command, one file each.
func commands() []*cobra.Command {
	return append(hidden(inside()),
		newE2ECommand(),
		newPlanCommand(),
		newReproCommand(),
		newModesCommand(),
		newSelfTestCommand(),
		newBackupCommand(),
		newRestoreCommand(),
		newUpCommand(),
		newDownCommand(),
		newJudgeCommand(),
		newReportCommand(),
		newHistoryCommand(),
		newDoctorCommand(),
		newImagesCommand(),
		newAuditCommand(),
		newRecoverCommand(),
		newKeygenCommand(),
		newCertifyCommand(),
		newVerifyCommand(),
		newCompareCommand(),
		newRBACCommand(),
	)
}

// hidden keeps what runs inside the cluster out of the help: nobody calls it by hand.
func hidden(all []*cobra.Command) []*cobra.Command {
	for _, c := range all {
		c.Hidden = true
	}
	return all
}
