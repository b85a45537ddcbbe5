package model_test

import (
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
)

// pod wraps a container and the pod's other fields; the lines are those of a flow map or of a block at the same depth.
func pod(container, rest string) string {
	return "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: mq, namespace: q}\nspec:\n  replicas: 1\n  serviceName: mq\n" +
		"  template:\n    metadata: {labels: {app: mq}}\n    spec:\n" + indent(rest, 6) + "      containers:\n      - name: c\n" + indent(container, 8)
}

func indent(text string, n int) string {
	var out strings.Builder
	for _, line := range strings.Split(strings.Trim(text, "\n"), "\n") {
		if line != "" {
			out.WriteString(strings.Repeat(" ", n) + line + "\n")
		}
	}
	return out.String()
}

func build(t *testing.T, text string) *model.Model {
	t.Helper()
	set, err := input.Parse([]byte(text), "x.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return model.Build(set)
}

func only(t *testing.T, m *model.Model) *model.Instance {
	t.Helper()
	if len(m.Workloads) != 1 || len(m.Workloads[0].Processes) != 1 {
		t.Fatalf("%d workloads", len(m.Workloads))
	}
	return m.Workloads[0].Processes[0].Instances[0]
}

const conf = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf, namespace: q}\ndata:\n  b.conf: |\n    namesrvAddr=file:1\n    brokerName=one\n    brokerName=two\n"

func TestSettingsAsTheProcessSeesThem(t *testing.T) {
	const image = "image: apache/rocketmq:5.3.3\n"
	const mounted = "volumeMounts: [{name: conf, mountPath: /etc/mq}]\n"
	const volume = "volumes: [{name: conf, configMap: {name: conf}}]\n"
	for name, c := range map[string]struct{ container, rest, more, key, want string }{
		"the file":             {image + "command: [sh, mqbroker, -c, /etc/mq/b.conf]\n" + mounted, volume, conf, "namesrvAddr", "file:1"},
		"the last key":         {image + "command: [sh, mqbroker, -c, /etc/mq/b.conf]\n" + mounted, volume, conf, "brokerName", "two"},
		"-n over the file":     {image + "command: [sh, mqbroker, -n, 'flag:1', -c, /etc/mq/b.conf]\n" + mounted, volume, conf, "namesrvAddr", "flag:1"},
		"the file over env":    {image + "command: [sh, mqbroker, -c, /etc/mq/b.conf]\nenv: [{name: NAMESRV_ADDR, value: 'env:1'}]\n" + mounted, volume, conf, "namesrvAddr", "file:1"},
		"the environment":      {image + "command: [sh, mqbroker]\nenv: [{name: HOST, value: env}, {name: NAMESRV_ADDR, value: '$(HOST):1'}]\n", "", "", "namesrvAddr", "env:1"},
		"a property over env":  {image + "command: [sh, mqbroker]\nenv: [{name: NAMESRV_ADDR, value: 'env:1'}, {name: JAVA_OPT_EXT, value: '-Drocketmq.namesrv.addr=prop:1'}]\n", "", "", "namesrvAddr", "prop:1"},
		"a default":            {image + "command: [sh, mqbroker]\n", "", "", "slaveTimeout", "3000"},
		"the user's home":      {image + "command: [sh, mqbroker]\n", "", "", "storePathRootDir", "/home/rocketmq/store"},
		"root's home":          {image + "command: [sh, mqbroker]\nsecurityContext: {runAsUser: 0}\n", "", "", "storePathRootDir", "/root/store"},
		"another home":         {image + "command: [sh, mqbroker]\nenv: [{name: JAVA_OPT_EXT, value: -Duser.home=/data}]\n", "", "", "storePathRootDir", "/data/store"},
		"the image's own file": {image + "command: [sh, mqbroker, -c, ../conf/2m-2s-sync/broker-b-s.properties]\n", "", "", "brokerRole", "SLAVE"},
		"a Secret": {image + "command: [sh, mqbroker, -c, /etc/mq/x.conf]\n" + mounted, "volumes: [{name: conf, secret: {secretName: s, items: [{key: k, path: x.conf}]}}]\n",
			"---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: q}\ndata: {k: YnJva2VyTmFtZT1oaWRkZW4K}\n", "brokerName", "hidden"},
		"a projected volume": {image + "command: [sh, mqbroker, -c, /etc/mq/b.conf]\n" + mounted, "volumes: [{name: conf, projected: {sources: [{configMap: {name: conf}}]}}]\n", conf, "brokerName", "two"},
		"a single file":      {image + "command: [sh, mqbroker, -c, /opt/b.conf]\nvolumeMounts: [{name: conf, mountPath: /opt/b.conf, subPath: b.conf}]\n", volume, conf, "brokerName", "two"},
		"envFrom":            {image + "command: [sh, mqbroker]\nenvFrom: [{configMapRef: {name: e}}]\n", "", "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: e}\ndata: {NAMESRV_ADDR: 'from:1'}\n", "namesrvAddr", "from:1"},
		"the entry point":    {image + "args: [broker, -c, /etc/mq/b.conf]\n" + mounted, volume, conf, "brokerName", "two"},
		"the role variable":  {image + "env: [{name: NODE_ROLE, value: broker}]\n", "", "", "brokerRole", "ASYNC_MASTER"},
	} {
		t.Run(name, func(t *testing.T) {
			s := only(t, build(t, pod(c.container, c.rest)+c.more)).Get(c.key)
			if s.Value != c.want || s.Unknown != "" {
				t.Errorf("%s=%q (%s), want %q", c.key, s.Value, s.Unknown, c.want)
			}
		})
	}
}

