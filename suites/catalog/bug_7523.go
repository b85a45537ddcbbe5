package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/verify/claims"
)

func bug7523() Bug {
	served := claims.AvailabilityAtLeast(0.9)
	return Bug{
		ID: "7523", Title: "With a pool of buffers outside of the heap and SYNC_FLUSH nothing is acknowledged", Red: "5.1.1", Green: "5.2.0",
		Loses: "all service: each message is stored and answered FLUSH_DISK_TIMEOUT, so that clients send it again and again",
		By:    served.ID(), Mute: "FLUSH_DISK_TIMEOUT",
		Show: scenario.Scenario{
			On:   topology.Spec{Overlay: "lossy", Settings: pooled + "\nflushDiskType=SYNC_FLUSH"},
			Load: steady, Takes: 100 * time.Second, Claims: messages(served),
		},
	}
}
