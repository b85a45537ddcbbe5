package model

import (
	"strings"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/node"
)

// Fate is what becomes of the files in a place when their pod or its node goes.
type Fate struct {
	Kind FateKind
	// Why says what decides, for a reader.
	Why string
}

// FateKind orders fates, the best first.
type FateKind int

// The fates.
const (
	// Free files follow their pod to any node.
	Free FateKind = iota
	// Claimed files outlive the pod; whether they outlive the node is not known.
	Claimed
	// Bound files lie on one node, and the pod comes back to it.
	Bound
	// Unsure files lie in a place that is not known.
	Unsure
	// Astray files stay on a node when their pod comes up on another, where it finds an empty folder.
	Astray
	// Mortal files end with their pod.
	Mortal
)

// Fate derives what becomes of what lies in a storage of the workload.
func (m *Model) Fate(w *Workload, c *Container, s Storage) Fate {
	switch s.Kind {
	case "emptyDir", "ephemeral":
		return Fate{Mortal, "the store lies on an " + s.Kind + ", which ends with the pod"}
	case "container":
		return Fate{Mortal, "the store lies in no volume and ends with the container"}
	case "hostPath":
		return onNode(w, "the store is a folder of the node (hostPath)")
	case "template", "claim":
		return m.claimFate(w, s)
	case "other":
		return inlineFate(s.Volume)
	}
	if !m.anyOutlives(w, c) {
		return Fate{Mortal, "no volume of the container outlives the pod, wherever the store lies"}
	}
	return Fate{Unsure, "where the store lies is not known: " + s.Why}
}

// anyOutlives says whether some mount of the container holds files that may outlive the pod.
func (m *Model) anyOutlives(w *Workload, c *Container) bool {
	for _, mount := range c.Mounts {
		if s := w.StorageOf(c, mount.Path); s.Persistent() || s.Kind == "unknown" {
			return true
		}
	}
	return false
}

func onNode(w *Workload, what string) Fate {
	if w.Pinned() {
		return Fate{Bound, what}
	}
	return Fate{Astray, what + " and nothing binds the pod to it: the pod may come up on another node, where the folder is empty"}
}

// Pinned says whether the pods come back to the node that they ran on.
func (w *Workload) Pinned() bool {
	if w.Object.Kind == "DaemonSet" || w.Pod.Get("nodeName").Exists() {
		return true
	}
	if _, ok := w.Pod.Get("nodeSelector").Map()[hostname]; ok {
		return true
	}
	terms := w.Pod.Get("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms").Items()
	for _, term := range terms {
		if !oneNode(term) {
			return false
		}
	}
	return len(terms) == 1
}

// oneNode says whether a term of a node affinity names a single node.
func oneNode(term node.Value) bool {
	for _, e := range append(term.Get("matchExpressions").Items(), term.Get("matchFields").Items()...) {
		key := e.Get("key").Text()
		if (key == hostname || key == "metadata.name") && e.Get("operator").Text() == "In" && len(e.Get("values").Items()) == 1 {
			return true
		}
	}
	return false
}

// shares are the volumes that a server elsewhere holds, disks those that are attached to whatever node the pod is on.
var (
	shares = []string{"nfs", "cephfs", "glusterfs", "azureFile", "quobyte"}
	disks  = []string{"awsElasticBlockStore", "gcePersistentDisk", "azureDisk", "cinder", "rbd", "iscsi", "fc", "vsphereVolume", "portworxVolume", "storageos", "scaleIO", "photonPersistentDisk"}
)

// inlineFate is that of a volume that the pod's spec describes without a claim.
func inlineFate(v node.Value) Fate {
	for _, kind := range append(append([]string{}, shares...), disks...) {
		if v.Get(kind).Exists() {
			return Fate{Free, "the volume (" + kind + ") follows the pod to any node"}
		}
	}
	if driver := v.Get("csi", "driver").Text(); driver != "" {
		return Fate{Unsure, "whether an inline volume of " + driver + " outlives its pod is the driver's matter"}
	}
	return Fate{Unsure, "the kind of the volume is not known"}
}

