package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/scenario"
)

func podScenarios() []scenario.Scenario {
	return []scenario.Scenario{{
		Name: "kill-master", Title: "A master's pod is deleted by force, without a word to it", Labels: []string{"pod", "smoke"},
		On: static, Load: steady, Takes: 55 * time.Second,
		Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: pods.Kill{Target: chaos.Masters.One()}}},
		Claims: kept(serves(restart)...),
	}}
}
