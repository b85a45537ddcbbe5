package health

import (
	"fmt"
	"net"
	"os"
	"strings"
)

// Self is what a broker's configuration file says about it for as long as it lives, as far as a probe needs it.
type Self struct {
	Group       string
	NameServers string
	Address     string   // where it listens, seen from its own host
	IPs         []string // under which it may be registered
}

// defaultPort is listenPort's default.
const defaultPort = "10911"

// ReadConf reads a broker's configuration file.
func ReadConf(path string) (Self, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Self{}, fmt.Errorf("read the broker's configuration: %w", err)
	}
	conf := parse(string(data))
	self := Self{Group: conf["brokerName"], NameServers: conf["namesrvAddr"]}
	for _, key := range []string{"brokerName", "namesrvAddr"} {
		if conf[key] == "" {
			return Self{}, fmt.Errorf("%s does not set %s", path, key)
		}
	}
	port := conf["listenPort"]
	if port == "" {
		port = defaultPort
	}
	self.Address = net.JoinHostPort("127.0.0.1", port)
	self.IPs, err = ownIPs(conf["brokerIP1"])
	return self, err
}

func parse(data string) map[string]string {
	conf := map[string]string{}
	for line := range strings.Lines(data) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "!") {
			continue
		}
		if key, value, ok := strings.Cut(line, "="); ok {
			conf[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return conf
}

// ownIPs are this host's addresses, and the one that the configuration states.
func ownIPs(stated string) ([]string, error) {
	interfaces, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("list this host's addresses: %w", err)
	}
	var ips []string
	if stated != "" {
		ips = append(ips, stated)
	}
	for _, a := range interfaces {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() {
			ips = append(ips, n.IP.String())
		}
	}
	return ips, nil
}
