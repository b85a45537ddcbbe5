package catalog

import (
	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/resource"
	"github.com/rmqproof/rmqproof/scenario"
)

// resources are servers that lack what they need of their node.
func resources() []scenario.Scenario {
	master := chaos.Masters.One()
	return []scenario.Scenario{
		full("starve-master", "A master has a twentieth of a core", "resource", resource.Starve{Target: master, Millis: 50}),
		full("burn-master", "Two processes burn processor time beside a master, in its container", "resource", resource.Burn{Target: master, Processes: 2}),
		full("drop-cache-master", "What a master has of its files in memory is dropped: it reads from its disk", "resource", resource.DropCache{Target: master}),
		full("no-threads-master", "A master can make no further thread", "resource", resource.NoThreads{Target: master}),
		full("no-files-master", "A master can open no further file and accept no further connection", "resource", resource.NoFiles{Target: master}),
		full("out-of-memory-master", "A master's container runs out of memory: the kernel ends its process", "resource", resource.OutOfMemory{Target: master}),
	}
}
