//go:build !agent

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/compare"
	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/output"
	"github.com/rmqproof/rmqproof/audit/rules"
)

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
	suppress, err := f.check()
	if err != nil {
		return exitError{exitUsage, err}
	}
	collectSooner()
	if f.against != "" {
		return f.compare(c, suppress)
	}
	report, err := judged(c.Context(), f.sources, c.InOrStdin(), suppress)
	if err != nil && !(errors.Is(err, audit.ErrNoRocketMQ) && len(report.Unresolved) > 0) {
		return f.unreadable(out, err)
	}
	end := f.end(report, err)
	report.ExitCode = codeOf(end)
	if err := output.Report(out, f.format, report, f.text); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return end
}

// collectSooner halves what may lie about uncollected, as most of what is read of manifests is dropped at once: of a large
// input it takes a tenth of the memory, for a twentieth of the time. GOGC has the last word.
func collectSooner() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}

// end is what the command ends with: err where nothing in the input is RocketMQ that is known.
func (f *auditFlags) end(report audit.Report, err error) error {
	switch {
	case f.fails(report):
		return exitError{exitViolated, errors.New("")}
	case err != nil: // what looks like RocketMQ is in the report; that nothing of it is understood is no praise
		return exitError{exitUnreadable, err}
	}
	return nil
}

// judged reads and judges one input.
func judged(ctx context.Context, from input.Sources, stdin io.Reader, suppress map[string]string) (audit.Report, error) {
	set, err := from.Read(ctx, stdin)
	if err != nil {
		return audit.Report{}, err
	}
	report, err := audit.Run(set, suppress)
	if err != nil {
		err = fmt.Errorf("%w (%d objects read)", err, report.Objects)
	}
	return report, err
}

// unreadable writes the error where a program reads it, too: an empty output is no JSON.
func (f *auditFlags) unreadable(out io.Writer, err error) error {
	if writing := output.Failure(out, f.format, exitUnreadable, err); writing != nil {
		err = errors.Join(err, fmt.Errorf("writing the report: %w", writing))
	}
	return exitError{exitUnreadable, err}
}

// compare judges two inputs and says what became of findings and promises.
func (f *auditFlags) compare(c *cobra.Command, suppress map[string]string) error {
	out := c.OutOrStdout()
	older, err := judged(c.Context(), f.old(), c.InOrStdin(), suppress)
	if err != nil {
		return f.unreadable(out, fmt.Errorf("the older input: %w", err))
	}
	newer, err := judged(c.Context(), f.sources, c.InOrStdin(), suppress)
	if err != nil {
		return f.unreadable(out, fmt.Errorf("the newer input: %w", err))
	}
	change := compare.Of(older, newer)
	var end error
	if change.Worse() || slices.ContainsFunc(change.New(), f.counts) {
		end = exitError{exitViolated, errors.New("")}
	}
	change.ExitCode = codeOf(end)
	if err := output.Change(out, f.format, change); err != nil {
		return fmt.Errorf("writing the comparison: %w", err)
	}
	return end
}
