package rules

import (
	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/promise"
)

// openBugs are those that the newest release known here has, most of them with a setting that avoids them.
var openBugs = []bug{
	{
		id: "timer-dropped", severity: Info, title: "Delayed messages that a full disk drops",
		harm:  "a message with a time of delivery that comes due while the broker refuses writes is dropped after three tries in about a second (measured: 85 to 103 of 200)",
		first: "5.3.2", last: "5.5.0", workaround: "timerEnableRetryUntilSuccess=true", leads: true, on: "masters", loses: []promise.Failure{promise.DiskFull},
		source: "measured on 5.3.3, 5.4.0 and 5.5.0; none on 5.2.0 and with timerEnableRetryUntilSuccess=true",
		hits:   off("timerEnableRetryUntilSuccess"),
	},
	{
		id: "recovers-ten-files", shown: "O2", severity: Info, title: "Queues that are built anew from the last ten log files only",
		harm:  "when the consume queues are missing or were not synced before a power loss, only the last commitLogRecoverMaxNum log files are looked at: older messages are in the log and nobody can read them (measured: 5,180 of 14,530)",
		first: "5.4.0", last: "5.5.0", workaround: "commitLogRecoverMaxNum=1000", on: "masters",
		source: "measured on 5.4.0 and 5.5.0; none on 5.3.3 and with commitLogRecoverMaxNum=1000",
		hits: func(g *model.Group) bool {
			files, known := g.Leader().Int("commitLogRecoverMaxNum")
			return known && files < 100
		},
	},
	commitTwice,
	{
		id: "11043", severity: Info, title: "An unregistration that wipes a newer registration",
		harm:  "a NameServer that stood still for two minutes may remove a broker that has registered again meanwhile, until its next registration",
		first: "5.0.0", last: "5.5.0", role: keys.NameServer, on: "controller",
	},
}

// off says whether a switch that the release has is not on.
func off(key string) func(*model.Group) bool {
	return func(g *model.Group) bool {
		value, known := g.Leader().Text(key)
		return known && value != "true"
	}
}
