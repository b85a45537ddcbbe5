package model

import (
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/node"
	"github.com/rmqproof/rmqproof/audit/shell"
)

// pod is one pod of a workload.
type pod struct {
	w     *Workload
	index int
	name  string
	// written holds what init containers left in volumes: volume name, then path in it.
	written map[string]map[string]string
}

// newName ends the reason why a pod's name is not known.
const newName = " get a new name at every start"

// NamedByPod says whether a value is not known because it is made of a pod's changing name.
func NamedByPod(reason string) bool { return strings.HasSuffix(reason, newName) }

func (m *Model) newPod(w *Workload, index int) *pod {
	name, known := w.PodName(index)
	if !known {
		name = shell.Mark("the pods of a " + w.Object.Kind + newName)
	}
	return &pod{w: w, index: index, name: name, written: map[string]map[string]string{}}
}

var dependent = regexp.MustCompile(`\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)`)

// environment returns the variables of a container, in the order in which the kubelet resolves them.
func (m *Model) environment(p *pod, c *Container) map[string]string {
	env := map[string]string{"HOSTNAME": p.name}
	if c.Image.Layout() {
		env["ROCKETMQ_VERSION"], env["ROCKETMQ_HOME"] = c.Image.release(), c.Image.Home()
		env["JAVA_HOME"], env["JAVA_OPT"] = "/opt/java", ""
	}
	if home, ok := p.w.HomeOf(c); ok {
		env["HOME"] = home
	}
	for _, from := range c.Value.Get("envFrom").Items() {
		m.envFrom(p, from, env)
	}
	if p.w.operated != nil {
		p.w.operated.environment(env)
	}
	for _, e := range c.Value.Get("env").Items() {
		name := e.Get("name").Text()
		if from := e.Get("valueFrom"); from.Exists() {
			env[name] = m.valueFrom(p, c, from)
		} else {
			env[name] = expandDependent(shell.Clean(e.Get("value").Text()), env)
		}
	}
	return env
}

// expandDependent replaces $(NAME) by variables that are already set; others stay as they are.
func expandDependent(text string, env map[string]string) string {
	if len(text) > 1<<16 {
		return shell.Mark("a variable that is too long")
	}
	if !strings.Contains(text, "$(") {
		return text
	}
	expanded := dependent.ReplaceAllStringFunc(text, func(ref string) string {
		if value, ok := env[ref[2:len(ref)-1]]; ok {
			return value
		}
		return ref
	})
	if len(expanded) > 1<<16 {
		return shell.Mark("a variable that is too long")
	}
	return expanded
}

func (m *Model) envFrom(p *pod, from node.Value, env map[string]string) {
	prefix := from.Get("prefix").Text()
	source, kind := from.Get("configMapRef", "name").Text(), "ConfigMap"
	table := m.configs
	if source == "" {
		source, kind, table = from.Get("secretRef", "name").Text(), "Secret", m.secrets
	}
	o, ok := find(table, p.w.Namespace, source)
	if !ok {
		m.unresolved(p.w.Object.String(), from.Pos(), "environment", kind+" "+source+" is not among the manifests")
		return
	}
	m.use(o)
	for key, value := range contents(o) {
		env[prefix+key] = value.Text()
	}
}

// valueFrom resolves a reference; what only the cluster knows is marked or, when each pod has its own, a symbol.
func (m *Model) valueFrom(p *pod, c *Container, from node.Value) string {
	if field := from.Get("fieldRef", "fieldPath").Text(); field != "" {
		return podField(p, field)
	}
	for kind, table := range map[string]table{"configMapKeyRef": m.configs, "secretKeyRef": m.secrets} {
		ref := from.Get(kind)
		if !ref.Exists() {
			continue
		}
		name, key := ref.Get("name").Text(), ref.Get("key").Text()
		o, ok := find(table, p.w.Namespace, name)
		if !ok {
			return shell.Mark(strings.TrimSuffix(kind, "KeyRef") + " " + name + " is not among the manifests")
		}
		m.use(o)
		if value, ok := contents(o)[key]; ok {
			return value.Text()
		}
		return shell.Mark(name + " has no key " + key)
	}
	if resource := from.Get("resourceFieldRef", "resource").Text(); resource != "" {
		return c.Value.Get("resources").Get(strings.SplitN(resource, ".", 2)...).Text()
	}
	return shell.Mark("a reference that is not understood")
}

func podField(p *pod, field string) string {
	switch field {
	case "metadata.name":
		return p.name
	case "metadata.namespace":
		if p.w.Namespace == "" {
			return shell.Mark("the manifests leave the namespace open")
		}
		return p.w.Namespace
	case "status.podIP", "status.podIPs":
		return shell.PodIP
	case "status.hostIP", "status.hostIPs":
		return shell.HostIP
	case "spec.nodeName":
		return shell.NodeName
	}
	if key, ok := strings.CutPrefix(field, "metadata.labels['"); ok {
		key = strings.TrimSuffix(key, "']")
		if key == "apps.kubernetes.io/pod-index" {
			return ordinalOf(p)
		}
		return p.w.Labels[key]
	}
	return shell.Mark(field + " is only known when the pod runs")
}

func ordinalOf(p *pod) string {
	if i := strings.LastIndexByte(p.name, '-'); i >= 0 && p.w.Stable() {
		return p.name[i+1:]
	}
	return shell.Mark("the pod has no ordinal")
}

// content is one key of a ConfigMap or Secret.
type content struct {
	text  string
	value node.Value
}

// Text returns the decoded text.
func (c content) Text() string { return c.text }

// contents returns the keys of a ConfigMap or Secret, decoded.
func contents(o input.Object) map[string]content {
	all := map[string]content{}
	for _, f := range o.Value.Get("data").Fields() {
		text := f.Value.Text()
		if o.Kind == "Secret" {
			text = decoded(text)
		}
		all[f.Key] = content{shell.Clean(text), f.Value}
	}
	for _, f := range o.Value.Get("binaryData").Fields() {
		all[f.Key] = content{shell.Clean(decoded(f.Value.Text())), f.Value}
	}
	for _, f := range o.Value.Get("stringData").Fields() {
		all[f.Key] = content{shell.Clean(f.Value.Text()), f.Value}
	}
	return all
}

func decoded(text string) string {
	data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return shell.Mark("a value that is not base64")
	}
	return string(data)
}
