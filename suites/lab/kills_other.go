package lab

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/internal/await"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// victimWithin is until when there must be one to kill: a helper is made for its fault.
const victimWithin = time.Minute

// containers reaches them past Kubernetes.
type containers interface {
	KillContainer(ctx context.Context, node, id string) error
}

// What a runner that lives says of its fault, one line each.
const (
	saidBegins = "begins"
	saidFailed = "failed"
)

// killOther starts the child, kills its victim, and has the child heal. A fault that failed while everybody lived shows nothing.
func (k kill) killOther(ctx context.Context, child *exec.Cmd) error {
	told, errIn := child.StdinPipe()
	out, errOut := child.StdoutPipe()
	if err := errors.Join(errIn, errOut); err != nil {
		return err
	}
	if err := child.Start(); err != nil {
		return err
	}
	said := linesOf(out)
	failed := k.killAfter(ctx, said)
	_ = told.Close() // heal
	for range said {
		continue // until it has ended
	}
	if err := child.Wait(); err != nil {
		failed = errors.Join(failed, fmt.Errorf("the runner did not heal: %w", err))
	}
	return failed
}

func linesOf(out io.Reader) <-chan string {
	said := make(chan string, 8) // more than a runner says, so that it never waits for us
	go func() {
		defer close(said)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			said <- lines.Text()
		}
	}()
	return said
}

// killAfter waits for the moment, counted from when the fault begins.
func (k kill) killAfter(ctx context.Context, said <-chan string) error {
	if first := <-said; first != saidBegins {
		return fmt.Errorf("the runner ended before its fault began: %q", first)
	}
	timer := time.NewTimer(k.after)
	defer timer.Stop()
	for {
		select {
		case line, ok := <-said:
			if !ok || line == saidFailed {
				return fmt.Errorf("nothing was killed: before the %s was, the fault was not injected, or not confirmed", k.victim)
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-timer.C:
			return k.killVictim(ctx)
		}
	}
}

// killVictim sends SIGKILL to the container of one pod that may be the victim.
func (k kill) killVictim(ctx context.Context) error {
	wait := await.Wait{What: "a " + string(k.victim) + " to kill", Within: victimWithin, Every: 100 * time.Millisecond}
	return wait.Until(ctx, func(ctx context.Context) error {
		namespace, selector := hand.Namespace, ""
		if k.victim == Agent {
			namespace, selector = k.cluster.Namespace(), "app.kubernetes.io/component=agent"
		}
		pods, err := k.cluster.Client().CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
		if err != nil {
			return err
		}
		alive := running(pods.Items)
		if len(alive) == 0 {
			return fmt.Errorf("of %d pods in namespace %s none runs", len(pods.Items), namespace)
		}
		one := alive[int(k.draw)%len(alive)]
		return k.nodes.KillContainer(ctx, one.node, one.id)
	})
}

type container struct{ node, id string }

// running lists the containers of pods that run.
func running(pods []corev1.Pod) (all []container) {
	for _, p := range pods {
		for _, s := range p.Status.ContainerStatuses {
			if s.State.Running != nil {
				all = append(all, container{p.Spec.NodeName, s.ContainerID})
			}
		}
	}
	return all
}
