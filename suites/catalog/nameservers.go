package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/scenario"
)

func nameServerScenarios() []scenario.Scenario {
	return []scenario.Scenario{{
		Name: "delete-nameserver", Title: "One NameServer is deleted gracefully", Labels: []string{"nameserver", "pod"},
		On: static, Load: steady, Takes: 55 * time.Second,
		Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: pods.Delete{Target: chaos.NameServers.One()}}},
		Claims: kept(serves(route)...),
	}, {
		Name: "delete-all-nameservers", Title: "All NameServers are deleted gracefully at once", Labels: []string{"nameserver", "pod"},
		On: static, Load: steady, Takes: 55 * time.Second,
		Steps:  []scenario.Step{{Hold: 10 * time.Second, Fault: pods.Delete{Target: chaos.NameServers.All()}}},
		Claims: kept(serves(route)...),
	}}
}
