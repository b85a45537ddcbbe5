package model

import (
	"encoding/json"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/node"
	"github.com/rmqproof/rmqproof/audit/properties"
	"github.com/rmqproof/rmqproof/audit/shell"
)

// Config is the file that a server reads.
type Config struct {
	// Path is "" when the server is started without a file.
	Path string
	// Missing says that nothing provides the file, Unknown why that cannot be told.
	Missing bool
	Unknown string
	// Shipped marks a file of the official image.
	Shipped bool
	Entries []Entry
	// order lists the entries by their keys, equal ones as in the file.
	order []int32
}

// Entry is a key of the file with its place.
type Entry struct {
	Key, Value string
	Pos        node.Pos
}

// Setting is the value of a key as the process uses it.
type Setting struct {
	Key, Value string
	// Set says that the manifests give the value; otherwise it is the release's default.
	Set bool
	// Unknown is the reason when the value cannot be told.
	Unknown string
	Pos     node.Pos
}

// configuration reads the file that the command line names.
func (m *Model) configuration(p *pod, c *Container, i *Instance) Config {
	if p.w.operated != nil {
		return p.w.operated.configuration(m, i)
	}
	name := i.Launch.Flags["c"]
	if i.Role == keys.Proxy {
		name = i.Launch.Flags["pc"]
	}
	config := Config{Path: name}
	switch {
	case i.Guessed:
		config.Unknown = "the start command of the image is not known"
	case name == "" || i.Launch.Holder:
		if i.Launch.Holder {
			config.Unknown = "a broker container reads several files"
		}
		return config
	case !shell.Known(name):
		config.Unknown = shell.Why(name)
	default:
		m.readConfig(p, c, i, &config)
	}
	if config.Unknown != "" {
		m.unresolved(p.w.Object.String(), c.Value.Pos(), "configuration of the "+string(i.Role), config.Unknown)
	}
	return config
}

func (m *Model) readConfig(p *pod, c *Container, i *Instance, config *Config) {
	if !path.IsAbs(config.Path) {
		config.Path = path.Join(i.Command.Dir, config.Path)
	}
	config.Path = path.Clean(config.Path)
	text, at, ok := "", node.Value{}, false
	if text, ok = i.Command.Files[config.Path]; !ok {
		text, at, ok = m.file(p, c, config.Path)
		config.Shipped = ok && at.Raw() == nil && c.Image.Official() && strings.HasPrefix(config.Path, c.Image.Home())
	}
	if !ok {
		m.explainMissing(p, c, config)
		return
	}
	if i.Role == keys.Proxy {
		config.json(text, at)
		return
	}
	for _, e := range properties.Parse(text) {
		where := at.LineOf(e.Line)
		switch {
		case config.Shipped: // no line of the manifests holds it
			where = i.Started()
		case at.Raw() == nil:
			where = m.locate(p.w, c, e.Key)
		}
		config.add(Entry{e.Key, e.Value, where})
		if !shell.Known(e.Value) {
			m.unresolved(p.w.Object.String(), where, e.Key, shell.Why(e.Value))
		}
	}
	if !shell.Known(text) && len(config.Entries) == 0 {
		config.Unknown = shell.Why(text)
	}
}

func (c *Config) add(e Entry) { c.Entries = append(c.Entries, e) }

// find returns the entry of a key, of equal ones the last.
func (c *Config) find(key string) (Entry, bool) {
	if len(c.order) != len(c.Entries) {
		c.sort()
	}
	behind := sort.Search(len(c.order), func(i int) bool { return c.Entries[c.order[i]].Key > key })
	if behind == 0 || c.Entries[c.order[behind-1]].Key != key {
		return Entry{}, false
	}
	return c.Entries[c.order[behind-1]], true
}

func (c *Config) sort() {
	c.Entries = slices.Clip(c.Entries)
	c.order = make([]int32, len(c.Entries))
	for i := range c.order {
		c.order[i] = int32(i) //nolint:gosec // a file holds fewer lines
	}
	slices.SortStableFunc(c.order, func(a, b int32) int { return strings.Compare(c.Entries[a].Key, c.Entries[b].Key) })
}

// json reads the proxy's file, whose keys are those of one flat object.
func (c *Config) json(text string, at node.Value) {
	var all map[string]any
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		c.Unknown = "the proxy's configuration is not JSON"
		return
	}
	for _, key := range sortedKeys(all) {
		line := 1 + strings.Count(text[:max(0, strings.Index(text, `"`+key+`"`))], "\n")
		value, isText := all[key].(string)
		if !isText {
			encoded, _ := json.Marshal(all[key]) //nolint:errchkjson // it was decoded from JSON a moment ago
			value = string(encoded)
		}
		c.add(Entry{key, value, at.LineOf(line)})
	}
}