// claimFate follows a claim to its volume or its class.
func (m *Model) claimFate(w *Workload, s Storage) Fate {
	spec := s.Volume.Get("spec")
	if s.Kind == "claim" {
		o, ok := m.Claim(w.Namespace, s.Claim)
		if !ok {
			return Fate{Unsure, "PersistentVolumeClaim " + s.Claim + " is not among the manifests"}
		}
		spec = o.Value.Get("spec")
	}
	if all := m.volumesFor(w, s, spec); len(all) > 0 {
		worst := Fate{}
		for _, o := range all {
			if f := volumeFate(w, o); f.Kind >= worst.Kind {
				worst = f
			}
		}
		return worst
	}
	name := spec.Get("storageClassName")
	class, ok := m.Class(name.Text())
	if !name.Exists() {
		class, ok = m.Default()
	}
	if !ok {
		return Fate{Claimed, "the volume outlives the pod; whether it is bound to its node is not known"}
	}
	if provisioner := class.Value.Get("provisioner").Text(); local(provisioner) {
		return Fate{Bound, "volumes of class " + class.Name + " (" + provisioner + ") are bound to their node"}
	}
	return Fate{Free, "the volume can be attached to another node"}
}

// local says whether a provisioner or driver makes volumes of a node's own disks.
func local(driver string) bool {
	for _, word := range []string{"no-provisioner", "local-path", "hostpath", "openebs.io/local", "topolvm", "local.csi", "localvolume", "lvm"} {
		if strings.Contains(driver, word) {
			return true
		}
	}
	return false
}

// volumesFor lists the volumes of the input that a claim can be bound to: the one that it or the volume names, or
// else those of its class.
func (m *Model) volumesFor(w *Workload, s Storage, spec node.Value) []input.Object {
	if o, ok := m.Volume(spec.Get("volumeName").Text()); ok {
		return []input.Object{o}
	}
	if reserved := m.reserved(w, s); len(reserved) > 0 {
		return reserved
	}
	name := spec.Get("storageClassName")
	class, provisioned := m.Class(name.Text())
	if !name.Exists() || provisioned && !local(class.Value.Get("provisioner").Text()) {
		return nil
	}
	return m.supply.class[name.Text()]
}

// volumeFate is that of a PersistentVolume.
func volumeFate(w *Workload, o input.Object) Fate {
	spec := o.Value.Get("spec")
	driver := spec.Get("csi", "driver").Text()
	affinity := spec.Get("nodeAffinity").Exists()
	switch {
	case spec.Get("hostPath").Exists() && !affinity:
		return onNode(w, "volume "+o.Name+" is a folder of a node (hostPath) without a node affinity")
	case affinity && !zonal(spec.Get("nodeAffinity")), spec.Get("local").Exists(), spec.Get("hostPath").Exists(), local(driver):
		return Fate{Bound, "volume " + o.Name + " is bound to its node"}
	}
	return Fate{Free, "volume " + o.Name + " can be attached to another node"}
}

// zonal says whether a volume's affinity names zones or regions and no node.
func zonal(affinity node.Value) bool {
	for _, term := range affinity.Get("required", "nodeSelectorTerms").Items() {
		for _, e := range term.Get("matchExpressions").Items() {
			if key := e.Get("key").Text(); !strings.Contains(key, "zone") && !strings.Contains(key, "region") {
				return false
			}
		}
	}
	return true
}

// Stores are the places of a broker that decide about its messages.
func (b *Broker) Stores() []Storage { return []Storage{b.CommitLog(), b.Root()} }

// StoreFate is the worst fate of a broker's commit log and root.
func (m *Model) StoreFate(b *Broker) Fate {
	worst := Fate{}
	for n, s := range b.Stores() {
		f := m.Fate(b.Workload, b.Container, s)
		if b.presumesHome(s) && f.Kind < Unsure {
			f = Fate{Unsure, "where the store lies follows from the image's name alone: " + b.Container.Image.Reference + " is not the project's own"}
		}
		if f.Kind == Mortal && n == 1 && worst.Kind < Unsure {
			f.Why = "the topics and queues of the store end with the pod, and without them no message is found"
		}
		if n == 0 || f.Kind > worst.Kind {
			worst = f
		}
	}
	return worst
}

// presumesHome says whether a place of the store is the default below the home of a user that is only presumed.
func (b *Broker) presumesHome(s Storage) bool {
	if !b.Container.Image.Presumed || s.Kind == "unknown" || b.JVM.Property["user.home"] != "" || b.Workload.security(b.Container, "runAsUser").Text() == "0" {
		return false
	}
	log := b.Get("storePathCommitLog")
	return !b.Get("storePathRootDir").Set && !(log.Set && s.Path == log.Value)
}
