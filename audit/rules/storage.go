package rules

import (
	"path"
	"strings"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/promise"
)

// storage: that what is acknowledged outlives the pod.
var storage = []Rule{
	{
		ID: "store-on-emptydir", Severity: Error, Title: "The commit log on a volume that ends with the pod",
		Explain: "An emptyDir, like an ephemeral volume, is deleted with its pod: by a drain, an eviction, a changed template, a " +
			"lost node. All messages of the broker are gone.",
		Source:  "Kubernetes docs: volumes, emptyDir; measured: after the pod was deleted the topic itself was gone",
		Example: Example{On: "static", Sound: storeMount, Broken: "{name: logs, mountPath: /home/rocketmq/store} # master a"},
		check: func(r *run) {
			r.brokers(func(b *model.Broker) {
				s := b.CommitLog()
				if s.Kind == "emptyDir" || s.Kind == "ephemeral" {
					r.report(b.Workload.Object, s.Mount.At, claimFix(b, s.Mount.Path), "The commit log (%s) lies on an %s: whatever deletes the pod deletes every message of the broker.", s.Path, s.Kind)
				}
				if at, ok := scratch(b); ok && mortal(r, b, s) {
					r.report(b.Workload.Object, at, claimFix(b, "<the store's folder>"), "The container's volumes are emptyDirs: wherever the image keeps its store, whatever deletes the pod deletes every message of the broker.")
				}
			})
		},
	},
	{
		ID: "store-in-container", Severity: Error, Title: "The commit log in the container's own file system",
		Explain: "What a container writes outside its volumes is gone with the container: at the first restart, even of a " +
			"crashed process, all messages are lost.",
		Source:  "Kubernetes docs: volumes; MessageStoreConfig: storePathRootDir=<user's home>/store",
		Example: Example{On: "static", Sound: storeMount, Broken: "{name: store, mountPath: /root/store} # master a"},
		check: func(r *run) {
			r.brokers(func(b *model.Broker) {
				s := b.CommitLog()
				if s.Kind == "container" {
					r.report(b.Workload.Object, b.Container.Value.Pos(), claimFix(b, path.Dir(s.Path)), "No volume holds the commit log (%s): the first restart of the container loses every message of the broker.%s", s.Path, notMade(b))
				}
				if _, ok := scratch(b); !ok && mortal(r, b, s) {
					r.report(b.Workload.Object, b.Container.Value.Pos(), claimFix(b, "<the store's folder>"), "The container has no volume that outlives the pod: wherever the image keeps its store, the first restart loses every message of the broker.%s", notMade(b))
				}
			})
		},
	},
	{
		ID: "store-root-lost", Severity: Error, Title: "Topics and consumer offsets outside the volume",
		Explain: "storePathCommitLog moves the commit log alone. topics.json, the consumers' offsets and the consume queues lie " +
			"in storePathRootDir, by default in the user's home. When that is not on the volume, a restart finds messages " +
			"that no topic leads to, and consumers start again from nowhere.",
		Source:  "RocketMQ source: BrokerPathConfigHelper, StorePathConfigHelper; measured: storePathCommitLog does not move them",
		Example: Example{On: "static", Sound: "storePathRootDir=/home/rocketmq/store", Broken: "storePathRootDir=/opt/store\n    storePathCommitLog=/home/rocketmq/store/commitlog"},
		check: func(r *run) {
			r.brokers(func(b *model.Broker) {
				if root := b.Root(); b.CommitLog().Persistent() && !root.Persistent() && root.Kind != "unknown" {
					r.report(b.Workload.Object, b.Where("storePathRootDir"), set("storePathRootDir", path.Dir(b.CommitLog().Path)),
						"The commit log is on a volume, the store's root (%s) is not: a restart loses topics.json, the consumers' offsets and the consume queues.", root.Path)
				}
			})
		},
	},
	{
		ID: "store-mount-unused", Severity: Warning, Title: "A volume that no part of the store lies on",
		Explain: "The broker keeps its store in the home of the user that it runs as (/home/rocketmq for the official image's " +
			"user 3000, /root for root). A volume mounted somewhere else stays empty.",
		Source:  "MessageStoreConfig: storePathRootDir=<user's home>/store; apache/rocketmq-docker#115",
		Example: Example{On: "static", Sound: storeMount, Broken: "{name: store, mountPath: /root/store} # master a"},
		check:   storeMountUnused,
	},
	{
		ID: "host-path-store", Severity: Warning, Title: "The store in a folder of the node",
		Explain: "A hostPath is whatever node the pod lands on: moved to another one, the broker starts with an empty folder and " +
			"its messages stay behind.",
		Source:  "Kubernetes docs: volumes, hostPath",
		Example: Example{On: "deployment", Sound: "persistentVolumeClaim: {claimName: broker-a}", Broken: "hostPath: {path: /data/broker-a}"},
		check: func(r *run) {
			r.brokers(func(b *model.Broker) {
				if f := r.StoreFate(b); f.Kind == model.Astray {
					r.report(b.Workload.Object, b.CommitLog().Mount.At, "a volumeClaimTemplate; for a local disk a local PersistentVolume, which keeps the pod on its node", "On another node the broker starts empty: %s.", f.Why)
				}
			})
		},
	},
	{
		ID: "shared-volume", Severity: Error, Title: "One volume folder for several brokers",
		Loses: promise.All(),
		Explain: "Two brokers that open one store overwrite each other's files; at best the second one fails on the lock file " +
			"and restarts for ever.",
		Source:  "RocketMQ source: DefaultMessageStore.start locks <root>/lock",
		Example: Example{On: "shared", Sound: "subPathExpr: $(POD_NAME)", Broken: "subPath: store"},
		check:   sharedVolume,
	},
	{
		ID: "volume-class-deletes", Severity: Warning, Title: "Volumes that are deleted with their claim",
		Explain: "With reclaimPolicy Delete, the default of a StorageClass, deleting the claim (or the namespace, or the Helm release) " +
			"deletes the disk with every message on it.",
		Source:  "Kubernetes docs: persistent volumes, reclaiming",
		Example: Example{On: "static", Sound: "reclaimPolicy: Retain", Broken: "reclaimPolicy: Delete"},
		check:   volumeClassDeletes,
	},
	{
		ID: "claims-deleted", Severity: Warning, Title: "Claims that go with their StatefulSet",
		Explain: "persistentVolumeClaimRetentionPolicy Delete removes a broker's claim when the StatefulSet is scaled down or " +
			"deleted, for instance to be made anew with another field: messages are lost by an act of maintenance.",
		Source:  "Kubernetes docs: StatefulSet, PersistentVolumeClaim retention",
		Example: Example{On: "static", Sound: "replicas: 1 # master a", Broken: "replicas: 1\n  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}"},
		check: func(r *run) {
			r.role(keys.Broker, func(p *model.Process) {
				policy := p.Workload.Spec.Get("persistentVolumeClaimRetentionPolicy")
				for _, when := range []string{"whenDeleted", "whenScaled"} {
					if v := policy.Get(when); v.Text() == "Delete" {
						r.report(p.Workload.Object, v.Pos(), when+": Retain", "%s: Delete removes the brokers' volumes together with the StatefulSet or its last pods.", when)
					}
				}
			})
		},
	},
	{
		ID: "no-fs-group", Severity: Warning, Title: "A volume that the broker's user may not write to",
		Explain: "The official image runs as user 3000. A new volume belongs to root; without fsGroup most storage drivers leave it " +
			"so, and the server ends with a permission error. A hostPath is made for root as well, and fsGroup has no effect on it.",
		Source:  "apache/rocketmq-docker: uid and gid 3000; Kubernetes docs: security context, fsGroup",
		Example: Example{On: "static", Sound: "{fsGroup: 3000, runAsUser: 3000, runAsNonRoot: true} # master a", Broken: "{runAsUser: 3000, runAsNonRoot: true}"},
		check:   noGroup,
	},
	{
		ID: "store-on-share", Severity: Warning, Title: "The commit log on a network file system",
		Explain: "The commit log is mapped into memory. On NFS, SMB and the like what is written through a mapping reaches the server when " +
			"the client likes, a flush is as good as the server's, and after a network fault the lock file or the mapping may fail: " +
			"the broker stops or damages its files.",
		Source:  "mmap(2) and nfs(5): coherence of mappings over NFS; RocketMQ source: DefaultMappedFile, MappedFileQueue",
		Example: Example{On: "deployment", Sound: "persistentVolumeClaim: {claimName: broker-a}", Broken: "nfs: {server: 192.0.2.5, path: /mq}"},
		check: func(r *run) {
			r.brokers(func(b *model.Broker) {
				if kind := r.Share(b.Workload, b.CommitLog()); kind != "" {
					r.report(b.Workload.Object, b.CommitLog().Mount.At, "a volumeClaimTemplate of a class with disks (block storage)", "The commit log, which is mapped into memory, lies on a network share (%s).", kind)
				}
			})
		},
	},
	{
		ID: "tiered-in-memory", Severity: Error, Title: "Tiered storage in the broker's memory",
		Loses: restarts(),
		Explain: "From 5.1.4 on the tiered store keeps its files in memory unless tieredBackendServiceProvider names another place. " +
			"Messages that the local disk has given up are then only there, and gone with the process.",
		Source:  "TieredMessageStoreConfig: tieredBackendServiceProvider=...MemoryFileSegment",
		Example: Example{On: "static", Sound: "inSyncReplicas=2\n    totalReplicas=2", Broken: "inSyncReplicas=2\n    totalReplicas=2\n    messageStorePlugIn=org.apache.rocketmq.tieredstore.TieredMessageStore"},
		check: func(r *run) {
			r.brokers(func(b *model.Broker) {
				plugin, _ := b.Text("messageStorePlugIn")
				provider, known := b.Text("tieredBackendServiceProvider")
				if strings.Contains(plugin, "TieredMessageStore") && known && strings.HasSuffix(provider, "MemoryFileSegment") {
					r.report(b.Workload.Object, b.Where("messageStorePlugIn"), "tieredBackendServiceProvider=org.apache.rocketmq.tieredstore.provider.PosixFileSegment\ntieredStoreFilePath=<a folder on a volume>",
						"The tiered store keeps its files in memory (%s): a restart loses them.", path.Ext(provider)[1:])
				}
			})
		},
	},
}

