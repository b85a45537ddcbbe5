package catalog

import (
	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/verify/claims"
)

func bug9713() Bug {
	s := failing("", "", disk.Dead{Target: chaos.Masters.One()})
	s.Claims = messages(claims.NoAckedLoss(), claims.FaultConfirmed())
	return Bug{
		ID: "9713", Title: "With SYNC_FLUSH a send is acknowledged although synchronising it failed", Red: "5.2.0", Green: "5.4.0",
		Loses: "every message that is acknowledged while the master's disk takes nothing",
		By:    claims.NoAckedLoss().ID(),
		Show:  s,
	}
}
