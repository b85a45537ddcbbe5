//go:build !agent

package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/output"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// auditFlags are the options of the audit command.
type auditFlags struct {
	sources          input.Sources
	suppress         []string
	format, failOn   string
	explain, against string
	oldValues        []string
	list             bool
	text             output.TextOptions
}

func newAuditCommand() *cobra.Command {
	var f auditFlags
	c := &cobra.Command{
		Use:   "audit (-f FILE | -k FOLDER | --chart FOLDER | --namespace NAME)... | audit --against OLD NEW",
		Short: "Judge the RocketMQ configuration in any manifests, and say what it promises",
		Long: "Judges the RocketMQ of manifests, kustomizations, Helm charts (rendered with Helm's library) or a running\n" +
			"namespace (read only; no Secrets are read): what loses acknowledged messages, what takes the cluster down, what\n" +
			"to change, and what is promised under each kind of failure.\n\n" +
			"With --against OLD it compares: OLD and NEW are each a file, a folder, a kustomization or a chart, told by what\n" +
			"they are, or - for the standard input; NEW may also be given by -f, -k, --chart or --namespace.\n\n" +
			"Exit code 0; 1 with errors (or what --fail-on names), with --against when a promise got worse or a finding that\n" +
			"fails is new; 64 for wrong usage, 65 for input that cannot be read.",
		Args: func(_ *cobra.Command, args []string) error {
			if err := f.arguments(args); err != nil {
				return exitError{exitUsage, err}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return runAudit(c, f) },
	}
	f.define(c)
	return c
}

func (f *auditFlags) define(c *cobra.Command) {
	flags := c.Flags()
	flags.StringArrayVarP(&f.sources.Files, "filename", "f", nil, "file or folder with YAML or JSON, or - for the standard input; may be repeated")
	flags.StringArrayVarP(&f.sources.Kustomizations, "kustomize", "k", nil, "folder with a kustomization; may be repeated")
	flags.StringArrayVar(&f.sources.Charts, "chart", nil, "Helm chart, a folder or an archive; may be repeated")
	flags.StringArrayVar(&f.sources.Release.Values, "values", nil, "file with values for the charts; may be repeated, the last wins")
	flags.StringArrayVar(&f.sources.Release.Set, "set", nil, "key=value for the charts in Helm's notation, over the files; may be repeated")
	flags.StringVar(&f.sources.Release.Name, "release", "", "name of the charts' release (release-name)")
	flags.StringVar(&f.sources.Context, "context", "", "context of the kubeconfig, to read a running cluster")
	flags.StringVar(&f.sources.Release.Namespace, "namespace", "", "namespace of the running cluster, or of the charts' release")
	flags.StringVar(&f.against, "against", "", "compare with this older input: file, folder, kustomization, chart, or -")
	flags.StringArrayVar(&f.oldValues, "against-values", nil, "file with values for the older chart, in place of --values; may be repeated")
	flags.StringVarP(&f.format, "output", "o", "text", "text, json or sarif")
	flags.StringVar(&f.failOn, "fail-on", "error", "what gives exit code 1: error, warning, info (each with what is worse), none, or unknown: errors, and whatever the input does not tell")
	flags.StringArrayVar(&f.suppress, "suppress", nil, "RULE=reason: accept the findings of a rule; may be repeated")
	flags.BoolVar(&f.text.Summary, "summary", false, "ten lines instead of the findings")
	flags.BoolVar(&f.text.All, "all", false, "print what a single-node set-up is not blamed for as well")
	flags.StringVar(&f.explain, "explain", "", "explain a rule, with its fix and an example")
	flags.BoolVar(&f.list, "rules", false, "list all rules")
}

// arguments takes the one argument that --against has.
func (f *auditFlags) arguments(args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case f.against == "":
		return fmt.Errorf("%q: give files with -f, a kustomization with -k, a chart with --chart", args[0])
	case len(args) > 1:
		return fmt.Errorf("%q: --against OLD takes one NEW", args[1])
	}
	f.sources.Recognise(args[0])
	return nil
}

// check validates the options before anything is read.
func (f *auditFlags) check() (map[string]string, error) {
	given := len(f.sources.Files)+len(f.sources.Kustomizations)+len(f.sources.Charts) > 0
	f.sources.Live = f.sources.Context != "" || !given && f.sources.Release.Namespace != ""
	old := f.old()
	charts := len(f.sources.Charts)+len(old.Charts) > 0
	switch {
	case !slices.Contains(output.Formats, f.format):
		return nil, fmt.Errorf("--output %q: %s", f.format, strings.Join(output.Formats, ", "))
	case !slices.Contains([]string{"error", "warning", "info", "none", "unknown"}, f.failOn):
		return nil, fmt.Errorf("--fail-on %q: error, warning, info, none or unknown", f.failOn)
	case !charts && len(f.sources.Release.Values)+len(f.sources.Release.Set)+len(f.sources.Release.Name) > 0:
		return nil, errors.New("--values, --set and --release need --chart")
	case len(f.oldValues) > 0 && len(old.Charts) == 0:
		return nil, errors.New("--against-values needs a chart after --against")
	case f.sources.Empty():
		return nil, errors.New("nothing to audit: give -f, -k, --chart, or --namespace for a running cluster")
	case f.against == "-" && slices.Contains(f.sources.Files, "-"):
		return nil, errors.New("the standard input cannot be both the older and the newer input")
	}
	return audit.ParseSuppress(f.suppress)
}

// old is the older input of a comparison, with the release of the newer one.
func (f *auditFlags) old() input.Sources {
	var old input.Sources
	if f.against == "" {
		return old
	}
	old.Recognise(f.against)
	old.Release = f.sources.Release
	if len(f.oldValues) > 0 {
		old.Release.Values = f.oldValues
	}
	return old
}

// fails says whether a report holds what --fail-on names.
func (f *auditFlags) fails(r audit.Report) bool {
	return slices.ContainsFunc(r.Findings, f.counts) || f.failOn == "unknown" && len(r.Unresolved) > 0
}

// counts says whether one finding fails.
func (f *auditFlags) counts(found rules.Finding) bool {
	least := rules.Severity(f.failOn)
	if f.failOn == "unknown" {
		least = rules.Error
	}
	return f.failOn != "none" && found.Severity.Rank() <= least.Rank()
}