// storeMount is the line of the layout that puts a master's volume in its place.
const storeMount = "{name: store, mountPath: /home/rocketmq/store} # master a"

// claimFix puts the whole store on a claim: of a template where there can be one, of its own elsewhere.
func claimFix(b *model.Broker, folder string) string {
	if d := path.Base(folder); d == "commitlog" {
		folder = path.Dir(folder) // topics, offsets and queues lie beside the commit log
	}
	mount := "volumeMounts: [{name: store, mountPath: " + folder + "}]\n"
	if !kubernetesOwn(b.Process) {
		return "storageMode: StorageClass\nvolumeClaimTemplates: [{metadata: {name: store}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 100Gi}}}}]"
	}
	if b.Workload.Object.Kind == "StatefulSet" {
		return mount + "volumeClaimTemplates: [{metadata: {name: store}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 100Gi}}}}]"
	}
	return mount + "volumes: [{name: store, persistentVolumeClaim: {claimName: <a claim of its own for each broker>}}]"
}

// notMade says of a bare pod that nothing makes it anew.
func notMade(b *model.Broker) string {
	if b.Workload.Object.Kind == "Pod" {
		return " And nothing makes a bare Pod anew when its node goes: a StatefulSet does."
	}
	return ""
}

// mortal says that the store's place is not known and that no place of the container outlives the pod.
func mortal(r *run, b *model.Broker, s model.Storage) bool {
	return s.Kind == "unknown" && r.Fate(b.Workload, b.Container, s).Kind == model.Mortal
}

