package rules

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
)

// heap: that the virtual machine gets the memory that its author means.
var heap = []Rule{
	{
		ID: "heap-of-the-node", Severity: Error, Title: "A heap that is sized by the node and not by the container",
		Explain: "The start scripts of the official images before 5.3.2, and of the operator's, take a quarter of the memory that free shows, up " +
			"to 8 GiB, as -Xms and -Xmx, a broker's with AlwaysPreTouch, and as much direct memory. Inside a container that is the node's " +
			"memory: on a large node the broker is killed at its start, again and again, and on a small one it runs.",
		Source:  "apache/rocketmq-docker: runbroker-customize.sh before 2024-09-26 (calculate_heap_sizes)",
		Example: Example{On: "masters", Sound: "image: apache/rocketmq:5.5.0 # brokers", Broken: "image: apache/rocketmq:5.1.4", Also: []Change{{"limits: {memory: 8Gi}", "limits: {memory: 2Gi}"}}},
		check:   func(r *run) { r.each(func(p *model.Process) { ofNode(r, p) }) },
	},
	{
		ID: "heap-tiny", Severity: Warning, Title: "A heap that leaves the virtual machine no room",
		Explain: "With a young generation as large as the heap the virtual machine cuts it down and collects all the time; a broker with less " +
			"than 200 MiB ends in OutOfMemoryError under any load.",
		Source:  "java(1): -Xmn, -Xmx; RocketMQ distribution: bin/runbroker.sh (8g, in the images 2g)",
		Example: Example{On: "static", Sound: "value: -Xms4g -Xmx4g -XX:MaxDirectMemorySize=2g} # master a", Broken: "value: -Xms4g -Xmx4g -Xmn4g -XX:MaxDirectMemorySize=2g}"},
		check:   func(r *run) { r.each(func(p *model.Process) { tiny(r, p) }) },
	},
	{
		ID: "heap-contradicts", Severity: Error, Title: "A first heap above the largest one",
		Stops:   true,
		Explain: "With -Xms above -Xmx the virtual machine ends at once: the initial heap is larger than the maximum.",
		Source:  "java(1): -Xms, -Xmx",
		Example: Example{On: "static", Sound: "value: -Xms4g -Xmx4g -XX:MaxDirectMemorySize=2g} # master a", Broken: "value: -Xms4g -Xmx2g -XX:MaxDirectMemorySize=2g}"},
		check: func(r *run) {
			r.each(func(p *model.Process) {
				if j := p.Instances[0].JVM; j.Heap > 0 && j.FirstHeap > j.Heap {
					r.report(p.Workload.Object, envPos(p, j.From), variable(j.From, fmt.Sprintf("-Xms%[1]s -Xmx%[1]s", short(j.FirstHeap))), "-Xms%s is above -Xmx%s: the virtual machine of the %s does not start.", short(j.FirstHeap), short(j.Heap), p.Role)
				}
			})
		},
	},
	{
		ID: "java-opts-ignored", Severity: Warning, Title: "Sizes of the virtual machine in a variable that nothing reads",
		Explain: "RocketMQ's scripts read JAVA_OPT and JAVA_OPT_EXT, the official images from 5.3.2 on HEAP_OPTS too, the operator's broker " +
			"BROKER_MEM. JAVA_OPTS, JAVA_HEAP_SIZE, MAX_HEAP_SIZE and the like do nothing, and sizes in JAVA_OPT stand before the script's " +
			"own, of which java takes the last: the heap has its default size.",
		Source:  "RocketMQ distribution and apache/rocketmq-docker: bin/runbroker.sh and runserver.sh",
		Example: Example{On: "static", Sound: "{name: JAVA_OPT_EXT, value: -Xms4g -Xmx4g -XX:MaxDirectMemorySize=2g} # master a", Broken: "{name: JAVA_OPTS, value: -Xms4g -Xmx4g -XX:MaxDirectMemorySize=2g} # master a"},
		check:   func(r *run) { r.each(func(p *model.Process) { ignored(r, p) }) },
	},
}

// most is the largest heap that the older scripts take.
const most = 8 << 30

func ofNode(r *run, p *model.Process) {
	j := p.Instances[0].JVM
	limit, ok := p.Container.Quantity("limits", "memory")
	if !ok || !kubernetesOwn(p) {
		return
	}
	switch bytes := limit.Value(); {
	case j.HeapOfNode && bytes < most:
		severity := Warning
		if p.Role == keys.Broker && bytes <= 4<<30 {
			severity = Error // a node of 16 GiB is an ordinary one
		}
		r.as(severity).report(p.Workload.Object, memoryPos(p), sizes(p, bytes),
			"No heap is given, and the start script of %s takes a quarter of the node's memory: on a node with more than %s the heap alone is above the limit of %s%s.",
			p.Container.Image.Reference, quantity(bytes*4), limit.String(), touched(j))
	case j.HeapOfNode && p.Role == keys.Broker && bytes < 2*most:
		r.as(Warning).report(p.Workload.Object, memoryPos(p), sizes(p, bytes),
			"No heap is given, and the start script of %s takes a quarter of the node's memory for the heap and as much for direct memory: on a node with more than %s both are above the limit of %s.",
			p.Container.Image.Reference, quantity(bytes*2), limit.String())
	case j.DirectOfNode && j.Heap > 0 && bytes-j.Heap < most:
		r.as(Warning).report(p.Workload.Object, envPos(p, j.From), variable(j.From, sameHeap(j)+" -XX:MaxDirectMemorySize="+short(max(bytes/4, 256<<20))),
			"-XX:MaxDirectMemorySize is not given, and the start script of %s sets it to a quarter of the node's memory: beside the heap of %s it may grow above the limit of %s.",
			p.Container.Image.Reference, quantity(j.Heap), limit.String())
	}
}

