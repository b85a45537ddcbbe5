package model

import (
	"fmt"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/node"
	"github.com/rmqproof/rmqproof/audit/properties"
	"github.com/rmqproof/rmqproof/audit/shell"
)

// operated is a pod that the RocketMQ operator makes from one of its resources: where the operator sets things, this
// stands in for the manifests.
type operated struct {
	role     keys.Server
	resource input.Object
	// env is what the operator adds to the environment.
	env map[string]string
	// replica is the number of the broker in its group.
	replica int
}

// maxGroups bounds what one resource of the operator makes.
const maxGroups = 32

// operator adds the workloads that the operator would make.
func (m *Model) operator(o input.Object) {
	spec := o.Value.Get("spec")
	switch o.Kind {
	case "NameService":
		w := operatedWorkload(o, o.Name, &operated{role: keys.NameServer, resource: o}, "nameServiceImage")
		w.Replicas, _ = spec.Get("size").Int()
		w.Labels = map[string]string{"app": "name_service", "name_service_cr": o.Name}
		m.Workloads = append(m.Workloads, w)
	case "Controller":
		w := operatedWorkload(o, o.Name, &operated{role: keys.Controller, resource: o}, "controllerImage")
		if image := &w.Containers[0].Image; image.layout != operatorController {
			// The operator's own example names the NameServer's image.
			image.layout = operatorController
			m.unresolved(o.String(), spec.Get("controllerImage").Pos(), "the controller's image", image.Reference+" is by its name another server's; that a controller runs in it is taken from the resource")
		}
		w.Replicas, _ = spec.Get("size").Int()
		w.Labels = map[string]string{"app": "controller", "controller_cr": o.Name}
		m.Workloads = append(m.Workloads, w)
	case "Broker":
		groups, _ := spec.Get("size").Int()
		replicas, _ := spec.Get("replicaPerGroup").Int()
		for g := 0; g < min(groups, maxGroups); g++ {
			for r := 0; r <= min(replicas, maxGroups); r++ {
				m.Workloads = append(m.Workloads, m.operatedBroker(o, g, r))
			}
		}
	}
}

func (m *Model) operatedBroker(o input.Object, group, replica int) *Workload {
	spec := o.Value.Get("spec")
	name := fmt.Sprintf("%s-%d-replica-%d", o.Name, group, replica)
	switch {
	case spec.Get("clusterMode").Text() == "CONTROLLER":
		name = fmt.Sprintf("%s-%d-%d", o.Name, group, replica)
	case replica == 0:
		name = fmt.Sprintf("%s-%d-master", o.Name, group)
	}
	op := &operated{role: keys.Broker, resource: o, replica: replica, env: map[string]string{
		"NAMESRV_ADDR": spec.Get("nameServers").Text(), "BROKER_ID": fmt.Sprint(replica),
		"BROKER_CLUSTER_NAME": o.Name, "BROKER_NAME": fmt.Sprintf("%s-%d", o.Name, group),
	}}
	if op.env["NAMESRV_ADDR"] == "" {
		op.env["NAMESRV_ADDR"] = shell.Mark("the operator fills in the addresses of its NameServers")
	}
	w := operatedWorkload(o, name, op, "brokerImage")
	w.Labels = map[string]string{"app": "broker", "broker_cr": o.Name}
	return w
}

// operatedLayouts are those of images whose name does not tell, as a mirror's.
var operatedLayouts = map[keys.Server]*layout{
	keys.Broker: operatorBroker, keys.NameServer: operatorNames, keys.Controller: operatorController,
}

