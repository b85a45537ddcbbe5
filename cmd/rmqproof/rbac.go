//go:build !agent

package main

import (
	"fmt"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/rmqproof/rmqproof/fixtures/rails"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/suites/catalog"
)

func newRBACCommand() *cobra.Command {
	var profile, namespace string
	var allow rails.Allow
	c := &cobra.Command{
		Use:   "rbac --for PROFILE --namespace NAMESPACE",
		Short: "Print the least roles that certify --context needs, for whoever administers the cluster to apply",
		Long: `Print the least roles that certify --context needs, bound to the service account rmqproof-certify of the namespace: for faults on
pods, and with --allow-nodes and --allow-privileged for what these allow to certify. certify asks for each of them before anything
starts, and names those that are missing.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := catalog.Latest(profile); err != nil {
				return exitError{exitUsage, err}
			}
			if namespace == "" {
				return exitError{exitUsage, fmt.Errorf("--namespace names the namespace of the RocketMQ cluster, and it is missing")}
			}
			if err := checkNamespace(namespace); err != nil {
				return err
			}
			for _, o := range rails.For(rocketmq.AgentNamespace, allow).Objects(namespace, rocketmq.AgentNamespace) {
				raw, err := yaml.Marshal(o)
				if err != nil {
					return err
				}
				if _, err := fmt.Fprintf(cmd.OutOrStdout(), "---\n%s", raw); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().StringVar(&profile, "for", "pods", "profile that is to be run")
	c.Flags().StringVarP(&namespace, "namespace", "n", "", "namespace of the RocketMQ cluster")
	c.Flags().BoolVar(&allow.Nodes, "allow-nodes", false, "also for scenarios that disturb nodes")
	c.Flags().BoolVar(&allow.Privileged, "allow-privileged", false, "also for scenarios that need a privileged pod on a target's node")
	return c
}
