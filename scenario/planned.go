package scenario

import (
	"encoding/json"
	"time"
)

// planned is one step of a schedule as a history keeps it: so that it can be run again, and be told from another one.
type planned struct {
	Fault string          `json:"fault"`           // its name
	Value json.RawMessage `json:"value,omitempty"` // what it was told; absent where it cannot be written down
	After time.Duration   `json:"after"`           // nanoseconds
	Hold  time.Duration   `json:"hold"`            // nanoseconds
	With  []planned       `json:"with,omitempty"`
}

// Schedule is all that is injected, and when, as JSON. Two scenarios with the same one disturb a cluster alike.
func (s Scenario) Schedule() json.RawMessage {
	raw, err := json.Marshal(map[string][]planned{"schedule": plans(s.Steps)})
	if err != nil {
		return nil // every part of it was marshalled before
	}
	return raw
}

func plans(steps []Step) []planned {
	list := make([]planned, 0, len(steps))
	for _, s := range steps {
		p := planned{Fault: s.Fault.Name(), After: s.After, Hold: s.Hold, With: plans(s.With)}
		if value, err := json.Marshal(s.Fault); err == nil {
			p.Value = value
		}
		list = append(list, p)
	}
	return list
}
