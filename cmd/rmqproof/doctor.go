//go:build !agent

package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/fixtures/doctor"
	"github.com/rmqproof/rmqproof/fixtures/kindcluster"
	"github.com/rmqproof/rmqproof/suites/catalog"
)

func newDoctorCommand() *cobra.Command {
	o := doctor.Options{Cluster: kindcluster.DefaultName, Images: os.Getenv("IMAGES"), Owned: clusterIsOurs}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say whether this machine is fit for an experiment, and what to do where it is not",
		Long: `Say whether this machine is fit for an experiment, and what to do where it is not. Nothing is changed.

Exit code: 0 it is fit, 1 it is not, 64 usage.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings := doctor.Run(cmd.Context(), o)
			if err := doctor.Write(cmd.OutOrStdout(), findings); err != nil {
				return err
			}
			if doctor.Worst(findings) == doctor.Fail {
				return exitError{exitViolated, errors.New("this machine is not fit as it is: see above")}
			}
			return nil
		},
	}
	cmd.Flags().StringSliceVar(&o.Version, "version", []string{catalog.Default.From}, "RocketMQ versions that the machine must be able to run")
	return cmd
}

// clusterIsOurs tells whether we wrote a kubeconfig for the cluster, as we do for none but ours.
func clusterIsOurs() bool {
	path, err := kindcluster.Options{}.Kubeconfig()
	if err != nil {
		return false
	}
	_, err = os.Stat(path)
	return err == nil
}
