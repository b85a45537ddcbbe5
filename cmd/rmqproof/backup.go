//go:build !agent

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/fixtures/backup"
	"github.com/rmqproof/rmqproof/fixtures/kindcluster"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/internal/progress"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

func newBackupCommand() *cobra.Command {
	namespace := rocketmq.Namespace
	c := &cobra.Command{
		Use:   "backup FOLDER",
		Short: "Back up the RocketMQ cluster on our kind cluster into a new folder, file by file from a slave of each group",
		Long: `Back up the RocketMQ cluster on our kind cluster into a new folder, file by file from a slave of each group, while it serves.

What was acknowledged before the moment that is printed is in the backup, and topics, consumer groups and their progress as they
were then. Every file has a digest; rmqproof restore refuses a backup of which a byte is missing or another.

Exit code: 0 the backup is whole, 2 there is none, 64 usage.`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return backUp(cmd.Context(), cmd.OutOrStdout(), namespace, args[0])
		},
	}
	c.Flags().StringVarP(&namespace, "namespace", "n", namespace, "namespace of the cluster")
	return c
}

func backUp(ctx context.Context, out io.Writer, namespace, folder string) error {
	if !clusterIsOurs() {
		return exitError{exitUsage, errors.New("there is no kind cluster of ours: rmqproof up makes one")}
	}
	kind, err := kindcluster.Attach(ctx, kindcluster.Options{})
	if err != nil {
		return err
	}
	source, err := rocketmq.Open(rocketmq.Access{Config: kind.Config, Proxy: func(namespace, pod string, port int) (agentapi.Transport, error) {
		return kind.PodProxy(namespace, pod, port)
	}}, rocketmq.Topology{Namespace: namespace})
	if err != nil {
		return exitError{exitUsage, err}
	}
	step := progress.Start(ctx, "back up namespace %s into %s", namespace, folder)
	b, err := backup.Take(ctx, source, folder, nil)
	if step.Done(err) != nil {
		return err
	}
	for _, g := range b.Groups {
		fmt.Fprintf(out, "%s: %d files of pod %s, %d bytes packed\n", g.Name, g.Files, g.Pod, g.Bytes)
	}
	fmt.Fprintf(out, "what was acknowledged before %s is in %s\n", b.Moment.UTC().Format(time.RFC3339Nano), folder)
	return nil
}
