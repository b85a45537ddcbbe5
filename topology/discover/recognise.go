package discover

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/topology"
	corev1 "k8s.io/api/core/v1"
)

// programs are the words of a command line that start a server: RocketMQ's scripts and the classes that they run.
var programs = []struct {
	word *regexp.Regexp
	kind topology.Kind
}{
	{program("mqnamesrv", "NamesrvStartup"), topology.NameServer},
	{program("mqbroker", "mqbrokercontainer", "BrokerStartup", "BrokerContainerStartup"), topology.Broker},
	{program("mqcontroller", "ControllerStartup"), topology.Controller},
	{program("mqproxy", "ProxyStartup"), topology.Proxy},
}

// inside are the words of a command line by which a server has another one in its own process.
var inside = map[topology.Kind]*regexp.Regexp{topology.Proxy: program("--enable-proxy")}

// kindsOf says which servers a container runs: one, and those inside it.
func kindsOf(c *corev1.Container) []topology.Kind {
	kind := KindOf(c)
	if kind == "" {
		return nil
	}
	kinds, line := []topology.Kind{kind}, strings.Join(slices.Concat(c.Command, c.Args), " ")
	for other, word := range inside {
		if other != kind && word.MatchString(line) {
			kinds = append(kinds, other)
		}
	}
	return kinds
}

func program(names ...string) *regexp.Regexp {
	return regexp.MustCompile(`(^|[^0-9A-Za-z_-])(` + strings.Join(names, "|") + `)([^0-9A-Za-z_-]|$)`)
}

// imageWords are parts of the names of images that have an entry point of their own.
var imageWords = []struct {
	word string
	kind topology.Kind
}{
	{"namesrv", topology.NameServer}, {"nameserver", topology.NameServer}, {"name-server", topology.NameServer},
	{"controller", topology.Controller}, {"proxy", topology.Proxy}, {"broker", topology.Broker},
}

// ports is where a server listens unless it is told otherwise.
var ports = map[topology.Kind]int32{
	topology.NameServer: 9876, topology.Broker: 10911, topology.Controller: 9878, topology.Proxy: 8081,
}

// others are programs around RocketMQ that are no servers of it, as their images are named.
var others = []string{"dashboard", "console", "exporter", "operator", "connect", "mqtt", "eventbridge"}

// KindOf says which server a container runs, or "" for none, as far as its specification tells: by its command line, else
// by its image, else by its ports.
func KindOf(c *corev1.Container) topology.Kind {
	line := strings.Join(slices.Concat(c.Command, c.Args), " ")
	for _, p := range programs {
		if p.word.MatchString(line) {
			return p.kind
		}
	}
	image := imageName(c.Image)
	switch {
	case len(c.Args) > 0 && c.Args[0] == "agent" && slices.Contains(c.Args, "--namesrv"):
		return topology.Agent
	case !strings.Contains(image, "rocketmq") || slices.ContainsFunc(others, func(o string) bool { return strings.Contains(image, o) }):
		return ""
	case strings.Contains(line, "mqadmin"):
		return ""
	}
	for _, w := range imageWords {
		if strings.Contains(path.Base(image), w.word) {
			return w.kind
		}
	}
	return kindByPort(c)
}

// kindByPort asks the kinds in an order of their own, so that a container with several ports is the same each time.
func kindByPort(c *corev1.Container) topology.Kind {
	for _, kind := range []topology.Kind{topology.NameServer, topology.Broker, topology.Controller, topology.Proxy} {
		if declares(c, ports[kind]) {
			return kind
		}
	}
	return ""
}

// imageName is an image's repository without tag and digest.
func imageName(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if i := strings.LastIndex(image, ":"); i > strings.LastIndex(image, "/") {
		image = image[:i]
	}
	return image
}

func declares(c *corev1.Container, port int32) bool {
	return slices.ContainsFunc(c.Ports, func(p corev1.ContainerPort) bool { return p.ContainerPort == port })
}
