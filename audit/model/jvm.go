package model

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/shell"
)

// JVM is what the options of the virtual machine say. Sizes are in bytes; 0 is not known.
type JVM struct {
	Heap, FirstHeap, Direct int64
	// Young is what -Xmn gives, when it is given.
	Young int64
	// Pretouch is AlwaysPreTouch, Stated whether heap or direct memory come from the manifests.
	Pretouch, Stated bool
	// HeapOfNode and DirectOfNode say that the start script takes a quarter of the node's memory for them.
	HeapOfNode, DirectOfNode bool
	Property                 map[string]string
	// From names the variable or command line that holds the heap, DirectFrom the one that holds the direct memory.
	From, DirectFrom string
	// Reads holds the variables that a start script of the manifests reads.
	Reads map[string]bool
}

var option = regexp.MustCompile(`-X(mx|ms|mn)(\d+)([kKmMgGtT]?)\b|-XX:MaxDirectMemorySize=(\d+)([kKmMgGtT]?)|-XX:([+-])AlwaysPreTouch|-D([\w.]+)=(\S*)`)

// sized is the release whose images got a start script with fixed sizes, in place of those of the node.
var sized = keys.Version{Major: 5, Minor: 3, Patch: 2}

// readJVM follows the start script: of two equal options java takes the last.
func readJVM(m *Model, p *pod, i *Instance) JVM {
	j := JVM{Property: map[string]string{}}
	j.read(i.Env["JAVA_TOOL_OPTIONS"], "JAVA_TOOL_OPTIONS")
	switch {
	case i.Launch.Java:
	case j.mounted(m, p, i):
	default:
		j.script(i)
	}
	j.read(strings.Join(i.Launch.Options, " "), "the command")
	j.read(i.Env["_JAVA_OPTIONS"], "_JAVA_OPTIONS") // the virtual machine puts these behind all others
	if j.Direct == 0 && j.Heap > 0 && i.Role == keys.Broker && !j.DirectOfNode {
		j.Direct = j.Heap // java's own limit when none is given
	}
	return j
}

// script adds what the image's own start script adds, in its order.
func (j *JVM) script(i *Instance) {
	j.read(i.Env["JAVA_OPT"], "JAVA_OPT")
	image, v := i.Container.Image, i.Version()
	j.Pretouch = i.Role == keys.Broker
	switch heap := i.Env["HEAP_OPTS"]; {
	case image.Official() && v.AtLeast(sized) && heap != "":
		j.read(heap, "HEAP_OPTS")
	case image.Official() && v.AtLeast(sized):
		j.fixed(i.Role)
	case image.Operator() && i.Env["BROKER_MEM"] != "" && i.Role == keys.Broker:
		j.ofNode(i.Role)
		j.read(i.Env["BROKER_MEM"], "BROKER_MEM")
	case image.Operator(), image.Official() && v.Known():
		j.ofNode(i.Role)
	default:
		j.read(heap, "HEAP_OPTS")
	}
	j.read(i.Env["JAVA_OPT_EXT"], "JAVA_OPT_EXT")
}

// fixed are the sizes of the newer images: 2 GiB and 1 GiB for a broker, 1 GiB for the others.
func (j *JVM) fixed(role keys.Server) {
	j.Heap, j.FirstHeap, j.Young, j.Direct = 1<<30, 1<<30, 0, 0
	if role == keys.Broker {
		j.Heap, j.FirstHeap, j.Direct = 2<<30, 2<<30, 1<<30
	}
	j.From, j.DirectFrom = "", ""
}

// ofNode are the sizes of the older images: a quarter of what free says, which inside a container is the node's memory.
func (j *JVM) ofNode(role keys.Server) {
	j.Heap, j.FirstHeap, j.Young, j.From = 0, 0, 0, ""
	j.HeapOfNode = true
	if role == keys.Broker {
		j.Direct, j.DirectFrom, j.DirectOfNode = 0, "", true
	}
}

// mounted follows a start script that the manifests put over the image's own, and says whether there is one.
func (j *JVM) mounted(m *Model, p *pod, i *Instance) bool {
	name := "runserver.sh"
	if i.Role == keys.Broker {
		name = "runbroker.sh"
	}
	file := path.Join(i.Env["ROCKETMQ_HOME"], "bin", name)
	if path.Base(i.Launch.Script) == name {
		file = i.Launch.Script
		if !path.IsAbs(file) {
			file = path.Join(i.Command.Dir, file)
		}
	}
	c := i.Container
	if _, over := c.MountOf(file); !over || i.Guessed {
		return false
	}
	text, _, ok := m.file(p, c, file)
	if !ok {
		return false
	}
	j.follow(m, p, i, file)
	if strings.Contains(text, "free -m") && j.Heap == 0 {
		j.ofNode(i.Role)
	}
	return true
}

// follow reads the options from the java that the script starts.
func (j *JVM) follow(m *Model, p *pod, i *Instance, file string) {
	const mainClass = "org.apache.rocketmq.Startup" // any class: the script hands it on
	trace := shell.Follow([]string{"sh", file, mainClass}, shell.World{
		Env: i.Env, Complete: i.Container.Image.Layout(), Dir: i.Command.Dir, Scripts: m.scripts,
		File: func(name string) (string, bool) { text, _, ok := m.file(p, i.Container, name); return text, ok },
	})
	j.Reads = trace.Reads
	for _, command := range trace.Commands {
		for n, arg := range command.Args {
			if arg == mainClass {
				j.Pretouch = false
				j.read(strings.Join(command.Args[:n], " "), file)
				return
			}
		}
	}
}

func (j *JVM) read(text, from string) {
	if len(text) > 1<<16 {
		return
	}
	for _, o := range option.FindAllStringSubmatch(text, -1) {
		switch {
		case o[1] == "mx":
			j.Heap, j.Stated, j.From, j.HeapOfNode = size(o[2], o[3]), true, from, false
		case o[1] == "ms":
			j.FirstHeap = size(o[2], o[3])
		case o[1] == "mn":
			j.Young = size(o[2], o[3])
		case o[4] != "":
			j.Direct, j.Stated, j.DirectFrom, j.DirectOfNode = size(o[4], o[5]), true, from, false
		case o[6] != "":
			j.Pretouch = o[6] == "+"
		case o[7] != "":
			j.Property[o[7]] = strings.Trim(o[8], `"'`)
		}
	}
}

func size(digits, unit string) int64 {
	n, err := strconv.ParseInt(digits, 10, 40)
	if err != nil {
		return 0
	}
	shift := map[string]uint{"": 0, "k": 10, "m": 20, "g": 30, "t": 40}[strings.ToLower(unit)]
	if shift == 40 && n > 1<<10 {
		return 0
	}
	return n << shift
}

// Quantity returns a resource of a container in bytes or thousandths of a core, and whether it is set.
func (c *Container) Quantity(kind, name string) (resource.Quantity, bool) {
	v := c.Value.Get("resources", kind, name)
	if !v.Exists() || len(v.Text()) > 64 {
		return resource.Quantity{}, false
	}
	q, err := resource.ParseQuantity(v.Text())
	return q, err == nil
}
