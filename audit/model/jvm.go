package model

import (
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
	// Pretouch is AlwaysPreTouch, Stated whether heap or direct memory come from the manifests.
	Pretouch, Stated bool
	Property         map[string]string
	// From names the variable or command line that holds the options.
	From string
}

var option = regexp.MustCompile(`-X(mx|ms)(\d+)([kKmMgGtT]?)\b|-XX:MaxDirectMemorySize=(\d+)([kKmMgGtT]?)|-XX:([+-])AlwaysPreTouch|-D([\w.]+)=(\S*)`)

// optionSources are the variables that the start scripts add to java's options, in the order of the command line;
// of two equal options java takes the last.
var optionSources = []string{"JAVA_TOOL_OPTIONS", "JAVA_OPT", "HEAP_OPTS", "JAVA_OPTS", "JAVA_OPT_EXT"}

func readJVM(i *Instance) JVM {
	j := JVM{Property: map[string]string{}}
	j.defaults(i)
	for _, name := range optionSources {
		if i.Launch.Java && name != "JAVA_TOOL_OPTIONS" || name == "JAVA_OPTS" {
			continue // only the scripts read these, and none reads JAVA_OPTS
		}
		j.read(i.Env[name], name)
	}
	j.read(strings.Join(i.Launch.Options, " "), "the command")
	if j.Direct == 0 && j.Heap > 0 && i.Role == keys.Broker {
		j.Direct = j.Heap // java's own limit when none is given
	}
	return j
}

// defaults are those of the start scripts: the newer official images take 2 GB and 1 GB, the older ones a quarter
// of the limit each, which always fits.
func (j *JVM) defaults(i *Instance) {
	if i.Launch.Java || i.Role != keys.Broker && i.Role != keys.NameServer {
		return
	}
	j.Pretouch = i.Role == keys.Broker
	if i.Container.Image.Official() && i.Role == keys.Broker && i.Version().AtLeast(keys.Version{Major: 5, Minor: 3, Patch: 2}) {
		j.Heap, j.FirstHeap, j.Direct = 2<<30, 2<<30, 1<<30
	}
}

func (j *JVM) read(text, from string) {
	if !shell.Known(text) || len(text) > 1<<16 {
		return
	}
	for _, o := range option.FindAllStringSubmatch(text, -1) {
		switch {
		case o[1] == "mx":
			j.Heap, j.Stated, j.From = size(o[2], o[3]), true, from
		case o[1] == "ms":
			j.FirstHeap = size(o[2], o[3])
		case o[4] != "":
			j.Direct, j.Stated, j.From = size(o[4], o[5]), true, from
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
