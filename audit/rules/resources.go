package rules

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
)

// resources: memory and disk.
var resources = []Rule{
	{
		ID: "memory-above-limit", Severity: Error, Title: "Heap and direct memory above the container's limit",
		Explain: "The kernel kills a container that uses more than its limit. A broker fills its heap and its direct memory under load: " +
			"it is killed then, and again after each recovery.",
		Source:  "Kubernetes docs: resource management; java(1): MaxDirectMemorySize is as large as the heap when not given",
		Example: Example{On: "static", Sound: "limits: {memory: 10Gi} # master a", Broken: "limits: {memory: 5Gi}"},
		check: func(r *run) {
			r.each(func(p *model.Process) {
				j := p.Instances[0].JVM
				limit, ok := p.Container.Quantity("limits", "memory")
				if ok && j.Heap > 0 && j.Heap+j.Direct > limit.Value() {
					r.report(p.Workload.Object, memoryPos(p), "limits: {memory: "+quantity((j.Heap+j.Direct)*3/2)+"}\nor smaller "+options(j),
						"Heap (%s) and direct memory (%s) together exceed the limit of %s: the container is killed under load.", quantity(j.Heap), quantity(j.Direct), limit.String())
				}
			})
		},
	},
	{
		ID: "pretouch-above-request", Severity: Warning, Title: "A heap that is touched in full and not asked for",
		Explain: "RocketMQ's start script sets AlwaysPreTouch: the whole heap is taken at the start. What exceeds the request is taken " +
			"from a node that was not asked, which then evicts or kills, this broker first.",
		Source:  "RocketMQ distribution: bin/runbroker.sh; Kubernetes docs: node-pressure eviction",
		Example: Example{On: "static", Sound: "requests: {cpu: \"1\", memory: 8Gi} # master a", Broken: "requests: {cpu: \"1\", memory: 2Gi}"},
		check: func(r *run) {
			r.role(keys.Broker, func(p *model.Process) {
				j := p.Instances[0].JVM
				request, ok := p.Container.Quantity("requests", "memory")
				if ok && j.Pretouch && j.FirstHeap > request.Value() {
					r.report(p.Workload.Object, p.Container.Value.Get("resources", "requests").Pos(), "requests: {memory: "+quantity(j.FirstHeap*3/2)+"}\nor -XX:-AlwaysPreTouch in JAVA_OPT_EXT",
						"The heap of %s is touched in full at the start; the request is %s.", quantity(j.FirstHeap), request.String())
				}
			})
		},
	},
	{
		ID: "no-memory-request", Severity: Warning, Title: "A server without a memory request",
		Explain: "The scheduler puts it on any node, and a node short of memory evicts it before all others.",
		Source:  "Kubernetes docs: quality of service, node-pressure eviction",
		Example: Example{On: "static", Sound: "requests: {cpu: 100m, memory: 1Gi} # nameservers\n            limits: {memory: 1Gi}", Broken: "requests: {cpu: 100m}"},
		check: func(r *run) {
			r.each(func(p *model.Process) {
				_, request := p.Container.Quantity("requests", "memory")
				_, limit := p.Container.Quantity("limits", "memory")
				if !request && !limit {
					r.report(p.Workload.Object, p.Container.Value.Pos(), "resources: {requests: {memory: <"+room(p.Role)+">}}", "The %s asks for no memory: it is evicted first when its node runs short.", p.Role)
				}
			})
		},
	},
	{
		ID: "no-page-cache", Severity: Warning, Title: "No memory left for the page cache",
		Explain: "A broker writes and serves through the page cache, which counts against the container's limit. Without room every " +
			"read of a recent message goes to the disk, and writes stall while pages are thrown out.",
		Source:  "Kubernetes docs: page cache counts as the container's memory; RocketMQ design: mapped files",
		Example: Example{On: "static", Sound: "limits: {memory: 10Gi} # master a", Broken: "limits: {memory: 6200Mi}"},
		check: func(r *run) {
			r.role(keys.Broker, func(p *model.Process) {
				j := p.Instances[0].JVM
				limit, ok := p.Container.Quantity("limits", "memory")
				left := limit.Value() - j.Heap - j.Direct
				if ok && j.Stated && j.Heap > 0 && left >= 0 && left < limit.Value()/10 {
					r.report(p.Workload.Object, memoryPos(p), "limits: {memory: "+quantity((j.Heap+j.Direct)*3/2)+"}", "Heap and direct memory leave %s of %s for everything else, the page cache of the commit log included.", quantity(left), limit.String())
				}
			})
		},
	},
	{
		ID: "disk-too-small", Severity: Error, Title: "A disk on which the broker refuses writes from the start",
		Explain: "Commit log files are made in full size, the next one in advance. At 90 % of the disk the broker refuses every send, at " +
			"85 % it deletes the oldest messages, read or not.",
		Source:  "MessageStoreConfig: mappedFileSizeCommitLog=1 GiB, diskSpaceWarningLevelRatio=90; apache/rocketmq#4549",
		Example: Example{On: "static", Sound: "{requests: {storage: 500Gi}} # master a", Broken: "{requests: {storage: 2Gi}}"},
		check: func(r *run) {
			r.brokers(func(b *model.Broker) {
				size, ok := diskOf(r, b)
				file, known := b.Int("mappedFileSizeCommitLog")
				if ok && known && size.Value()*85/100 < 3*int64(file) {
					r.report(b.Workload.Object, b.CommitLog().Volume.Get("spec").Pos(), "storage: "+quantity(20*int64(file))+", or a smaller mappedFileSizeCommitLog",
						"The disk of %s holds less than three files of the commit log (%s each): the broker deletes unread messages or refuses sends.", size.String(), quantity(int64(file)))
				}
			})
		},
	},
	{
		ID: "disk-below-retention", Severity: Warning, Title: "A disk that fills long before messages expire",
		Explain: "Messages are kept for fileReservedTime hours, and before that deleted when the disk is 75 % full (at 85 % whether or not " +
			"somebody has read them). On a small disk a slow consumer loses messages that it was promised.",
		Source:  "MessageStoreConfig: fileReservedTime=72, diskMaxUsedSpaceRatio=75, diskSpaceCleanForciblyRatio=85",
		Example: Example{On: "static", Sound: "{requests: {storage: 500Gi}} # master a", Broken: "{requests: {storage: 8Gi}}"},
		check:   belowRetention,
	},
}

