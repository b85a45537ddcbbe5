package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// One group of two is away while its master's pod is made again; the other carries the load meanwhile, so that clients
// feel no more than a change of route.
const clientsResume = 30 * time.Second

func podScenarios() []scenario.Scenario {
	return []scenario.Scenario{{
		Name: "kill-master", Title: "A master's pod is deleted by force, without a word to it", Labels: []string{"pod", "smoke"},
		On: static, Load: steady, Takes: 55 * time.Second,
		Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: pods.Kill{Target: chaos.Masters.One()}}},
		Claims: kept(claims.ResumesWithin(clientsResume)),
	}}
}
