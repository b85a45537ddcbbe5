package model

import "github.com/rmqproof/rmqproof/audit/keys"

// proxyNames finds the NameServers that a broker's own proxy asks. It is started first and takes them from the command
// line, from its own file or from the environment, and not from the broker's file.
func (m *Model) proxyNames(p *pod, c *Container, i *Instance) {
	if !i.Launch.LocalProxy {
		return
	}
	if value, ok := i.Launch.Flags["n"]; ok {
		i.ProxyNames = setting(namesrvKey, value, i.Started())
		return
	}
	if file := i.Launch.Flags["pc"]; file != "" {
		own := *i
		own.Launch.Flags = map[string]string{"pc": file}
		process := *i.Process
		process.Role = keys.Proxy
		own.Process = &process
		config := Config{Path: file}
		m.readConfig(p, c, &own, &config)
		if e, ok := config.find(namesrvKey); ok {
			i.ProxyNames = setting(namesrvKey, e.Value, e.Pos)
			return
		}
		if config.Unknown != "" {
			i.ProxyNames = Setting{Key: namesrvKey, Unknown: config.Unknown, Pos: c.Value.Pos()}
			return
		}
	}
	i.ProxyNames = i.namesrvDefault()
}
