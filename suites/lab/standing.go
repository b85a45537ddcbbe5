package lab

import (
	"context"
	"errors"
	"time"

	"github.com/rmqproof/rmqproof/fixtures/kindcluster"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/internal/progress"
	"github.com/rmqproof/rmqproof/workload"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"k8s.io/client-go/rest"
)

// Standing is how a cluster is reached that is there already. Whoever makes one has asked the rails.
type Standing struct {
	Config     *rest.Config
	Context    string        // of the kubeconfig
	AbortAfter time.Duration // for how long a broker group may be out before all is healed and ended
	AgentImage string        // from where the cluster's nodes can pull it
}

func (s *Standing) access() rocketmq.Access {
	return rocketmq.Access{Config: s.Config, Proxy: func(namespace, pod string, port int) (agentapi.Transport, error) {
		return kindcluster.NewPodProxy(s.Config, namespace, pod, port)
	}}
}

// adopt looks at the cluster that stands, once, and leaves it as it is.
func (l *Lab) adopt(ctx context.Context, t rocketmq.Topology) (*rocketmq.Cluster, error) {
	if l.deployed != nil {
		return l.deployed, nil
	}
	t.Layout, t.AgentImage = &l.Subject.Layout, l.Standing.AgentImage
	c, err := rocketmq.Adopt(ctx, l.access(), t)
	if c != nil {
		l.adopted = c
	}
	if err == nil {
		l.deployed = c
	}
	return c, err
}

// retreat takes away what is ours of a cluster that stands on.
func (l *Lab) retreat(ctx context.Context) error {
	if l.adopted == nil {
		return nil
	}
	progress.Say(ctx, "the cluster in context %s is left standing", l.Standing.Context)
	return l.adopted.Leave(context.WithoutCancel(ctx))
}

// Aborted says why the run must go no further; nil: it may.
func (l *Lab) Aborted() error { return l.aborted }

// tidy takes the load's topics and groups off a cluster that stands on.
func (l *Lab) tidy(ctx context.Context, load *workload.Load) error {
	if l.Standing == nil {
		return nil
	}
	step := progress.Start(ctx, "take the load's topics and consumer groups away")
	if err := load.Remove(ctx); err != nil {
		return step.Done(errors.Join(errors.New("topics or groups of the load, whose names begin with rmqproof-, stay on the cluster"), err))
	}
	return step.Done(nil)
}

// made describes what the cluster is made of, for a report.
func (l *Lab) made() (cluster string, versions map[string]string) {
	described := l.deployed.Topology().Described()
	if l.Standing == nil {
		return "kind " + l.bed.Name + ", " + described, l.bed.Versions()
	}
	versions = map[string]string{"kubernetes": "unknown"}
	if v, err := l.deployed.Client().Discovery().ServerVersion(); err == nil {
		versions["kubernetes"] = v.GitVersion
	}
	return described, versions
}