func TestWhatCannotBeKnownIsSaid(t *testing.T) {
	for name, c := range map[string]struct{ container, key, reason string }{
		"an absent ConfigMap":  {"image: apache/rocketmq:5.3.3\ncommand: [sh, mqbroker, -c, /etc/mq/b.conf]\nvolumeMounts: [{name: conf, mountPath: /etc/mq}]\n", "brokerName", "ConfigMap conf"},
		"an image's own file":  {"image: example.com/rocketmq:1\ncommand: [sh, mqbroker, -c, /opt/b.conf]\n", "brokerName", "part of the image"},
		"an image's own start": {"image: example.com/rocketmq-broker:1\n", "brokerName", "start command"},
		"a user's home":        {"image: apache/rocketmq:5.3.3\ncommand: [sh, mqbroker]\nsecurityContext: {runAsUser: 1234}\n", "storePathRootDir", "home"},
		"an absent Secret":     {"image: apache/rocketmq:5.3.3\ncommand: [sh, -c, 'mqbroker -n $NS']\nenv: [{name: NS, valueFrom: {secretKeyRef: {name: s, key: k}}}]\n", "namesrvAddr", "secret s"},
	} {
		t.Run(name, func(t *testing.T) {
			m := build(t, pod(c.container, "volumes: [{name: conf, configMap: {name: conf}}]\n"))
			if s := only(t, m).Get(c.key); !strings.Contains(s.Unknown, c.reason) {
				t.Errorf("%q is %q because of %q", c.key, s.Value, s.Unknown)
			}
		})
	}
}

func TestRecognition(t *testing.T) {
	const none keys.Server = ""
	for container, want := range map[string]keys.Server{
		"image: x\ncommand: [sh, /rocketmq/bin/mqnamesrv]":                                                                          keys.NameServer,
		"image: x\ncommand: [java, -Xmx1g, org.apache.rocketmq.broker.BrokerStartup]":                                               keys.Broker,
		"image: x\ncommand: [bash, -c, 'cd /opt && exec ./bin/runserver.sh org.apache.rocketmq.controller.ControllerStartup -c x']": keys.Controller,
		"image: x\nargs: [tini, --, sh, mqproxy, -pc, x.json]":                                                                      keys.Proxy,
		"image: example.com/rocketmq-proxy:5":                                                                                       keys.Proxy,
		"image: apacherocketmq/rocketmq-nameserver:4.5.0-alpine-operator-0.3.0":                                                     keys.NameServer,
		"image: own/rocketmq\nports: [{containerPort: 10911}]":                                                                      keys.Broker,
		"image: apacherocketmq/rocketmq-dashboard:1.0":                                                                              none,
		"image: apacherocketmq/rocketmq-exporter:0.0.2\nports: [{containerPort: 9876}]":                                             none,
		"image: nginx\nports: [{containerPort: 9876}]":                                                                              none,
		"image: apache/rocketmq:5.3.3\ncommand: [sh, mqadmin, clusterList]":                                                         none,
	} {
		m := build(t, pod(container, ""))
		var got keys.Server
		if len(m.Workloads) == 1 {
			got = m.Workloads[0].Processes[0].Role
		}
		if got != want {
			t.Errorf("%q runs %q, want %q", container, got, want)
		}
	}
}

func TestOrdinalsGiveIdentities(t *testing.T) {
	text := strings.Replace(pod("image: apache/rocketmq:5.3.3\ncommand: [bash, -c, 'echo brokerName=b-${HOSTNAME##*-} > /tmp/b.conf; exec sh mqbroker -c /tmp/b.conf']\n", ""), "replicas: 1", "replicas: 3", 1)
	m := build(t, text)
	if len(m.Clusters) != 1 || len(m.Clusters[0].Groups) != 3 || m.Clusters[0].Groups[2].Name != "b-2" {
		t.Errorf("%+v", m.Clusters)
	}
}

// TestOperatorsController looks at the operator's own example, whose controllers have the NameServer's image.
func TestOperatorsController(t *testing.T) {
	m := build(t, "apiVersion: rocketmq.apache.org/v1alpha1\nkind: Controller\nmetadata: {name: c}\n"+
		"spec: {size: 3, controllerImage: 'apacherocketmq/rocketmq-nameserver:5.0.0-alpine-operator-0.4.0', storageMode: StorageClass, volumeClaimTemplates: [{metadata: {name: s}}]}\n")
	p := m.Workloads[0].Processes[0]
	if p.Role != keys.Controller {
		t.Errorf("runs a %s", p.Role)
	}
	if s := p.Workload.StorageOf(p.Container, p.Instances[0].Get("controllerStorePath").Value); s.Kind != "template" {
		t.Errorf("the log lies in %s: %s", s.Path, s.Kind)
	}
	if !strings.Contains(m.Unresolved[0].Reason, "taken from the resource") {
		t.Errorf("%+v", m.Unresolved)
	}
}
