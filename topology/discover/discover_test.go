package discover_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/topology"
	"github.com/rmqproof/rmqproof/topology/discover"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
)

type reports struct {
	agentapi.Reported
	err error
}

func (r reports) Topology(context.Context) (agentapi.Reported, error) { return r.Reported, r.err }

func discovered(t *testing.T, r agentapi.Reported, objects ...runtime.Object) topology.Snapshot {
	t.Helper()
	s, err := discover.Source{Client: fake.NewClientset(objects...), Namespace: "mq", Reporter: reports{Reported: r}}.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s.Snapshot
}

// pod runs one container of RocketMQ's image, named as no code of ours would.
func pod(name, ip string, command ...string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "mq", UID: types.UID("uid-of-" + name)},
		Spec:       corev1.PodSpec{NodeName: "node-1", Containers: []corev1.Container{{Name: "main", Image: "example.com/rocketmq:5", Command: command}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, PodIP: ip, HostIP: "192.168.0.1", ContainerStatuses: []corev1.ContainerStatus{{
			Name: "main", ContainerID: "containerd://of-" + name, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
		}}},
	}
}

func brokerPod(name, ip string) *corev1.Pod {
	p := pod(name, ip, "sh", "mqbroker", "-c", "/etc/mq.conf")
	p.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 10911}}
	return p
}

func owned(p *corev1.Pod, kind, name string) *corev1.Pod {
	yes := true
	p.OwnerReferences = []metav1.OwnerReference{{Kind: kind, Name: name, Controller: &yes}}
	return p
}

func elected(group string, id int64, address, role string) agentapi.Broker {
	return agentapi.Broker{Group: group, ID: id, Address: address, Role: role, Epoch: 3, InSync: true, Writable: role == "master"}
}

// shown is one line a process: what it is and where, and what is wrong with it.
func shown(s topology.Snapshot) (lines []string) {
	for _, p := range s.Processes {
		line := p.String() + " of " + p.Owner.String()
		if p.Error != "" {
			line += ": " + p.Error
		}
		lines = append(lines, line)
	}
	return lines
}

