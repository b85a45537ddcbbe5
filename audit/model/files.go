package model

import (
	"path"
	"strings"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/node"
)

// file finds the text of a file in a container: what an init container wrote, a key of a ConfigMap or Secret, or a
// file of the official image. The value is where a text of the manifests stands.
func (m *Model) file(p *pod, c *Container, name string) (string, node.Value, bool) {
	name = path.Clean(name)
	mount, mounted := c.MountOf(name)
	if !mounted {
		text, ok := bundled(c.Image, name)
		return text, node.Value{}, ok
	}
	inside := strings.TrimPrefix(strings.TrimPrefix(name, mount.Path), "/")
	full := path.Join(mount.SubPath, inside)
	if text, ok := p.written[mount.Volume][full]; ok {
		return text, node.Value{}, true
	}
	found, ok := m.inVolume(p.w, mount.Volume)[full]
	if ok {
		m.read[found.value.Raw()] = true
	}
	return found.text, found.value, ok
}

// inVolume lists the files that a volume brings along.
func (m *Model) inVolume(w *Workload, name string) map[string]content {
	v := w.Volumes[name]
	all := map[string]content{}
	m.source(w, v, all)
	for _, s := range v.Get("projected", "sources").Items() {
		m.source(w, s, all)
	}
	return all
}

func (m *Model) source(w *Workload, v node.Value, all map[string]content) {
	ref, table, name := v.Get("configMap"), m.configs, v.Get("configMap", "name").Text()
	if !ref.Exists() {
		ref, table, name = v.Get("secret"), m.secrets, v.Get("secret", "secretName").Text()
		if name == "" {
			name = v.Get("secret", "name").Text()
		}
	}
	o, ok := find(table, w.Namespace, name)
	if !ref.Exists() || !ok {
		return
	}
	m.use(o)
	data := contents(o)
	items := ref.Get("items").Items()
	for _, item := range items {
		if found, ok := data[item.Get("key").Text()]; ok {
			all[path.Clean(item.Get("path").Text())] = found
		}
	}
	if len(items) == 0 {
		for key, found := range data {
			all[key] = found
		}
	}
}

// Absent lists the ConfigMaps and Secrets that a container mounts and the input lacks.
func (m *Model) Absent(w *Workload, mount Mount) []string {
	v := w.Volumes[mount.Volume]
	var absent []string
	for _, s := range append([]node.Value{v}, v.Get("projected", "sources").Items()...) {
		absent = append(absent, m.absentIn(w, s)...)
	}
	return absent
}

// absentIn lists what a source of a volume names and the input lacks.
func (m *Model) absentIn(w *Workload, s node.Value) []string {
	var absent []string
	if name := s.Get("configMap", "name").Text(); name != "" {
		if _, ok := find(m.configs, w.Namespace, name); !ok && !s.Get("configMap", "optional").Bool() {
			absent = append(absent, "ConfigMap "+name)
		}
	}
	name := s.Get("secret", "secretName").Text() + s.Get("secret", "name").Text()
	if _, ok := find(m.secrets, w.Namespace, name); name != "" && !ok && !s.Get("secret", "optional").Bool() {
		absent = append(absent, "Secret "+name)
	}
	return absent
}

// keep remembers what a script wrote into the volumes of the pod.
func (p *pod) keep(c *Container, written map[string]string) {
	for name, text := range written {
		mount, ok := c.MountOf(name)
		if !ok {
			continue
		}
		if p.written[mount.Volume] == nil {
			p.written[mount.Volume] = map[string]string{}
		}
		inside := strings.TrimPrefix(strings.TrimPrefix(name, mount.Path), "/")
		p.written[mount.Volume][path.Join(mount.SubPath, inside)] = text
	}
}

// bundled returns a configuration file of the official image. Only what RocketMQ ships unchanged in every release
// of its fifth version is here.
func bundled(image Image, name string) (string, bool) {
	if text, ok := image.script(name); ok {
		return text, true
	}
	conf, inConf := strings.CutPrefix(name, image.Home()+"/conf/")
	if !image.Official() || !inConf {
		return "", false
	}
	const common = "brokerClusterName=DefaultCluster\nbrokerName=%n\nbrokerId=%i\ndeleteWhen=04\nfileReservedTime=48\n" +
		"brokerRole=%r\nflushDiskType=ASYNC_FLUSH\n"
	fill := func(broker, id, role string) (string, bool) {
		return strings.NewReplacer("%n", broker, "%i", id, "%r", role).Replace(common), true
	}
	switch conf {
	case "broker.conf":
		return fill("broker-a", "0", "ASYNC_MASTER")
	case "2m-noslave/broker-a.properties", "2m-2s-async/broker-a.properties":
		return fill("broker-a", "0", "ASYNC_MASTER")
	case "2m-noslave/broker-b.properties", "2m-2s-async/broker-b.properties":
		return fill("broker-b", "0", "ASYNC_MASTER")
	case "2m-2s-sync/broker-a.properties":
		return fill("broker-a", "0", "SYNC_MASTER")
	case "2m-2s-sync/broker-b.properties":
		return fill("broker-b", "0", "SYNC_MASTER")
	case "2m-2s-sync/broker-a-s.properties", "2m-2s-async/broker-a-s.properties":
		return fill("broker-a", "1", "SLAVE")
	case "2m-2s-sync/broker-b-s.properties", "2m-2s-async/broker-b-s.properties":
		return fill("broker-b", "1", "SLAVE")
	}
	return "", false
}

// Providers returns the objects whose keys are mounted somewhere in a container.
func (m *Model) Providers(w *Workload, c *Container) []input.Object {
	var all []input.Object
	for _, mount := range c.Mounts {
		v := w.Volumes[mount.Volume]
		for _, s := range append([]node.Value{v}, v.Get("projected", "sources").Items()...) {
			if o, ok := find(m.configs, w.Namespace, s.Get("configMap", "name").Text()); ok {
				all = append(all, o)
			}
		}
	}
	return all
}
