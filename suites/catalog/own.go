package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos/own"
	"github.com/rmqproof/rmqproof/scenario"
)

// Own is the scenario of a fault that the user brings, on the fixed masters. Its budget is that of a restart of each
// broker of a group, for nobody here knows what it does; its commands have the time that their file gives them.
func Own(f own.Fault) scenario.Scenario {
	return scenario.Scenario{
		Name: "own-fault", Title: f.Name(), Labels: []string{"own"}, On: static, Load: steady, Spoils: true, Takes: time.Minute,
		Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: f}},
		Claims: kept(serves(restarts)...),
		Budget: scenario.Budget{
			Confirm: max(scenario.Default.Confirm, f.ToConfirm()+10*time.Second),
			Heal:    max(scenario.Default.Heal, f.ToHeal()+10*time.Second),
		},
	}
}
