package fake

import (
	"encoding/json"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/node"
	corev1 "k8s.io/api/core/v1"
)

// seeHeld is what a helper sees of an act that it holds: of networks and of what a server may use.
func (f *Cluster) seeHeld(a chaos.Act) any {
	switch a.Verb {
	case node.CrashVerb:
		return node.Crashes{Killed: 2}
	case node.CutVerb:
		return node.Drops{Rules: 1, Packets: 1}
	case node.DelayVerb:
		return node.Delayed{Drops: node.Drops{Rules: 1, Packets: 1}, Held: 1, Least: time.Second}
	case node.ResetVerb:
		return node.ResetSeen{Ended: 1}
	case node.RateVerb:
		var args node.RateArgs
		must(0, json.Unmarshal(a.Args, &args))
		return node.Shaped{PerSecond: args.PerSecond, Delayed: 1}
	case node.LimitVerb:
		var args node.LimitArgs
		must(0, json.Unmarshal(a.Args, &args))
		f.serial++ // the limit is met more often at each look
		return node.Limited{Limit: max(args.To, 1), Used: max(args.To, 1), Hits: int64(f.serial)}
	case node.DuplicateVerb, node.StaleVerb:
		return node.Meddled{Drops: node.Drops{Rules: 1, Packets: 1}, Done: 1, Told: 1}
	case node.ClockVerb:
		return f.clock(a)
	case node.BurnVerb:
		f.serial++ // more is used at each look
		return node.BurnSeen{Inside: 2, Used: time.Duration(f.serial) * time.Second}
	case node.CacheVerb:
		return node.CacheSeen{Before: 9, After: 1}
	case node.FilesVerb:
		return node.FilesSeen{Soft: 10, Hard: 20}
	case node.ServiceVerb:
		return node.ServiceState{State: "inactive"}
	}
	return seeDisk(a)
}

// seeDisk answers as the helper does on a target whose disk fails as the act says.
func seeDisk(a chaos.Act) any {
	switch a.Verb {
	case node.PowerVerb:
		return node.Outage{FileSystem: "ext4", Refusal: "input/output error"}
	case node.FillVerb:
		return node.Space{Taken: 1}
	case node.InodesVerb:
		return node.Inodes{Taken: true}
	case node.HangVerb:
		return node.Stuck{Threads: 1}
	case node.SlowVerb:
		return node.Stuck{Threads: 1, Rule: "7:3 5"}
	case node.ReadOnlyVerb:
		return node.ReadOnlySeen{Refusal: "read-only file system", Readable: true}
	case node.RotVerb:
		return node.Rotten{File: "0", Was: 1, Is: 254}
	}
	return struct{}{}
}

// clock is that of a server whose clock was moved; one that strobes is right at every other look.
func (f *Cluster) clock(a chaos.Act) node.ClockSeen {
	var args node.ClockArgs
	must(0, json.Unmarshal(a.Args, &args))
	if !f.runs(a.On) {
		return node.ClockSeen{Gone: true}
	}
	f.hands.looks++
	if args.Every > 0 && f.hands.looks%2 == 0 {
		return node.ClockSeen{Said: args.Before}
	}
	return node.ClockSeen{Added: args.By, Said: args.Before + args.By}
}

// outOfMemory is how the kubelet reports a container that the kernel ended.
func (f *Cluster) outOfMemory(of chaos.Process) {
	f.Restart(of.Pod)
	f.EditPod(of.Pod, func(p *corev1.Pod) {
		p.Status.ContainerStatuses[0].LastTerminationState.Terminated = &corev1.ContainerStateTerminated{Reason: "OOMKilled", ContainerID: of.ContainerID}
	})
}