// explainMissing tells a file that nothing provides from one that may come from outside the input.
func (m *Model) explainMissing(p *pod, c *Container, config *Config) {
	mount, mounted := c.MountOf(config.Path)
	switch {
	case !mounted && !c.Image.Layout():
		config.Unknown = config.Path + " is part of the image"
	case !mounted:
		config.Missing = true
	default:
		if absent := m.Absent(p.w, mount); len(absent) > 0 {
			config.Unknown = strings.Join(absent, ", ") + " is not among the manifests"
			return
		}
		v := p.w.Volumes[mount.Volume]
		if v.Get("configMap").Exists() || v.Get("secret").Exists() || v.Get("projected").Exists() {
			config.Missing = true
			return
		}
		config.Unknown = config.Path + " lies on a volume whose files are not known"
	}
}

// namesrvKey is the one key that also comes from the command line, a property and a variable.
const namesrvKey = "namesrvAddr"

// Get returns a setting as the process sees it: the command line over the file, the last of equal keys, a value that
// RocketMQ does not understand replaced by the default.
func (i *Instance) Get(name string) Setting {
	if name == namesrvKey && (i.Role == keys.Broker || i.Role == keys.Proxy) {
		if value, ok := i.Launch.Flags["n"]; ok {
			return setting(name, value, i.Started())
		}
	}
	key, known := keys.Find(i.Role, i.Version(), name)
	if e, ok := i.Config.find(name); ok {
		value := i.trimmed(key, e.Value)
		if !shell.Known(value) || !known || key.Check(value) == nil {
			return setting(name, value, e.Pos)
		}
	}
	if i.Config.Unknown != "" {
		return Setting{Key: name, Unknown: i.Config.Unknown, Pos: i.Container.Value.Pos()}
	}
	if name == namesrvKey {
		return i.namesrvDefault()
	}
	value := i.rooted(key.Default)
	return Setting{Key: name, Value: value, Unknown: shell.Why(value), Pos: i.defaultPos()}
}

// Started is the place of the command that starts the server.
func (i *Instance) Started() node.Pos {
	for _, list := range []string{"args", "command"} {
		for _, item := range i.Container.Value.Get(list).Items() {
			for n, line := range strings.Split(item.Text(), "\n") {
				if strings.Contains(line, path.Base(i.Launch.Script)) && i.Launch.Script != "" {
					return item.LineOf(n + 1)
				}
			}
		}
	}
	return i.Container.Value.Pos()
}

func setting(name, value string, at node.Pos) Setting {
	return Setting{Key: name, Value: value, Set: true, Unknown: shell.Why(value), Pos: at}
}

// trimmed drops blanks around texts, as releases from 5.2.0 on do; numbers they leave alone.
func (i *Instance) trimmed(key keys.Key, value string) string {
	isText := key.Type == "String" || strings.HasPrefix(key.Type, "enum:")
	if isText && (!i.Version().Known() || i.Version().AtLeast(keys.Version{Major: 5, Minor: 2})) {
		return strings.TrimSpace(value)
	}
	return value
}

// rooted puts the user's home for the "~" of the table.
func (i *Instance) rooted(text string) string {
	if strings.HasPrefix(text, "~") {
		return i.UserHome + text[1:]
	}
	return text
}

// defaultPos is where a reader would add a key: the end of the file, or the container.
func (i *Instance) defaultPos() node.Pos {
	if n := len(i.Config.Entries); n > 0 {
		at := i.Config.Entries[0].Pos
		if at.File != "" {
			return at
		}
	}
	return i.Container.Value.Pos()
}

func (i *Instance) namesrvDefault() Setting {
	if value := i.JVM.Property["rocketmq.namesrv.addr"]; value != "" {
		return setting(namesrvKey, value, i.Container.Value.Get("env").Pos())
	}
	if value := i.Env["NAMESRV_ADDR"]; value != "" {
		for _, e := range i.Container.Value.Get("env").Items() {
			if e.Get("name").Text() == "NAMESRV_ADDR" {
				return setting(namesrvKey, value, e.Pos())
			}
		}
		return setting(namesrvKey, value, i.Container.Value.Pos())
	}
	return Setting{Key: namesrvKey, Pos: i.defaultPos()}
}

// Int returns a number and whether it is known.
func (i *Instance) Int(name string) (int, bool) {
	s := i.Get(name)
	n, err := strconv.Atoi(s.Value)
	return n, err == nil && s.Unknown == ""
}

// Is says whether a switch is known to be on.
func (i *Instance) Is(name string) bool {
	s := i.Get(name)
	return s.Unknown == "" && strings.EqualFold(s.Value, "true")
}

// Text returns a value and whether it is known.
func (i *Instance) Text(name string) (string, bool) {
	s := i.Get(name)
	return s.Value, s.Unknown == ""
}

// Where returns the place of a setting.
func (i *Instance) Where(name string) node.Pos { return i.Get(name).Pos }