func expect(t *testing.T, s topology.Snapshot, want ...string) {
	t.Helper()
	if got := shown(s); !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestAnElectionMovesTheRole(t *testing.T) {
	pods := []runtime.Object{
		owned(brokerPod("a-0", "10.0.0.1"), "StatefulSet", "a"), owned(brokerPod("a-1", "10.0.0.2"), "StatefulSet", "a"),
	}
	before := discovered(t, agentapi.Reported{Brokers: []agentapi.Broker{
		elected("a", 0, "10.0.0.1:10911", "master"), elected("a", 2, "10.0.0.2:10911", "slave"),
	}}, pods...)
	expect(t, before, "broker a/0 (master) in pod a-0 of StatefulSet a", "broker a/2 (slave) in pod a-1 of StatefulSet a")
	after := discovered(t, agentapi.Reported{Brokers: []agentapi.Broker{
		elected("a", 1, "10.0.0.1:10911", "slave"), elected("a", 0, "10.0.0.2:10911", "master"),
	}}, pods...)
	expect(t, after, "broker a/1 (slave) in pod a-0 of StatefulSet a", "broker a/0 (master) in pod a-1 of StatefulSet a")
	if m := after.Masters()[0]; m.Epoch != 3 || !m.Writable || m.Identity() != "uid-of-a-1/containerd://of-a-1" {
		t.Errorf("%+v", m)
	}
}

func TestABrokerThatMoved(t *testing.T) {
	moved := brokerPod("a-0", "10.0.0.9")
	moved.Spec.NodeName, moved.UID = "node-2", "another"
	s := discovered(t, agentapi.Reported{Brokers: []agentapi.Broker{elected("a", 0, "10.0.0.9:10911", "master")}}, moved)
	if p := s.Processes[0]; p.Node != "node-2" || p.UID != "another" || p.Pod != "a-0" {
		t.Errorf("%+v", p)
	}
}

func TestARegistrationMayOutliveItsPod(t *testing.T) {
	dead := elected("a", 0, "10.0.0.1:10911", "master")
	dead.Error = "no answer"
	ended := brokerPod("a-0-before", "10.0.0.1")
	ended.Status.Phase = corev1.PodFailed
	heir := pod("unrelated", "10.0.0.1", "nginx") // has the dead pod's address now
	heir.Spec.Containers[0].Image = "nginx"
	s := discovered(t, agentapi.Reported{Brokers: []agentapi.Broker{dead}}, ended, heir, brokerPod("a-0", "10.0.0.5"))
	expect(t, s, "broker in pod a-0 of no owner: no NameServer lists it", "broker a/0 (master) at 10.0.0.1:10911 of no owner: no answer")
	if len(s.Masters()) != 0 {
		t.Errorf("a dead registration is no master: %v", s.Masters())
	}
}

func TestTheHostsNetwork(t *testing.T) {
	one, two := brokerPod("a", "192.168.0.1"), brokerPod("b", "192.168.0.1")
	two.Spec.Containers[0].Ports[0].ContainerPort = 20911
	agent := pod("busy", "192.168.0.1", "mqproxy")
	for _, p := range []*corev1.Pod{one, two, agent} {
		p.Spec.HostNetwork = true
	}
	s := discovered(t, agentapi.Reported{Brokers: []agentapi.Broker{
		elected("a", 0, "192.168.0.1:10911", "master"), elected("b", 0, "192.168.0.1:20911", "master"),
	}}, one, two, agent)
	expect(t, s, "broker a/0 (master) in pod a of no owner", "broker b/0 (master) in pod b of no owner", "proxy in pod busy of no owner")
	two.Spec.Containers[0].Ports, one.Spec.Containers[0].Ports = nil, nil
	s = discovered(t, agentapi.Reported{Brokers: []agentapi.Broker{elected("a", 0, "192.168.0.1:10911", "master")}}, one, two)
	if p := s.Group("a")[0]; p.Pod != "" || !strings.Contains(p.Error, "several containers") {
		t.Errorf("a guess: %+v", p)
	}
}

func TestAddressesOfOthersThanThePod(t *testing.T) {
	p := brokerPod("a-0", "10.0.0.1")
	p.Labels = map[string]string{"who": "a"}
	p.Spec.Hostname, p.Spec.Subdomain = "a-0", "brokers"
	p.Spec.Containers[0].Ports[0].HostPort = 30911
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "a", Namespace: "mq"},
		Spec: corev1.ServiceSpec{Selector: map[string]string{"who": "a"}, ClusterIP: "10.96.0.1",
			Ports: []corev1.ServicePort{{Port: 10911, NodePort: 31911}}},
	}
	for _, address := range []string{"a-0.brokers.mq.svc.cluster.local:10911", "192.168.0.1:30911", "10.96.0.1:10911", "192.168.0.1:31911", "a.mq.svc:10911"} {
		s := discovered(t, agentapi.Reported{Brokers: []agentapi.Broker{elected("a", 0, address, "master")}}, p, service)
		if b := s.Group("a")[0]; b.Pod != "a-0" {
			t.Errorf("%s: %+v", address, b)
		}
	}
	second := brokerPod("a-1", "10.0.0.2")
	second.Labels = p.Labels
	s := discovered(t, agentapi.Reported{Brokers: []agentapi.Broker{elected("a", 0, "10.96.0.1:10911", "master")}}, p, second, service)
	if b := s.Group("a")[0]; b.Pod != "" {
		t.Errorf("a service over two pods names neither: %+v", b)
	}
}

