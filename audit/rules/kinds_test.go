package rules

import (
	"strings"
	"testing"
)

const (
	kindStart    = `command: [sh, -c, "exec sh mqbroker -c /etc/rocketmq/broker.conf"] # master a`
	kindLimits   = "limits: {memory: 10Gi} # master a"
	kindJvm      = "{name: JAVA_OPT_EXT, value: -Xms4g -Xmx4g -XX:MaxDirectMemorySize=2g} # master a"
	kindImage    = "image: apache/rocketmq:5.5.0 # master a"
	kindBatch    = "transactionOpBatchInterval=100"
	kindGrace    = "terminationGracePeriodSeconds: 60 # master a"
	kindIdentity = "brokerName=broker-a\n    brokerId=0"
	kindHook     = "command: [sh, mqshutdown, broker]}}} # master a"
	kindGroup    = "securityContext: {fsGroup: 3000, runAsUser: 3000, runAsNonRoot: true} # master a"
	kindProbe    = "startupProbe:\n            exec: {command: [/tools/check, live]} # master a\n            periodSeconds: 2\n            failureThreshold: 300 # master a\n" +
		"          livenessProbe: {exec: {command: [/tools/check, live]}}"
	kindClaim = "persistentVolumeClaim: {claimName: broker-a}"
)

