//go:build !agent

package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/fixtures/engine"
	"github.com/rmqproof/rmqproof/fixtures/images"
	"github.com/rmqproof/rmqproof/fixtures/images/build"
	"github.com/rmqproof/rmqproof/internal/cache"
	"github.com/rmqproof/rmqproof/suites/catalog"
)

func newImagesCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "images", Short: "Make or list the images that experiments run on", Args: usageArgs(cobra.NoArgs)}
	cmd.AddCommand(newImagesBuildCommand(), newImagesListCommand())
	return cmd
}

func newImagesBuildCommand() *cobra.Command {
	o := images.Options{}
	into := false
	cmd := &cobra.Command{
		Use:   "build",
		Short: "Make the images ahead of a run: from a registry, or from packages [IMAGES=auto|registry|packages]",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkVersions(cmd.Context(), o.RocketMQ...); err != nil {
				return err
			}
			e, err := engine.Ensure(cmd.Context(), engine.Options{})
			if err != nil {
				return err
			}
			o.Engine = e
			if !slices.Contains(o.RocketMQ, catalog.Default.To) {
				o.RocketMQ = append(o.RocketMQ, catalog.Default.To)
			}
			set, err := images.Ensure(cmd.Context(), o)
			if err != nil {
				return err
			}
			if into {
				if err := set.IntoEngine(cmd.Context(), e); err != nil {
					return err
				}
			}
			return writeImages(cmd.OutOrStdout(), set)
		},
	}
	cmd.Flags().StringSliceVar(&o.RocketMQ, "version", []string{catalog.Default.From}, "RocketMQ versions, besides "+catalog.Default.To+", to which upgrades lead")
	cmd.Flags().BoolVar(&into, "into-engine", false, "put RocketMQ's and the agent's images into the container engine too")
	return cmd
}

func writeImages(out io.Writer, set *images.Set) error {
	digests, err := set.Digests()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "source\t%s\nKubernetes\t%s\nnode\t%s\n", set.Source, set.Kubernetes, set.NodeImage)
	refs := []string{}
	for ref := range digests {
		refs = append(refs, ref)
	}
	slices.Sort(refs)
	for _, ref := range refs {
		fmt.Fprintf(table, "%s\t%s\n", ref, digests[ref])
	}
	return table.Flush()
}

func newImagesListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List what the cache holds, and which RocketMQ versions can be built from packages",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := cache.Sub("images")
			if err != nil {
				return err
			}
			entries, err := os.ReadDir(dir)
			if err != nil {
				return fmt.Errorf("list the cache: %w", err)
			}
			out := cmd.OutOrStdout()
			fmt.Fprintf(out, "RocketMQ from packages: %v\ncache: %s\n", build.Known(), dir)
			for _, e := range entries {
				if info, err := e.Info(); err == nil {
					fmt.Fprintf(out, "%9.1f MB  %s  %s\n", float64(info.Size())/1e6, info.ModTime().Format("2006-01-02 15:04"), e.Name())
				}
			}
			return nil
		},
	}
}
