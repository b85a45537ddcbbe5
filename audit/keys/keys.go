// Package keys knows which configuration keys each RocketMQ release takes, with their types and defaults.
// The table is read from the releases' own jars; generate/generate.sh makes it anew.
package keys

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed keys.tsv
var table string

// Key is one configuration key of one class of settings.
type Key struct {
	Name, Class, Type string
	// Default is what the process uses when the key is absent; "*" when it depends on the machine.
	Default string
	in      []Version
}

// Server is a process that reads settings.
type Server string

// The servers, by the name under which messages mention them.
const (
	Broker     Server = "broker"
	NameServer Server = "NameServer"
	Controller Server = "controller"
	Proxy      Server = "proxy"
)

// classes lists what each server fills from its file (BrokerStartup, NamesrvStartup, ControllerStartup,
// ProxyStartup). A NameServer takes the controller's classes only with enableControllerInNamesrv=true.
var classes = map[Server][]string{
	Broker:     {"BrokerConfig", "MessageStoreConfig", "NettyServerConfig", "NettyClientConfig", "AuthConfig", "TieredStoreConfig"},
	NameServer: {"NamesrvConfig", "NettyServerConfig", "NettyClientConfig", "ControllerConfig", "JraftConfig"},
	Controller: {"ControllerConfig", "JraftConfig", "NettyServerConfig", "NettyClientConfig"},
	Proxy:      {"ProxyConfig", "AuthConfig"},
}

// started holds the defaults that a server's main method sets over those of the classes.
var started = map[Server]map[string]string{
	Broker:     {"listenPort": "10911"},
	NameServer: {"listenPort": "9876"},
}

// besides lists keys that a server reads from the file without a class.
var besides = map[Server][]string{Broker: {"rmqAddressServerDomain", "rmqAddressServerSubGroup"}}

var load = sync.OnceValue(func() map[string][]Key {
	all := map[string][]Key{}
	for _, row := range strings.Split(strings.TrimSpace(table), "\n") {
		cell := strings.Split(row, "\t")
		key := Key{Class: cell[0], Name: cell[1], Type: cell[2], Default: cell[3]}
		for _, v := range strings.Fields(cell[4]) {
			version, _ := ParseVersion(v)
			key.in = append(key.in, version)
		}
		all[key.Name] = append(all[key.Name], key)
	}
	return all
})

// Versions returns the releases of the table, oldest first. Nobody may change them.
func Versions() []Version { return load()["listenPort"][0].in }

// Covered says whether the table can tell which keys a release lacks: between its oldest and newest.
func Covered(v Version) bool {
	all := Versions()
	return v.Known() && v.AtLeast(all[0]) && !all[len(all)-1].Less(v)
}

// asked remembers by server and release what Find answers for each key of the table, as every rule asks for every broker.
var asked sync.Map

// ofRelease is whose keys are asked for: releases between the same two of the table have the same.
type ofRelease struct {
	server Server
	near   [2]Version
}

// Find returns a server's key as the release has it. A release between two of the table has the keys of
// both neighbours, so that no key is called unknown which only one of them lacks.
func Find(s Server, v Version, name string) (Key, bool) {
	key, ok := Of(s, v)[name]
	return key, ok
}

// Of returns all keys of a server as the release has them, by name. Nobody may change them.
func Of(s Server, v Version) map[string]Key {
	near := neighbours(v)
	which := ofRelease{s, [2]Version{near[0], near[len(near)-1]}}
	if known, ok := asked.Load(which); ok {
		return known.(map[string]Key) //nolint:forcetypeassert // nothing else is stored
	}
	all := map[string]Key{}
	for name := range load() {
		if key, ok := find(s, near, name); ok {
			all[name] = key
		}
	}
	for _, name := range besides[s] {
		if key, ok := find(s, near, name); ok {
			all[name] = key
		}
	}
	asked.Store(which, all)
	return all
}

func find(s Server, near []Version, name string) (Key, bool) {
	for _, class := range classes[s] {
		if key, ok := inClass(class, near, name); ok {
			if d, set := started[s][name]; set {
				key.Default = d
			}
			return key, true
		}
	}
	if slices.Contains(besides[s], name) {
		return Key{Name: name, Type: "String"}, true
	}
	return Key{}, false
}

func inClass(class string, near []Version, name string) (Key, bool) {
	for _, v := range near {
		for _, key := range load()[name] {
			if key.Class == class && slices.Contains(key.in, v) {
				return key, true
			}
		}
	}
	return Key{}, false
}

// neighbours returns the newest release of the table that is not newer than v, then the next one.
func neighbours(v Version) []Version {
	all := Versions()
	if !v.Known() {
		return all[len(all)-1:]
	}
	i := 0
	for i+1 < len(all) && !v.Less(all[i+1]) {
		i++
	}
	if all[i] == v || i+1 == len(all) {
		return all[i : i+1]
	}
	return all[i : i+2]
}

// Elsewhere names the server whose file takes the key, when it is not s.
func Elsewhere(s Server, v Version, name string) (Server, bool) {
	for _, other := range []Server{Broker, NameServer, Controller, Proxy} {
		if other != s {
			if _, ok := Find(other, v, name); ok {
				return other, true
			}
		}
	}
	return "", false
}

// Ever returns the releases that have the key in the server's file.
func Ever(s Server, name string) []Version {
	var in []Version
	for _, key := range load()[name] {
		if slices.Contains(classes[s], key.Class) {
			in = append(in, key.in...)
		}
	}
	return in
}

// Check says why RocketMQ would not take the value: it then keeps the default, without a word in its log.
func (k Key) Check(value string) error {
	number := func(err error) error {
		if err == nil {
			return nil
		}
		return fmt.Errorf("is not a number (the whole text after the equals sign is read, comments and blanks included)")
	}
	switch {
	case k.Type == "int":
		_, err := strconv.ParseInt(value, 10, 32)
		return number(err)
	case k.Type == "long":
		_, err := strconv.ParseInt(value, 10, 64)
		return number(err)
	case k.Type == "double", k.Type == "float":
		_, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		return number(err)
	case k.Type == "boolean" && !strings.EqualFold(value, "true") && !strings.EqualFold(value, "false"):
		return fmt.Errorf("is neither true nor false, and everything but true counts as false")
	case strings.HasPrefix(k.Type, "enum:"):
		allowed := strings.Split(strings.TrimPrefix(k.Type, "enum:"), "|")
		if !slices.Contains(allowed, value) {
			return fmt.Errorf("is not one of %s", strings.Join(allowed, ", "))
		}
	}
	return nil
}
