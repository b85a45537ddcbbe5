package promise_test

import (
	"testing"

	"github.com/rmqproof/rmqproof/audit/promise"
)

// TestStores puts the store of one broker on every kind of volume.
func TestStores(t *testing.T) {
	const (
		claim = "persistentVolumeClaim: {claimName: broker-a}"
		spec  = "metadata: {name: broker-a, namespace: mq}\nspec: {accessModes: [ReadWriteOnce],"
		named = "metadata: {name: broker-a, namespace: mq}\nspec: {volumeName: pv, accessModes: [ReadWriteOnce],"
		pv    = "\n---\napiVersion: v1\nkind: PersistentVolume\nmetadata: {name: pv}\nspec: {capacity: {storage: 1Gi}, "
	)
	for name, c := range map[string]struct {
		change      change
		add         string
		killed, off promise.Worth
	}{
		"a claim of any class":    {nil, "", promise.Kept, promise.Lost},
		"a claim that is not":     {change{claim, "persistentVolumeClaim: {claimName: gone}"}, "", promise.Unknown, promise.Unknown},
		"an emptyDir":             {change{claim, "emptyDir: {}"}, "", promise.Lost, promise.Lost},
		"a tmpfs":                 {change{claim, "emptyDir: {medium: Memory}"}, "", promise.Lost, promise.Lost},
		"an ephemeral claim":      {change{claim, "ephemeral: {volumeClaimTemplate: {spec: {}}}"}, "", promise.Lost, promise.Lost},
		"a folder of a node":      {change{claim, "hostPath: {path: /d}"}, "", promise.Lost, promise.Lost},
		"a share":                 {change{claim, "nfs: {server: s, path: /d}"}, "", promise.Kept, promise.Kept},
		"a driver's inline":       {change{claim, "csi: {driver: any.example.com}"}, "", promise.Unknown, promise.Unknown},
		"a disk of the network":   {change{spec, named}, pv + "csi: {driver: disk.csi.azure.com, volumeHandle: x}}\n", promise.Kept, promise.Kept},
		"a zonal disk":            {change{spec, named}, pv + "csi: {driver: ebs.csi.aws.com, volumeHandle: x}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: topology.kubernetes.io/zone, operator: In, values: [a]}]}]}}}\n", promise.Kept, promise.Kept},
		"a local disk":            {change{spec, named}, pv + "local: {path: /d}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [a]}]}]}}}\n", promise.Kept, promise.Lost},
		"a volume of any node":    {change{spec, named}, pv + "hostPath: {path: /d}}\n", promise.Lost, promise.Lost},
		"a volume of the class":   {change{spec, "metadata: {name: broker-a, namespace: mq}\nspec: {storageClassName: manual, accessModes: [ReadWriteOnce],"}, pv + "storageClassName: manual, hostPath: {path: /d}}\n", promise.Lost, promise.Lost},
		"a volume that is spoken": {nil, pv + "claimRef: {name: broker-a, namespace: mq}, csi: {driver: disk.csi.azure.com, volumeHandle: x}}\n", promise.Kept, promise.Kept},
		"a user without a home":   {change{"securityContext: {fsGroup: 3000}", "securityContext: {fsGroup: 3000, runAsUser: 1234}", "    storePathRootDir=/home/rocketmq/store\n", ""}, "", promise.Unknown, promise.Unknown},
		"no volume at all":        {change{"- {name: store, mountPath: /home/rocketmq/store}", "- {name: tools, mountPath: /x}", "securityContext: {fsGroup: 3000}", "securityContext: {fsGroup: 3000, runAsUser: 1234}", "    storePathRootDir=/home/rocketmq/store\n", ""}, "", promise.Lost, promise.Lost},
	} {
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
