//go:build !agent

package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/output"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// auditFlags are the options of the audit command.
type auditFlags struct {
	files, kustomizations, charts, values, suppress []string
	context, namespace, format, failOn, explain     string
	list                                            bool
}

func newAuditCommand() *cobra.Command {
	var f auditFlags
	c := &cobra.Command{
		Use:   "audit (-f FILE | -k FOLDER | --chart FOLDER | --namespace NAME)...",
		Short: "Judge the RocketMQ configuration in any manifests, and say what it promises",
		Long: "Judges the RocketMQ of manifests, kustomizations, Helm charts (rendered with Helm's library) or a running\n" +
			"namespace (read only; no Secrets are read): what loses acknowledged messages, what takes the cluster down, what\n" +
			"to change, and what is promised under each kind of failure.\n\n" +
			"Exit code 0, 1 with errors (or what --fail-on names), 64 for wrong usage, 65 for input that cannot be read.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return exitError{exitUsage, fmt.Errorf("%q: give files with -f, a kustomization with -k, a chart with --chart", args[0])}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return runAudit(c, f) },
	}
	flags := c.Flags()
	flags.StringArrayVarP(&f.files, "filename", "f", nil, "file or folder with YAML or JSON, or - for the standard input; may be repeated")
	flags.StringArrayVarP(&f.kustomizations, "kustomize", "k", nil, "folder with a kustomization; may be repeated")
	flags.StringArrayVar(&f.charts, "chart", nil, "Helm chart, a folder or an archive; may be repeated")
	flags.StringArrayVar(&f.values, "values", nil, "file with values for the charts; may be repeated, the last wins")
	flags.StringVar(&f.context, "context", "", "context of the kubeconfig, to read a running cluster")
	flags.StringVar(&f.namespace, "namespace", "", "namespace of the running cluster, or of the charts' release")
	flags.StringVarP(&f.format, "output", "o", "text", "text, json or sarif")
	flags.StringVar(&f.failOn, "fail-on", "error", "least severity that gives exit code 1: error, warning, info or none")
	flags.StringArrayVar(&f.suppress, "suppress", nil, "RULE=reason: accept the findings of a rule; may be repeated")
	flags.StringVar(&f.explain, "explain", "", "explain a rule, with its fix and an example")
	flags.BoolVar(&f.list, "rules", false, "list all rules")
	return c
}

func runAudit(c *cobra.Command, f auditFlags) error {
	out := c.OutOrStdout()
	switch {
	case f.list:
		return output.List(out)
	case f.explain != "":
		rule, ok := rules.Find(f.explain)
		if !ok {
			return exitError{exitUsage, fmt.Errorf("there is no rule %q; rmqproof audit --rules lists them", f.explain)}
		}
		return output.Explain(out, rule)
	}
	suppress, write, err := f.check()
	if err != nil {
		return exitError{exitUsage, err}
	}
	set, err := f.read(c.Context(), c.InOrStdin())
	if err != nil {
		return exitError{exitUnreadable, err}
	}
	report, err := audit.Run(set, suppress)
	if err != nil {
		return exitError{exitUnreadable, fmt.Errorf("%w (%d objects read)", err, report.Objects)}
	}
	if err := write(out, report); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if f.fails(report) {
		return exitError{exitViolated, errors.New("")}
	}
	return nil
}

// check validates the options before anything is read.
func (f auditFlags) check() (map[string]string, func(io.Writer, audit.Report) error, error) {
	writers := map[string]func(io.Writer, audit.Report) error{"text": output.Text, "json": output.JSON, "sarif": output.SARIF}
	write, ok := writers[f.format]
	if !ok {
		return nil, nil, fmt.Errorf("--output %q: text, json or sarif", f.format)
	}
	switch f.failOn {
	case "error", "warning", "info", "none":
	default:
		return nil, nil, fmt.Errorf("--fail-on %q: error, warning, info or none", f.failOn)
	}
	if len(f.values) > 0 && len(f.charts) == 0 {
		return nil, nil, errors.New("--values needs --chart")
	}
	if len(f.files)+len(f.kustomizations)+len(f.charts) == 0 && f.context == "" && f.namespace == "" {
		return nil, nil, errors.New("nothing to audit: give -f, -k, --chart, or --namespace for a running cluster")
	}
	suppress, err := audit.ParseSuppress(f.suppress)
	return suppress, write, err
}

// read gathers all inputs into one set: what is given together is judged as one cluster.
func (f auditFlags) read(ctx context.Context, stdin io.Reader) (input.Set, error) {
	set, err := input.Files(ctx, f.files, stdin)
	if err != nil {
		return set, err
	}
	for _, dir := range f.kustomizations {
		part, err := input.Kustomization(dir)
		if err != nil {
			return set, err
		}
		set.Add(part)
	}
	for _, dir := range f.charts {
		part, err := input.Chart(ctx, dir, f.values, f.namespace)
		if err != nil {
			return set, err
		}
		set.Add(part)
	}
	if len(f.files)+len(f.kustomizations)+len(f.charts) == 0 || f.context != "" {
		part, err := input.Namespace(ctx, f.context, f.namespace)
		if err != nil {
			return set, err
		}
		set.Add(part)
	}
	return set, nil
}

func (f auditFlags) fails(r audit.Report) bool {
	worst := r.Worst()
	return f.failOn != "none" && worst != "" && worst.Rank() <= rules.Severity(f.failOn).Rank()
}