// scratch finds a mount that ends with the pod.
func scratch(b *model.Broker) (posOf, bool) {
	for _, m := range b.Container.Mounts {
		if s := b.Workload.StorageOf(b.Container, m.Path); s.Kind == "emptyDir" || s.Kind == "ephemeral" {
			return m.At, true
		}
	}
	return posOf{}, false
}

func storeMountUnused(r *run) {
	r.brokers(func(b *model.Broker) {
		log, root := b.CommitLog(), b.Root()
		if log.Kind != "container" && root.Kind != "container" {
			return
		}
		for _, m := range b.Container.Mounts {
			s := b.Workload.StorageOf(b.Container, m.Path)
			if s.Persistent() && s.Kind != "other" && m.Volume != log.Mount.Volume && m.Volume != root.Mount.Volume && !strings.HasSuffix(m.Path, "/logs") {
				r.report(b.Workload.Object, m.At, "mountPath: "+root.Path, "The volume at %s holds nothing of the store, which lies in %s.", m.Path, root.Path)
			}
		}
	})
}

func sharedVolume(r *run) {
	type folder struct{ namespace, claim, path string }
	first := map[folder]*model.Broker{}
	r.brokers(func(b *model.Broker) {
		s := b.Root()
		if s.Kind != "claim" || s.Mount.PerPod {
			return
		}
		inside := strings.TrimPrefix(s.Path, s.Mount.Path)
		key := folder{b.Workload.Namespace, s.Claim, path.Join("/", s.Mount.SubPath, inside)}
		other, taken := first[key]
		if !taken {
			first[key] = b
			return
		}
		r.report(b.Workload.Object, s.Mount.At, "a volumeClaimTemplate in a StatefulSet, or subPathExpr: $(POD_NAME)",
			"%s and %s keep their store in the same folder of claim %s: they destroy each other's files, or the second one never starts.", called(other), called(b), s.Claim)
	})
}

