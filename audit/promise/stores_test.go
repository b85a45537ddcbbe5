package promise_test

import (
	"testing"

	"github.com/rmqproof/rmqproof/audit/promise"
)

const (
	storeClaim = "persistentVolumeClaim: {claimName: broker-a}"
	storeSpec  = "metadata: {name: broker-a, namespace: mq}\nspec: {accessModes: [ReadWriteOnce],"
	storeNamed = "metadata: {name: broker-a, namespace: mq}\nspec: {volumeName: pv, accessModes: [ReadWriteOnce],"
	storePv    = "\n---\napiVersion: v1\nkind: PersistentVolume\nmetadata: {name: pv}\nspec: {capacity: {storage: 1Gi}, "
)

// storeCases are the cases of TestStores.
var storeCases = map[string]struct {
	change      change
	add         string
	killed, off promise.Worth
}{
	"a claim of any class":    {nil, "", promise.Kept, promise.Lost},
	"a claim that is not":     {change{storeClaim, "persistentVolumeClaim: {claimName: gone}"}, "", promise.Unknown, promise.Unknown},
	"an emptyDir":             {change{storeClaim, "emptyDir: {}"}, "", promise.Lost, promise.Lost},
	"a tmpfs":                 {change{storeClaim, "emptyDir: {medium: Memory}"}, "", promise.Lost, promise.Lost},
	"an ephemeral claim":      {change{storeClaim, "ephemeral: {volumeClaimTemplate: {spec: {}}}"}, "", promise.Lost, promise.Lost},
	"a folder of a node":      {change{storeClaim, "hostPath: {path: /d}"}, "", promise.Lost, promise.Lost},
	"a share":                 {change{storeClaim, "nfs: {server: s, path: /d}"}, "", promise.Kept, promise.Kept},
	"a driver's inline":       {change{storeClaim, "csi: {driver: any.example.com}"}, "", promise.Unknown, promise.Unknown},
	"a disk of the network":   {change{storeSpec, storeNamed}, storePv + "csi: {driver: disk.csi.azure.com, volumeHandle: x}}\n", promise.Kept, promise.Kept},
	"a zonal disk":            {change{storeSpec, storeNamed}, storePv + "csi: {driver: ebs.csi.aws.com, volumeHandle: x}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: topology.kubernetes.io/zone, operator: In, values: [a]}]}]}}}\n", promise.Kept, promise.Kept},
	"a local disk":            {change{storeSpec, storeNamed}, storePv + "local: {path: /d}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [a]}]}]}}}\n", promise.Kept, promise.Lost},
	"a volume of any node":    {change{storeSpec, storeNamed}, storePv + "hostPath: {path: /d}}\n", promise.Lost, promise.Lost},
	"a volume of the class":   {change{storeSpec, "metadata: {name: broker-a, namespace: mq}\nspec: {storageClassName: manual, accessModes: [ReadWriteOnce],"}, storePv + "storageClassName: manual, hostPath: {path: /d}}\n", promise.Lost, promise.Lost},
	"a volume that is spoken": {nil, storePv + "claimRef: {name: broker-a, namespace: mq}, csi: {driver: disk.csi.azure.com, volumeHandle: x}}\n", promise.Kept, promise.Kept},
	"a volume of another's":   {nil, storePv + "claimRef: {name: broker-a, namespace: test}, csi: {driver: disk.csi.azure.com, volumeHandle: x}}\n", promise.Kept, promise.Lost},
	"a user without a home":   {change{"securityContext: {fsGroup: 3000}", "securityContext: {fsGroup: 3000, runAsUser: 1234}", "    storePathRootDir=/home/rocketmq/store\n", ""}, "", promise.Unknown, promise.Unknown},
	"no volume at all":        {change{"- {name: store, mountPath: /home/rocketmq/store}", "- {name: tools, mountPath: /x}", "securityContext: {fsGroup: 3000}", "securityContext: {fsGroup: 3000, runAsUser: 1234}", "    storePathRootDir=/home/rocketmq/store\n", ""}, "", promise.Lost, promise.Lost},
}

// TestStores puts the store of one broker on every kind of volume.
func TestStores(t *testing.T) {
	for name, c := range storeCases {
		t.Run(name, func(t *testing.T) {
			p := deriveWith(t, "deployment", append(change{"commitLogRecoverMaxNum", "commitLogRecoverMaxNum"}, c.change...), c.add)
			var group promise.Group
			for _, g := range p.Clusters[0].Groups {
				if g.Name == "broker-a" {
					group = g
				}
			}
			for _, o := range group.Outcomes {
				want := map[promise.Failure]promise.Worth{promise.PodKilled: c.killed, promise.NodeLost: c.off}[o.Failure]
				if want != "" && o.Acknowledged != want {
					t.Errorf("%s", o.Sentence)
				}
			}
		})
	}
}