func operatedWorkload(o input.Object, name string, op *operated, image string) *Workload {
	spec := o.Value.Get("spec")
	w := &Workload{
		Object: o, Namespace: o.Namespace, Name: name, Replicas: 1, Spec: spec, Pod: spec, operated: op,
		Volumes: map[string]node.Value{}, Templates: map[string]node.Value{},
	}
	c := &Container{Value: spec, Name: string(op.role), Image: newImage(spec.Get(image).Text())}
	if c.Image.layout == nil {
		c.Image.layout = operatedLayouts[op.role]
	}
	// The operator mounts the volume in the home of its own images' user: since its release 0.2.1 that is root.
	home := "/root"
	if c.Image.early() {
		home = c.Image.layout.userHome
	}
	template := node.Value{}
	if all := spec.Get("volumeClaimTemplates").Items(); len(all) > 0 {
		template = all[0]
	}
	volume := template.Get("metadata", "name").Text()
	if volume == "" {
		volume = "storage"
	}
	for _, p := range []string{home + "/store", home + "/logs"} {
		c.Mounts = append(c.Mounts, Mount{Volume: volume, Path: p, SubPath: name, At: spec.Get("storageMode").Pos()})
	}
	switch spec.Get("storageMode").Text() {
	case "StorageClass":
		w.Templates[volume] = template
	case "EmptyDir":
		w.Volumes[volume] = node.Literal("emptyDir", spec.Get("storageMode"))
	default:
		w.Volumes[volume] = node.Literal("hostPath", spec.Get("storageMode"))
	}
	w.Containers = []*Container{c}
	return w
}

func (op *operated) environment(env map[string]string) {
	for name, value := range op.env {
		env[name] = value
	}
}

// configuration follows the operator image's script: the mounted broker-common.conf, less the identity, plus the
// identity from the environment; a replica gets its role only by a replacement of one that the file has.
func (op *operated) configuration(m *Model, i *Instance) Config {
	config := Config{Path: "broker.conf"}
	spec := op.resource.Value.Get("spec")
	at := op.resource.Pos()
	if op.role == keys.Broker {
		for _, v := range spec.Get("volumes").Items() {
			o, ok := m.ConfigMap(op.resource.Namespace, v.Get("configMap", "name").Text())
			if !ok {
				config.Unknown = "ConfigMap " + v.Get("configMap", "name").Text() + " is not among the manifests"
				continue
			}
			common := contents(o)["broker-common.conf"]
			for _, e := range properties.Parse(common.text) {
				op.adopt(&config, e, common.value.LineOf(e.Line))
			}
		}
		config.add(Entry{"brokerClusterName", i.Env["BROKER_CLUSTER_NAME"], at})
		config.add(Entry{"brokerName", i.Env["BROKER_NAME"], at})
		config.add(Entry{"brokerId", i.Env["BROKER_ID"], at})
		if mode := spec.Get("replicationMode"); mode.Exists() {
			config.add(Entry{"brokerRole", op.byMode(mode.Text()), mode.Pos()})
		}
		if spec.Get("clusterMode").Text() == "CONTROLLER" {
			config.add(Entry{"enableControllerMode", "true", spec.Get("clusterMode").Pos()})
		}
	}
	if op.role == keys.Controller { // the image's script takes it from a variable that the operator sets
		config.add(Entry{"controllerStorePath", "/root/store", spec.Get("storageMode").Pos()})
	}
	if config.Unknown != "" {
		m.unresolved(op.resource.String(), at, "configuration of the "+string(op.role), config.Unknown)
	}
	return config
}

func (op *operated) adopt(config *Config, e properties.Entry, at node.Pos) {
	switch {
	case e.Key == "brokerName" || e.Key == "brokerClusterName" || e.Key == "brokerId":
		return
	case e.Key == "brokerRole" && op.replica > 0:
		e.Value = "SLAVE"
	}
	config.add(Entry{e.Key, e.Value, at})
}

// byMode is the role that the operator before 0.3.0 gives: it has a field for the mode, and a slave is every broker but
// the first.
func (op *operated) byMode(mode string) string {
	switch {
	case op.replica > 0:
		return "SLAVE"
	case mode == "SYNC":
		return "SYNC_MASTER"
	}
	return "ASYNC_MASTER"
}
