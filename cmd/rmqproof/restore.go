//go:build !agent

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/fixtures/backup"
	"github.com/rmqproof/rmqproof/fixtures/kindcluster"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/rmqproof/rmqproof/suites/lab"
)

type restoreOptions struct{ namespace, name, judge, out string }

func newRestoreCommand() *cobra.Command {
	o := restoreOptions{}
	c := &cobra.Command{
		Use:   "restore FOLDER",
		Short: "Make another RocketMQ cluster of a backup on our kind cluster, in a new namespace and under another name",
		Long: `Make another RocketMQ cluster of a backup on our kind cluster, in a new namespace and under another name. What stands there already
is left as it is. The restored cluster has the masters alone, and acknowledges without a second copy.

With --judge it is held to what a run's clients were told: every message that was acknowledged before the backup's moment has to be
there, intact and at its offset, and topics, consumer groups and their progress as the masters had them then.

Exit code: 0 it serves and every claim holds, 1 a claim is violated, 2 there is no restored cluster, 64 usage, 65 the backup was cut or changed.`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, args[0]) },
	}
	c.Flags().StringVarP(&o.namespace, "namespace", "n", "", "namespace to make")
	c.Flags().StringVar(&o.name, "name", "", "name of the restored cluster (brokerClusterName); default: that of the namespace")
	c.Flags().StringVar(&o.judge, "judge", "", "folder of the experiment during which the backup was taken")
	c.Flags().StringVar(&o.out, "out", "", "folder for the report of --judge; default: restored, beside the backup")
	return c
}

func (o restoreOptions) run(cmd *cobra.Command, folder string) error {
	if o.namespace == "" || o.namespace == rocketmq.Namespace {
		return exitError{exitUsage, errors.New("--namespace names the namespace to make, and is not that of the bundled cluster")}
	}
	if err := checkNamespace(o.namespace); err != nil {
		return err
	}
	b, err := backup.Open(folder)
	if err != nil {
		return exitError{exitUnreadable, err}
	}
	restored, err := o.stand(cmd.Context(), b)
	if err != nil {
		return err
	}
	kubeconfig, err := kindcluster.Options{}.Kubeconfig() // kubectl's current context may be another cluster
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "the backup is restored in namespace %s and serves. Take it away with:\n  kubectl --kubeconfig %s delete namespace %s\n", o.namespace, kubeconfig, o.namespace)
	if o.judge == "" {
		return nil
	}
	out := cmp.Or(o.out, filepath.Join(filepath.Dir(filepath.Clean(folder)), "restored"))
	r := lab.Restored{Cluster: restored, Backup: b, Source: filepath.Join(o.judge, history.FileName), Dir: out}
	e, err := r.Judge(cmd.Context())
	if err != nil {
		return err
	}
	if err := reports.WriteExperiment(out, e); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s\n%s: %s\n%s", e.Meta.Config[lab.RecoveryPoint], out, strings.ToUpper(string(e.Verdict())), e.Report.Text())
	return verdictError(e.Verdict())
}

func (o restoreOptions) stand(ctx context.Context, b backup.Backup) (*rocketmq.Cluster, error) {
	if err := checkVersions(ctx, b.Version); err != nil {
		return nil, err
	}
	bed, err := bringUp(ctx, b.Version, catalog.Default.To)
	if err != nil {
		return nil, err
	}
	t := b.Topology(o.namespace, cmp.Or(o.name, o.namespace))
	if err := bed.Prepare(ctx, t); err != nil {
		return nil, err
	}
	return backup.Restore(ctx, bed.Access(), b, t)
}