// kindCases are the cases of TestKinds.
var kindCases = []struct {
	name, layout, old, new, rule string
	speaks                       bool
}{
	// The image's layout belongs to its name.
	{"a mirror's path", "static", kindImage, "image: registry.example.com/apache/rocketmq:latest", "unpinned-image", true},
	{"a digest is pinned", "static", kindImage, "image: apache/rocketmq@sha256:aa", "unpinned-image", false},
	{"root's store by digest", "static", storeMount + "|" + kindImage, "{name: store, mountPath: /root/store}|image: apache/rocketmq@sha256:aa", "store-in-container", true},
	{"root's store in a mirror", "static", storeMount + "|" + kindImage, "{name: store, mountPath: /root/store}|image: registry.example.com/base/rocketmq:5.5.0", "store-mount-unused", true},
	{"an image of its own without a volume", "static", storeMount + "|" + kindImage, "{name: tools, mountPath: /data}|image: registry.example.com/mq:1", "store-in-container", true},
	// Volumes.
	{"an ephemeral volume", "deployment", kindClaim, "ephemeral: {volumeClaimTemplate: {spec: {}}}", "store-on-emptydir", true},
	{"a folder of a pinned node", "deployment", kindClaim + "|terminationGracePeriodSeconds: 60\n      securityContext: {fsGroup: 3000}", "hostPath: {path: /data}|nodeName: n1\n      securityContext: {fsGroup: 3000}", "host-path-store", false},
	{"a folder of any node", "deployment", kindClaim, "hostPath: {path: /data}", "host-path-store", true},
	{"a folder made for root", "deployment", kindClaim, "hostPath: {path: /data}", "no-fs-group", true},
	{"a volume of root's", "static", kindGroup, "", "no-fs-group", true},
	{"a folder that everybody may write to", "static", kindGroup + "|storageClassName: local-ssd", "|storageClassName: openebs-hostpath", "no-fs-group", false},
	{"a share's owner", "static", kindGroup + "|storageClassName: local-ssd", "|storageClassName: nfs-client", "no-fs-group", false},
	{"SMB", "deployment", kindClaim, "csi: {driver: smb.csi.k8s.io}", "store-on-share", true},
	{"Azure Files", "deployment", kindClaim, "azureFile: {shareName: mq}", "store-on-share", true},
	{"a class of shares by its name", "static", "storageClassName: local-ssd", "storageClassName: nfs-client", "store-on-share", true},
	{"a class whose name holds the letters", "static", "storageClassName: local-ssd", "storageClassName: fast-efsync", "store-on-share", false},
	{"a disk", "deployment", kindClaim, "awsElasticBlockStore: {volumeID: v}", "store-on-share", false},
	// Sizes.
	{"the heap of an old image", "static", kindJvm + "|" + kindImage + "|" + kindLimits, "{name: A, value: b}|image: apache/rocketmq:4.9.7|limits: {memory: 4Gi}", "heap-of-the-node", true},
	{"the direct memory of an old image", "static", kindJvm + "|" + kindImage, "{name: JAVA_OPT_EXT, value: -Xms4g -Xmx4g}|image: apache/rocketmq:5.1.4", "heap-of-the-node", true},
	{"sizes in an old image", "static", kindImage, "image: apache/rocketmq:5.1.4", "heap-of-the-node", false},
	{"HEAP_OPTS of an old image", "static", kindJvm + "|" + kindImage, "{name: HEAP_OPTS, value: -Xms4g -Xmx4g}|image: apache/rocketmq:5.1.4", "java-opts-ignored", true},
	{"HEAP_OPTS of a new image", "static", kindJvm, "{name: HEAP_OPTS, value: -Xms4g -Xmx4g -XX:MaxDirectMemorySize=2g}", "java-opts-ignored", false},
	{"sizes in JAVA_OPT", "static", kindJvm, "{name: JAVA_OPT, value: -Xms4g -Xmx4g}", "java-opts-ignored", true},
	{"a property in JAVA_OPT", "static", kindJvm, "{name: JAVA_OPT, value: -Dfoo=bar}", "java-opts-ignored", false},
	{"sizes in JAVA_TOOL_OPTIONS", "static", kindJvm, "{name: JAVA_TOOL_OPTIONS, value: -Xmx4g}", "java-opts-ignored", true},
	{"MAX_HEAP_SIZE", "static", kindJvm, "{name: MAX_HEAP_SIZE, value: 4G}", "java-opts-ignored", true},
	{"BROKER_MEM", "static", kindJvm, "{name: BROKER_MEM, value: -Xms4g -Xmx4g}", "java-opts-ignored", true},
	{"a variable that the command uses", "static", kindJvm + "|" + kindStart, "{name: HEAP, value: -Xmx4g}|command: [sh, -c, 'JAVA_OPT_EXT=$HEAP exec sh mqbroker -c /etc/rocketmq/broker.conf']", "java-opts-ignored", false},
	{"a tiny heap", "static", kindJvm, "{name: JAVA_OPT_EXT, value: -Xms64m -Xmx64m}", "heap-tiny", true},
	{"a variable in a branch that is not taken", "static", kindJvm + "|" + kindStart, "{name: BROKER_ROLE, value: SLAVE}|command: [sh, -c, 'if [ -n \"$LATER\" ]; then echo \"brokerRole=$BROKER_ROLE\" >> /tmp/b; fi; exec sh mqbroker -c /etc/rocketmq/broker.conf']", "variable-without-effect", false},
	{"a variable that no branch names", "static", kindJvm, "{name: BROKER_ROLE, value: SLAVE}", "variable-without-effect", true},
	// Probes.
	{"a probe of a file", "static", kindProbe, "livenessProbe: {exec: {command: [test, -e, /tmp/health]}}", "liveness-kills-recovery", false},
	{"a probe of the processes by a shell", "static", kindProbe, "livenessProbe: {exec: {command: [/bin/sh, -c, 'ps -C java; test -d /proc/1']}}", "liveness-kills-recovery", false},
	{"a probe of a file and of the port", "static", kindProbe, "livenessProbe: {exec: {command: [sh, -c, 'test -e /tmp/health && nc localhost 10911']}}", "liveness-kills-recovery", true},
	{"a probe of the port by the shell", "static", kindProbe, "livenessProbe: {exec: {command: [bash, -c, 'echo > /dev/tcp/localhost/10911']}}", "liveness-kills-recovery", true},
	{"a startup probe of a file", "static", "exec: {command: [/tools/check, live]} # master a", "exec: {command: [test, -e, /tmp/started]}", "liveness-kills-recovery", true},
	{"a probe that a script makes", "static", kindProbe, "livenessProbe: {exec: {command: [sh, /opt/alive.sh]}}", "liveness-kills-recovery", true},
	// Defects that no release is known to repair.
	{"an open defect in a later release", "static", kindImage + "|transactionOpBatchInterval=100", "image: apache/rocketmq:5.9.0|transactionOpBatchInterval=3000", "bug-commit-twice", true},
	{"ended transactions that are stored at once", "static", kindBatch, "transactionOpMsgMaxSize=1\n    flushConsumerOffsetInterval=200", "bug-commit-twice", false},
	{"the same, and where the questions stand is not", "static", kindBatch, "transactionOpMsgMaxSize=1", "bug-commit-twice", true},
	{"the same, and ended transactions are not", "static", kindBatch, "flushConsumerOffsetInterval=200", "bug-commit-twice", true},
	{"an interval of a second", "static", kindBatch, "transactionOpBatchInterval=1000", "bug-commit-twice", false},
	{"an interval of more", "static", kindBatch, "transactionOpBatchInterval=1001", "bug-commit-twice", true},
	{"a repaired defect in a later release", "static", kindImage, "image: apache/rocketmq:5.9.0", "bug-checkpoint-ahead", false},
	// Images before the settled layout, whose scripts read another variable and whose home is another.
	{"a former image's variable", "static", kindJvm + "|" + kindImage, "{name: MAX_POSSIBLE_HEAP, value: '1073741824'}|image: rocketmqinc/rocketmq:4.4.0", "java-opts-ignored", false},
	{"a mirror of a former image", "static", kindJvm + "|" + kindImage, "{name: MAX_POSSIBLE_HEAP, value: '1073741824'}|image: registry.example.com/dev/rocketmq:v4.3.2", "java-opts-ignored", false},
	{"a former image's home", "static", storeMount + "|" + kindImage + "|    storePathRootDir=/home/rocketmq/store\n", "{name: store, mountPath: /root/store}|image: rocketmqinc/rocketmq:4.4.0|", "store-in-container", false},
	{"an image of that release and the later layout", "static", storeMount + "|" + kindImage + "|    storePathRootDir=/home/rocketmq/store\n", "{name: store, mountPath: /root/store}|image: rocketmqinc/rocketmq:4.4.0-alpine|", "store-in-container", true},
	// Commands.
	{"nohup without a path", "static", kindStart, "command: [nohup, mqbroker, -c, /etc/rocketmq/broker.conf]", "command-not-found", true},
	{"a script in the folder", "static", kindStart, "command: [sh, -c, './mqbroker -c /etc/rocketmq/broker.conf']", "command-not-found", false},
	{"a PATH", "static", kindStart, "command: [sh, -c, 'PATH=$PATH:$ROCKETMQ_HOME/bin; mqbroker -c /etc/rocketmq/broker.conf']", "command-not-found", false},
	{"no init in the image", "static", kindStart, "command: [dumb-init, sh, mqbroker, -c, /etc/rocketmq/broker.conf]", "command-not-found", true},
	{"an init of the user's", "deployment", "replicas: 1", "replicas: 1", "command-not-found", false},
	{"an unknown option", "static", kindStart, "command: [sh, mqbroker, -c, /etc/rocketmq/broker.conf, --brokerName, x]", "arguments-ignored", true},
	{"only known options", "static", kindStart, "command: [sh, mqbroker, -n, 'nameserver:9876', -c, /etc/rocketmq/broker.conf]", "arguments-ignored", false},
	{"a hook by its name", "static", kindHook, "command: [mqshutdown, broker]}}}", "stop-hook-fails", true},
	{"a hook by another release's path", "static", kindHook, "command: [sh, /home/rocketmq/rocketmq-5.1.0/bin/mqshutdown, broker]}}}", "stop-hook-fails", true},
	{"a hook by its path", "static", kindHook, "command: [sh, -c, '$ROCKETMQ_HOME/bin/mqshutdown broker']}}}", "stop-hook-fails", false},
	// Addresses.
	{"loopback by number", "static", kindIdentity, kindIdentity + "\n    brokerIP1=127.0.0.2", "foreign-broker-ip", true},
	{"no address at all", "static", kindIdentity, kindIdentity + "\n    brokerIP1=0.0.0.0", "foreign-broker-ip", true},
	{"the bridge", "static", kindIdentity, kindIdentity + "\n    brokerIP1=172.17.0.5", "foreign-broker-ip", true},
	{"a LAN address", "static", kindIdentity, kindIdentity + "\n    brokerIP1=10.1.2.3", "foreign-broker-ip", true},
	{"a LAN address of the node", "static", kindIdentity + "|" + kindGrace, kindIdentity + "\n    brokerIP1=10.1.2.3|hostNetwork: true\n      dnsPolicy: ClusterFirstWithHostNet", "foreign-broker-ip", false},
	{"a public address", "static", kindIdentity, kindIdentity + "\n    brokerIP1=8.8.8.8", "foreign-broker-ip", false},
	{"a slave's own second address", "static", "brokerName=broker-a\n    brokerId=1", "brokerName=broker-a\n    brokerId=1\n    brokerIP2=172.17.0.1", "foreign-broker-ip", false},
	{"the bridge as NameServer", "static", namesrvLine, "namesrvAddr=172.17.0.1:9876", "namesrv-wrong", true},
	{"controllers on loopback", "controller", "n0-ns-0.ns:9878;n1-ns-1.ns:9878;n2-ns-2.ns:9878", "n0-localhost:9878;n1-localhost:9879;n2-localhost:9880", "controller-peers", true},
	{"a controller address on loopback", "static", kindIdentity, kindIdentity + "\n    enableControllerMode=true\n    controllerAddr=127.0.0.1:9878", "controller-missing", true},
	{"DLedger on loopback", "dledger", "n0-mq-0.mq:40911", "n0-127.0.0.1:40911", "dledger-peer-nowhere", true},
	{"the node's resolver", "static", kindGrace, "dnsPolicy: Default", "host-network-dns", true},
	{"the cluster's resolver", "static", kindGrace, "hostNetwork: true\n      dnsPolicy: ClusterFirstWithHostNet", "host-network-dns", false},
	{"a resolver of its own", "static", kindGrace, "hostNetwork: true\n      dnsPolicy: None", "host-network-dns", false},
	{"a number needs no resolver", "static", kindGrace + "|" + namesrvLine, "hostNetwork: true|namesrvAddr=10.0.0.1:9876", "host-network-dns", false},
	// Placeholders.
	{"a Go template", "static", kindIdentity, "brokerName={{ .Name }}\n    brokerId=0", "placeholder-left", true},
	{"Jinja's block", "static", kindIdentity, "brokerName={% name %}\n    brokerId=0", "placeholder-left", true},
	{"ERB", "static", kindIdentity, "brokerName=<%= name %>\n    brokerId=0", "placeholder-left", true},
	{"sed's mark", "static", kindIdentity, "brokerName=@NAME@\n    brokerId=0", "placeholder-left", true},
	{"underscores", "static", kindIdentity, "brokerName=__NAME__\n    brokerId=0", "placeholder-left", true},
	{"a default", "static", kindIdentity, "brokerName=${NAME:-a}\n    brokerId=0", "placeholder-left", true},
	{"an address of mail", "static", kindIdentity, "brokerName=a@b\n    brokerId=0", "placeholder-left", false},
	// Names, files and proxies.
	{"the pod's name by a script", "deployment", "    brokerName=broker-a\n|command: [/tools/tini, -g, --, sh, mqbroker]\n          args: [-c, /etc/rocketmq/broker.conf]", "|command: [bash, -c, 'cp /etc/rocketmq/broker.conf /tmp/b.conf; echo brokerName=$HOSTNAME >> /tmp/b.conf; exec sh mqbroker -c /tmp/b.conf']", "broker-name-of-pod", true},
	{"a file for another server", "static", "command: [sh, mqnamesrv]", "command: [sh, mqnamesrv]\n          volumeMounts: [{name: conf, mountPath: /etc/mq}]", "config-unread", false},
	{"the image's own file", "static", kindStart, "command: [sh, mqbroker, -c, ../conf/broker.conf]", "config-unread", true},
	{"a local proxy with -n", "static", kindStart, "command: [sh, mqbroker, --enable-proxy, -n, 'nameserver-0.nameserver:9876', -c, /etc/rocketmq/broker.conf]", "namesrv-missing", false},
	{"a local proxy with the file alone", "static", kindStart, "command: [sh, mqbroker, --enable-proxy, -c, /etc/rocketmq/broker.conf]", "namesrv-missing", true},
	{"a proxy without a cluster name", "proxy", `"rocketMQClusterName": "shop",`, "", "proxy-cluster-name", true},
	{"a load balancer of the same port", "proxy", "replicas: 2 # proxies", "replicas: 2", "proxy-endpoint-port", false},
	{"a load balancer of another port", "proxy", "{name: grpc, port: 8081}", "{name: grpc, port: 443, targetPort: 8081}", "proxy-endpoint-port", true},
	{"a proxy that tells the port", "proxy", `type: LoadBalancer|"rocketMQClusterName": "shop",`, `type: NodePort|"rocketMQClusterName": "shop", "useEndpointPortFromRequest": true,`, "proxy-endpoint-port", false},
	{"the image's access list", "static", kindImage + "|inSyncReplicas=2\n", "image: apache/rocketmq:5.1.4|inSyncReplicas=2\n    aclEnable=true\n", "default-credentials", true},
	{"an access list that a script puts in place", "static", kindImage + "|inSyncReplicas=2\n|" + kindStart, "image: apache/rocketmq:5.1.4|inSyncReplicas=2\n    aclEnable=true\n|command: [sh, -c, 'rm -f ../conf/plain_acl.yml; exec sh mqbroker -c /etc/rocketmq/broker.conf']", "default-credentials", false},
	{"one broker with access control", "masters", "autoCreateTopicEnable=false", "authenticationEnabled=true", "inner-credentials", false},
	{"access control in controller mode", "controller", "autoCreateTopicEnable=false", "authenticationEnabled=true", "inner-credentials", true},
}

// TestKinds makes one change to a sound layout: the rule must speak of it, or must not.
func TestKinds(t *testing.T) {
	for _, c := range kindCases {
		t.Run(c.name, func(t *testing.T) {
			text := mustLayout(t, c.layout)
			olds, news := strings.Split(c.old, "|"), strings.Split(c.new, "|")
			for i := range olds {
				if !strings.Contains(text, olds[i]) {
					t.Fatalf("layout %s lacks %q", c.layout, olds[i])
				}
				text = strings.Replace(text, olds[i], news[i], 1)
			}
			if f, ok := fired(judge(t, text), c.rule); ok != c.speaks {
				t.Errorf("%s: speaks %t: %s", c.rule, ok, f.Message)
			}
		})
	}
}
