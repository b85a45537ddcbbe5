package lab

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/ledger"
	"github.com/rmqproof/rmqproof/fixtures/kindcluster"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"k8s.io/client-go/rest"
)

// Strike injects a fault, says a word when it begins, confirms it, and holds it until it is killed.
func Strike(ctx context.Context, config *rest.Config, f chaos.Fault, file string, say io.Writer) error {
	_, err := strike(ctx, config, f, file, say)
	if err != nil {
		return err
	}
	<-ctx.Done()
	return ctx.Err()
}

// StrikeAndHeal injects a fault and confirms it, and heals it once told ends, whatever became of it by then: somebody else
// was killed.
func StrikeAndHeal(ctx context.Context, config *rest.Config, f chaos.Fault, file string, told io.Reader, say io.Writer) error {
	hurried, cancel := context.WithCancel(ctx)
	go func() { _, _ = io.Copy(io.Discard, told); cancel() }()
	i, err := strike(hurried, config, f, file, say)
	if err != nil {
		fmt.Fprintln(say, saidFailed)
		fmt.Fprintln(os.Stderr, "the fault so far:", err)
	}
	<-hurried.Done()
	if i == nil {
		return nil
	}
	return i.Heal(context.WithoutCancel(ctx))
}

func strike(ctx context.Context, config *rest.Config, f chaos.Fault, file string, say io.Writer) (chaos.Injection, error) {
	l, err := ledger.Open(file)
	if err != nil {
		return nil, err
	}
	bed, err := kindcluster.Attach(ctx, kindcluster.Options{})
	if err != nil {
		return nil, err
	}
	cluster, err := rocketmq.Open(rocketmq.Access{Config: config, Ledger: l, Power: bed.Power(), Proxy: func(namespace, pod string, port int) (agentapi.Transport, error) {
		return kindcluster.NewPodProxy(config, namespace, pod, port)
	}}, rocketmq.Topology{Overlay: rocketmq.OverlayKind})
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(say, saidBegins)
	i, err := f.Inject(ctx, cluster)
	if err == nil {
		err = i.Confirm(ctx)
	}
	return i, err
}
