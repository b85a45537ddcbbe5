package discover_test

import (
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/topology/discover"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/fake"
)

func lookup(name, ip string, change func(*corev1.Pod)) *corev1.Pod {
	p := pod(name, ip, "sh", "mqnamesrv")
	p.Labels = map[string]string{"app": "lookup"}
	if change != nil {
		change(p)
	}
	return p
}

func serviceOf(name, clusterIP string, port int32) *corev1.Service {
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "mq"},
		Spec: corev1.ServiceSpec{ClusterIP: clusterIP, Selector: map[string]string{"app": "lookup"}, Ports: []corev1.ServicePort{{Port: port, TargetPort: intstr.FromInt32(9876)}}}}
}

func TestNameServersHaveNamesThatLast(t *testing.T) {
	stable := func(p *corev1.Pod) { p.Spec.Hostname, p.Spec.Subdomain = p.Name, "ns" }
	other := func(p *corev1.Pod) {
		stable(p)
		p.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 19876}}
	}
	host := func(p *corev1.Pod) { p.Spec.HostNetwork = true }
	for want, objects := range map[string][]runtime.Object{
		"a-0.ns.mq.svc:9876;a-1.ns.mq.svc:9876": {lookup("a-0", "10.0.0.1", stable), lookup("a-1", "10.0.0.2", stable), serviceOf("ns", "None", 9876)},
		"a-0.ns.mq.svc:19876":                   {lookup("a-0", "10.0.0.1", other), serviceOf("ns", "None", 9876)},
		"one.mq.svc:80":                         {lookup("a", "10.0.0.1", nil), serviceOf("one", "10.1.0.1", 80)},
		"alone.mq.svc:9876":                     {lookup("a", "10.0.0.1", nil), serviceOf("alone", "None", 80)},
		"192.168.0.1:9876":                      {lookup("a", "10.0.0.1", host)},
		"no pod of namespace mq runs a Name":    {pod("x", "10.0.0.9", "sleep")},
		"NameServer pod a has no name":          {lookup("a", "10.0.0.1", nil), lookup("b", "10.0.0.2", nil), serviceOf("both", "10.1.0.1", 9876)},
		"NameServer pod c has no name":          {lookup("c", "10.0.0.1", nil)},
	} {
		got, err := discover.NameServers(t.Context(), fake.NewClientset(objects...), "mq")
		if err != nil && strings.Contains(err.Error(), want) {
			continue
		}
		if err != nil || got != want {
			t.Errorf("got %q %v, want %q", got, err, want)
		}
	}
}
