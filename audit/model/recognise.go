package model

import (
	"path"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
)

// names maps words in an image's name to the server in it, for images with their own entry point.
var names = []struct {
	word string
	role keys.Server
}{
	{"namesrv", keys.NameServer}, {"nameserver", keys.NameServer}, {"name-server", keys.NameServer},
	{"controller", keys.Controller}, {"proxy", keys.Proxy}, {"broker", keys.Broker},
}

// ports maps container ports to the server that listens there.
var ports = map[int]keys.Server{9876: keys.NameServer, 10911: keys.Broker, 9878: keys.Controller, 8081: keys.Proxy}

// others are programs around RocketMQ that are no servers of it.
var others = []string{"dashboard", "console", "exporter", "operator", "connect", "streams", "mqtt", "eventbridge", "schema"}

func guess(c *Container, w *Workload) (keys.Server, bool) {
	image := path.Base(c.Image.Repository)
	for _, other := range others {
		if strings.Contains(image, other) {
			return "", false
		}
	}
	if w.operated != nil {
		return w.operated.role, true
	}
	if !c.Image.RocketMQ() {
		return "", false
	}
	for _, n := range names {
		if strings.Contains(image, n.word) {
			return n.role, true
		}
	}
	for _, port := range c.Value.Get("ports").Items() {
		n, _ := port.Get("containerPort").Int()
		if role, ok := ports[n]; ok {
			return role, true
		}
	}
	return "", false
}