func volumeClassDeletes(r *run) {
	r.brokers(func(b *model.Broker) {
		s := b.CommitLog()
		switch s.Kind {
		case "template":
			deletes(r, b, s.Volume.Get("spec", "storageClassName").Text(), s)
		case "claim":
			o, ok := r.Claim(b.Workload.Namespace, s.Claim)
			if !ok {
				return // that it is not known is said
			}
			if v, ok := r.Volume(o.Value.Get("spec", "volumeName").Text()); ok {
				policy := v.Value.Get("spec", "persistentVolumeReclaimPolicy")
				if policy.Text() == "Delete" {
					r.report(v, policy.Pos(), "persistentVolumeReclaimPolicy: Retain", "The volume of %s is deleted with its claim.", b.Workload.Object)
				}
				return
			}
			deletes(r, b, o.Value.Get("spec", "storageClassName").Text(), s)
		}
	})
}

func deletes(r *run, b *model.Broker, name string, s model.Storage) {
	class, ok := input.Object{}, false
	if name != "" {
		class, ok = r.Class(name)
	} else if class, ok = r.Default(); ok {
		name = class.Name
	}
	if !ok {
		what := "StorageClass " + name
		if name == "" {
			what = "the cluster's default StorageClass"
		}
		if r.Fate(b.Workload, b.Container, s).Kind == model.Claimed {
			r.NoteOnce(b.Workload.Object.String(), s.Volume.Pos(), what, "is not among the manifests: whether its volumes are deleted with their claims, and outlive a node, is not known")
		}
		return
	}
	policy := class.Value.Get("reclaimPolicy")
	if policy.Text() != "Retain" {
		at := class.Pos()
		if policy.Exists() {
			at = policy.Pos()
		}
		r.report(class, at, "reclaimPolicy: Retain", "The volumes of class %s, the brokers' among them, are deleted with their claims%s.", name, because(policy.Exists()))
	}
}

func because(stated bool) string {
	if stated {
		return ""
	}
	return " (Delete is the default)"
}
