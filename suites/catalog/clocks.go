package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/clock"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
)

// clocks are servers with a wrong clock. What counts time and not the hour goes on, so nothing should be out for longer than a restart.
func clocks() []scenario.Scenario {
	master := chaos.Masters.One()
	return []scenario.Scenario{
		full("clock-forward", "A master's clock steps forward by an hour, and back when the fault is over", "clock", clock.Step{Target: master, By: time.Hour}),
		full("clock-back", "A master's clock steps back by an hour, and forward when the fault is over", "clock", clock.Step{Target: master, By: -time.Hour}),
		full("clock-strobe", "A master's clock is an hour ahead and right every five seconds in turn", "clock",
			clock.Strobe{Target: master, By: time.Hour, Every: 5 * time.Second}),
	}
}

// clocksElected: the leading controller judges by its clock who has sent no heartbeat for 10 s.
func clocksElected(v Versions) scenario.Scenario {
	s := mode("controller-clock-forward", "The clock of the leading controller steps forward by an hour, and back when the fault is over",
		topology.Spec{Overlay: "controller", Version: v.To}, clock.Step{Target: chaos.Leader.One(), By: time.Hour})
	s.Labels = []string{"mode", "clock", Full}
	return s
}
