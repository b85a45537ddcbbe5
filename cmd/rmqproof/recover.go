//go:build !agent

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/ledger"
	"github.com/rmqproof/rmqproof/chaos/recovery"
	"github.com/rmqproof/rmqproof/fixtures/kindcluster"
)

type recoverOptions struct {
	kubeconfig, context, namespace, ledger string
	stop, lift                             bool
}

// newRecoverCommand undoes what a killed run left.
func newRecoverCommand() *cobra.Command {
	var o recoverOptions
	c := &cobra.Command{
		Use:   "recover",
		Short: "Undo the faults that a killed run left in a cluster: only what is ours, and say what it was",
		Long: `Undo the faults that a killed run left in a cluster: only what is ours, and say what it was.

The run wrote each fault down before it acted: in the ConfigMap ` + ledger.ConfigMap + ` of the namespace and in ledger.jsonl in its
folder. Either is enough. It may be repeated: what is healed already is left alone.

--stop forbids new faults in the namespace first, by an annotation that every run reads before each act, and then heals what is
there: for when somebody needs the cluster now. --lift allows faults again.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	c.Flags().StringVar(&o.kubeconfig, "kubeconfig", "", "kubeconfig file; default: that of our kind cluster if there is one and no context is named, else kubectl's")
	c.Flags().StringVar(&o.context, "context", "", "context of the kubeconfig; default: its current one")
	c.Flags().StringVarP(&o.namespace, "namespace", "n", "rocketmq", "namespace of the cluster under test")
	c.Flags().StringVar(&o.ledger, "ledger", "", "the run's ledger.jsonl, for when the ConfigMap is lost")
	c.Flags().BoolVar(&o.stop, "stop", false, "forbid new faults in the namespace before healing, also those of a run that is under way")
	c.Flags().BoolVar(&o.lift, "lift", false, "allow faults in the namespace again, and do nothing else")
	return c
}

func (o recoverOptions) run(cmd *cobra.Command) error {
	if o.stop && o.lift {
		return exitError{exitUsage, errors.New("--stop forbids faults and --lift allows them again: give one of them")}
	}
	client, err := o.client()
	if err != nil {
		return exitError{exitUsage, err}
	}
	if path, _ := o.path(); path != "" { // for the commands of a fault that the user brought
		if err := tellCommands(path, o.namespace); err != nil {
			return err
		}
	}
	if done, err := o.halt(cmd.Context(), client, cmd.OutOrStdout()); done || err != nil {
		return err
	}
	return o.recover(cmd.Context(), cmd.OutOrStdout(), func(l *ledger.Ledger) *recovery.System {
		return recovery.NewSystem(client, o.namespace, l).WithPower(o.power(cmd.Context()))
	})
}

// halt says stop, or lifts it; done: there is nothing else to do.
func (o recoverOptions) halt(ctx context.Context, client kubernetes.Interface, out io.Writer) (done bool, err error) {
	switch {
	case o.stop:
		if err := ledger.Stop(ctx, client, o.namespace, true); err != nil {
			return false, err
		}
		fmt.Fprintf(out, "no new fault begins in namespace %s until: rmqproof recover --lift%s\n", o.namespace, o.where())
	case o.lift:
		if err := ledger.Stop(ctx, client, o.namespace, false); err != nil {
			return false, err
		}
		fmt.Fprintf(out, "faults may be injected in namespace %s again\n", o.namespace)
	}
	return o.lift, nil
}

// where is the part of the command line that names this cluster.
func (o recoverOptions) where() (flags string) {
	if o.kubeconfig != "" {
		flags += " --kubeconfig '" + o.kubeconfig + "'"
	}
	if o.context != "" {
		flags += " --context '" + o.context + "'"
	}
	return flags + " --namespace " + o.namespace
}

func (o recoverOptions) recover(ctx context.Context, out io.Writer, system func(*ledger.Ledger) *recovery.System) error {
	if o.ledger != "" {
		if _, err := os.Stat(o.ledger); err != nil { // opening would make an empty one
			return exitError{exitUsage, fmt.Errorf("reading the ledger: %w", err)}
		}
	}
	l, err := ledger.Open(o.ledger)
	if err != nil {
		return err
	}
	defer l.Close()
	ctx = chaos.WithReporter(ctx, sayOften(out))
	healed, err := system(l).Recover(ctx)
	for _, e := range healed {
		fmt.Fprintf(out, "healed: %s on %s (%s), written down by run %s at %s\n", e.Fault, e.Target, e.Undo, orUnknown(e.Run), e.At.Format(time.RFC3339))
	}
	if err != nil {
		return fmt.Errorf("%w\nWhat is not healed stays written down: mend the cause and run the command again", err)
	}
	if len(healed) == 0 {
		fmt.Fprintf(out, "nothing was left in namespace %s\n", o.namespace)
	}
	return nil
}

func orUnknown(run string) string {
	if run == "" {
		return "unknown"
	}
	return run
}

// sayOften shows what is done, and what is waited for at most every few seconds.
func sayOften(out io.Writer) func(chaos.Report) {
	var last time.Time
	return func(r chaos.Report) {
		switch {
		case !r.Waiting:
			fmt.Fprintln(out, r.Text)
		case time.Since(last) > 5*time.Second:
			last = time.Now()
			fmt.Fprintf(out, "  waiting for %s, %s so far: %v\n", r.Text, r.For.Round(time.Second), r.Seen)
		}
	}
}

func (o recoverOptions) client() (kubernetes.Interface, error) {
	config, err := o.config()
	if err != nil {
		return nil, fmt.Errorf("which cluster is meant: %w", err)
	}
	return kubernetes.NewForConfig(config)
}

func (o recoverOptions) config() (*rest.Config, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	path, err := o.path()
	if err != nil {
		return nil, err
	}
	rules.ExplicitPath = path
	return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: o.context}).ClientConfig()
}

// power is that over the nodes of our own kind cluster, nil for any other: an undo that needs it says so.
func (o recoverOptions) power(ctx context.Context) chaos.Power {
	if o.kubeconfig != "" || o.context != "" || !clusterIsOurs() {
		return nil
	}
	c, err := kindcluster.Attach(ctx, kindcluster.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, "the nodes cannot be started from here:", err)
		return nil
	}
	return c.Power()
}

// path is the kubeconfig's, empty where kubectl's own rules find it.
func (o recoverOptions) path() (string, error) {
	if o.kubeconfig == "" && o.context == "" && clusterIsOurs() {
		return kindcluster.Options{}.Kubeconfig()
	}
	return o.kubeconfig, nil
}