func TestControllersInsideNameServersAndAlone(t *testing.T) {
	inside := pod("ns-0", "10.0.0.1", "sh", "-c", `exec sh "$ROCKETMQ_HOME/bin/mqnamesrv" -c /tmp/n.conf`)
	r := agentapi.Reported{
		NameServers: []agentapi.NameServer{{Address: "10.0.0.1:9876", Host: "ns-0.ns:9876"}},
		Controllers: []agentapi.Controller{{Address: "10.0.0.1:9878", Leader: true}, {Address: "10.0.0.2:9878"}, {Host: "gone:9878", Error: "no such host"}},
	}
	s := discovered(t, r, inside, pod("ctl-0", "10.0.0.2", "mqcontroller"), pod("ctl-1", "10.0.0.3", "mqcontroller"))
	expect(t, s, "controller at gone:9878 of no owner: no such host", "controller (follower) in pod ctl-0 of no owner",
		"controller in pod ctl-1 of no owner: no broker is told to use it", "controller (leader) in pod ns-0 of no owner", "nameserver in pod ns-0 of no owner")
	if leader, ok := s.Leader(); !ok || len(s.ByIdentity(leader.Identity())) != 2 {
		t.Errorf("the leader is a server of the NameServer's process: %+v", leader)
	}
}

func TestANameServerUnderADeploymentThatDoesNotRun(t *testing.T) {
	yes := true
	set := &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Name: "ns-77", Namespace: "mq",
		OwnerReferences: []metav1.OwnerReference{{Kind: "Deployment", Name: "ns", Controller: &yes}}}}
	p := owned(pod("ns-77-x", "", "mqnamesrv"), "ReplicaSet", "ns-77")
	p.Spec.Hostname, p.Spec.Subdomain = "ns", "names"
	p.Status.ContainerStatuses[0].State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}
	s := discovered(t, agentapi.Reported{NameServers: []agentapi.NameServer{{Host: "ns.names:9876", Error: "no such host"}}}, set, p)
	expect(t, s, "nameserver in pod ns-77-x of Deployment ns: no such host")
	if p := s.Processes[0]; p.ContainerID != "" {
		t.Errorf("a container that does not run has no identity: %+v", p)
	}
	expect(t, discovered(t, agentapi.Reported{}, set, p), "nameserver in pod ns-77-x of Deployment ns: its container does not run")
}

func TestOnlyServersAreProcesses(t *testing.T) {
	agent := pod("load", "10.0.0.4")
	agent.Spec.Containers[0].Image, agent.Spec.Containers[0].Args = "rmqproof/agent:dev", []string{"agent", "--namesrv", "x:1"}
	dashboard := pod("dashboard", "10.0.0.5")
	dashboard.Spec.Containers[0].Image = "apacherocketmq/rocketmq-dashboard:1"
	dashboard.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 9876}}
	sidecar := brokerPod("a-0", "10.0.0.6")
	sidecar.Spec.Containers = append([]corev1.Container{{Name: "exporter", Image: "own/exporter"}}, sidecar.Spec.Containers...)
	s := discovered(t, agentapi.Reported{Brokers: []agentapi.Broker{elected("a", 0, "10.0.0.6:10911", "master")}},
		agent, dashboard, sidecar, pod("tool", "10.0.0.7", "sh", "mqadmin", "clusterList"))
	expect(t, s, "agent in pod load of no owner", "broker a/0 (master) in pod a-0 of no owner")
	if c := s.Of(topology.Broker)[0].Container; c != "main" {
		t.Errorf("container %s", c)
	}
}

func TestNoSnapshotWithoutReports(t *testing.T) {
	s := discover.Source{Client: fake.NewClientset(), Namespace: "mq", Reporter: reports{err: errors.New("the agent is gone")}}
	if _, err := s.Look(t.Context()); err == nil || !strings.Contains(err.Error(), "the agent is gone") {
		t.Errorf("%v", err)
	}
}

func TestAProxyInsideABrokerIsOneOfItsServers(t *testing.T) {
	pod := owned(brokerPod("a-0", "10.0.0.1"), "StatefulSet", "a")
	pod.Spec.Containers[0].Command = []string{"sh", "-c", "exec sh mqbroker --enable-proxy -c /etc/rocketmq/broker.conf"}
	s := discovered(t, agentapi.Reported{Brokers: []agentapi.Broker{elected("a", 0, "10.0.0.1:10911", "master")}}, pod)
	expect(t, s, "broker a/0 (master) in pod a-0 of StatefulSet a", "proxy in pod a-0 of StatefulSet a")
	if all := s.ByIdentity(s.Masters()[0].Identity()); len(all) != 2 {
		t.Errorf("in one container there are %v", all)
	}
}