// options names the sizes of a virtual machine and the variables that hold them.
func options(j model.JVM) string {
	heap, direct := j.From, j.DirectFrom
	if heap == "" {
		heap = "JAVA_OPT_EXT"
	}
	if direct == "" || direct == heap {
		return "-Xmx and -XX:MaxDirectMemorySize in " + heap
	}
	return "-Xmx in " + heap + " and -XX:MaxDirectMemorySize in " + direct
}

// room is what a server's memory is for.
func room(role keys.Server) string {
	if role == keys.Broker {
		return "heap, direct memory and room for the page cache"
	}
	return "the heap and half as much again"
}

// slowest is the rate below which nobody needs a message broker, in bytes a second.
const slowest = 32 << 10

func belowRetention(r *run) {
	r.brokers(func(b *model.Broker) {
		size, ok := diskOf(r, b)
		hours, known := b.Int("fileReservedTime")
		ratio, _ := b.Int("diskMaxUsedSpaceRatio")
		if !ok || !known || hours <= 0 {
			return
		}
		rate := size.Value() * int64(ratio) / 100 / int64(hours) / 3600
		if rate < slowest {
			r.report(b.Workload.Object, b.CommitLog().Volume.Get("spec").Pos(), fmt.Sprintf("storage: %s for 1 MiB of messages a second, or a smaller fileReservedTime", quantity(int64(hours)*3600<<20*4/3)),
				"%s hold %d hours of messages only below %d KiB a second; beyond that they are deleted before they expire.", size.String(), hours, max(rate>>10, 1))
		}
	})
}

// diskOf returns the size of the volume under the commit log.
func diskOf(r *run, b *model.Broker) (resource.Quantity, bool) {
	s := b.CommitLog()
	v := s.Volume
	if s.Kind == "claim" {
		o, ok := r.Claim(b.Workload.Namespace, s.Claim)
		if !ok {
			return resource.Quantity{}, false
		}
		v = o.Value
	}
	text := v.Get("spec", "resources", "requests", "storage").Text()
	if text == "" || len(text) > 64 {
		return resource.Quantity{}, false
	}
	q, err := resource.ParseQuantity(text)
	return q, err == nil
}

func memoryPos(p *model.Process) posOf {
	if v := p.Container.Value.Get("resources", "limits", "memory"); v.Exists() {
		return v.Pos()
	}
	return p.Container.Value.Pos()
}

// quantity writes bytes as Kubernetes does, large ones rounded up.
func quantity(n int64) string {
	switch {
	case n >= 64<<30 || n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%dGi", (n+(1<<30)-1)>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%dMi", (n+(1<<20)-1)>>20)
	}
	return resource.NewQuantity(n, resource.BinarySI).String()
}