func touched(j model.JVM) string {
	if j.Pretouch {
		return ", and all of it is touched at the start"
	}
	return ""
}

// sizes is a fix that fits a limit: a quarter each for a broker, which needs the rest for the page cache.
func sizes(p *model.Process, limit int64) string {
	n := short(max(limit/4, 256<<20))
	if p.Role == keys.Broker {
		return variable("JAVA_OPT_EXT", fmt.Sprintf("-Xms%[1]s -Xmx%[1]s -Xmn%[2]s -XX:MaxDirectMemorySize=%[1]s", n, short(max(limit/8, 128<<20))))
	}
	return variable("JAVA_OPT_EXT", fmt.Sprintf("-Xms%[1]s -Xmx%[1]s -Xmn%[2]s", short(limit/2), short(limit/4)))
}

func sameHeap(j model.JVM) string {
	return fmt.Sprintf("-Xms%[1]s -Xmx%[1]s", short(j.Heap))
}

// variable is a fix of one variable.
func variable(name, value string) string {
	if name == "" || strings.Contains(name, "/") || strings.Contains(name, " ") {
		name = "JAVA_OPT_EXT"
	}
	return "env: [{name: " + name + ", value: " + value + "}]"
}

// short writes bytes as java's options do.
func short(n int64) string {
	if n%(1<<30) == 0 {
		return fmt.Sprintf("%dg", n>>30)
	}
	return fmt.Sprintf("%dm", n>>20)
}

// leastHeap is what a broker needs for its own tables and a few clients, in bytes.
const leastHeap = 200 << 20

func tiny(r *run, p *model.Process) {
	j := p.Instances[0].JVM
	if j.Heap == 0 || j.FirstHeap > j.Heap {
		return
	}
	fix := variable(j.From, fmt.Sprintf("-Xms%[1]s -Xmx%[1]s -Xmn%[2]s", short(max(j.Heap, 512<<20)), short(max(j.Heap, 512<<20)/2)))
	switch {
	case j.Young >= j.Heap:
		r.report(p.Workload.Object, envPos(p, j.From), fix, "-Xmn%s leaves nothing of the heap (-Xmx%s) beside the young generation: the virtual machine cuts it down and collects all the time.", short(j.Young), short(j.Heap))
	case p.Role == keys.Broker && j.Heap < leastHeap:
		r.report(p.Workload.Object, envPos(p, j.From), fix, "A broker with a heap of %s ends in OutOfMemoryError under load.", quantity(j.Heap))
	}
}

var (
	// heapName and heapValue match what its author takes for a size of the virtual machine.
	heapName  = regexp.MustCompile(`(?i)heap|^java_opts?$|java_options|java_mem|jvm|xmx|xms|xmn|max_?direct|(^|_)(mem|memory)(_|$|size)`)
	heapValue = regexp.MustCompile(`-Xm[sxn]\d|MaxDirectMemorySize|MaxRAMPercentage`)
)

// ignored looks at every variable that seems to size the virtual machine.
func ignored(r *run, p *model.Process) {
	i := p.Instances[0]
	if i.Guessed || !p.Container.Image.Layout() && !i.Launch.Java {
		return
	}
	for _, e := range p.Container.Value.Get("env").Items() {
		name, value := e.Get("name").Text(), e.Get("value").Text()
		if !heapName.MatchString(name) && !heapValue.MatchString(value) || i.Trace.Reads[name] || i.JVM.Reads[name] || usedInCommand(p, name) || r.mentioned(p, name) {
			continue
		}
		switch reads(p, name) {
		case nothing:
			r.report(p.Workload.Object, e.Pos(), instead(value), "Nothing reads %s: the %s runs with the sizes of its start script.", name, p.Role)
		case overridden:
			if heapValue.MatchString(value) {
				r.report(p.Workload.Object, e.Pos(), instead(value), "The sizes in %s have no effect: the start script puts its own behind them, and java takes the last.", name)
			}
		}
	}
}

// effect is what becomes of a variable.
type effect int

const (
	nothing effect = iota
	overridden
	works
)

func reads(p *model.Process, name string) effect {
	i, image := p.Instances[0], p.Container.Image
	switch name {
	case "_JAVA_OPTIONS", "JAVA_HOME", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS":
		if name == "JAVA_TOOL_OPTIONS" && !i.Launch.Java {
			return overridden
		}
		return works
	case "JAVA_OPT_EXT":
		if !i.Launch.Java {
			return works
		}
	case "JAVA_OPT":
		if !i.Launch.Java && i.JVM.Reads == nil {
			return overridden
		}
	case "HEAP_OPTS":
		if image.Official() && (!p.Version().Known() || p.Version().AtLeast(keys.Version{Major: 5, Minor: 3, Patch: 2})) {
			return works
		}
	case "BROKER_MEM":
		if image.Operator() && p.Role == keys.Broker {
			return works
		}
	}
	return nothing
}

// instead is the variable that works, with the same sizes.
func instead(value string) string {
	switch {
	case heapValue.MatchString(value):
		return "env: [{name: JAVA_OPT_EXT, value: " + value + "}]"
	case regexp.MustCompile(`^\d+[kKmMgG]$`).MatchString(value):
		return "env: [{name: JAVA_OPT_EXT, value: -Xms" + value + " -Xmx" + value + "}]"
	}
	return "env: [{name: JAVA_OPT_EXT, value: <-Xms, -Xmx and, for a broker, -XX:MaxDirectMemorySize>}]"
}
