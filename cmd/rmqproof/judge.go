//go:build !agent

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/internal/progress"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/suites/lab"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// judgeFlags are the command line of judge.
type judgeFlags struct {
	output, explain string
	claims, with    []string
	options         verify.Options
}

func newJudgeCommand() *cobra.Command {
	f := &judgeFlags{}
	c := &cobra.Command{
		Use:   "judge RUN-FOLDER|HISTORY...",
		Short: "Judge recorded runs: what was promised, what was broken, and the evidence",
		Long: `Judge recorded runs, offline and as often as you like.

A folder is searched for histories (.rmqh and .jsonl); each is one run, judged on its own. Beside a run's own history,
` + history.FileName + `, no other file of its folder is one.
Several files are the histories of one run, from several agents, and are judged together.
The folder of a run gives the run's exit code: what has to be caught, as in a negative control, is held against that, unless --claims chooses others.

Exit codes: 0 every claim is valid, or what had to be caught was, 1 a claim is violated, 2 inconclusive, 64 usage, 65 a history cannot be read.`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), cmd.OutOrStdout(), args) },
	}
	o := &f.options
	c.Flags().StringVarP(&f.output, "output", "o", "text", "text or json")
	c.Flags().StringVar(&f.explain, "explain", "", "explain this claim (or \"all\") and judge nothing")
	c.Flags().StringSliceVar(&f.claims, "claims", nil, "claims to judge, such as no-acked-loss,resumes-within=30s; default: the history's own, else all that apply")
	c.Flags().StringSliceVar(&f.with, "with", nil, "claims to judge besides, or with another figure, such as availability-at-least=0.99")
	c.Flags().IntVar(&o.Evidence, "evidence", 10, "operations shown for a claim")
	return c
}

// run judges and prints; the worst verdict of all runs is the exit code.
func (f *judgeFlags) run(ctx context.Context, out io.Writer, args []string) error {
	if f.explain != "" {
		return explain(out, f.explain)
	}
	if f.output != "text" && f.output != "json" {
		return exitError{exitUsage, fmt.Errorf("--output is %q, neither text nor json", f.output)}
	}
	if f.options.Evidence == 0 {
		f.options.Evidence = -1 // for the judge 0 is as many as it likes
	}
	if err := f.parseClaims(); err != nil {
		return exitError{exitUsage, err}
	}
	runs, err := findRuns(args)
	if err != nil {
		return err
	}
	worst := verify.Valid
	for _, files := range runs {
		r, err := judgeFiles(ctx, files, f.options)
		if err != nil {
			return exitError{exitUnreadable, err}
		}
		if err := printReport(out, f.output, files, r); err != nil {
			return err
		}
		outcome, err := f.outcome(out, args[0], files[0], r)
		if err != nil {
			return err
		}
		worst = verify.Worst(worst, outcome)
	}
	if wrong := beside(args); wrong != "" && worst == verify.Valid {
		return exitError{exitInconclusive, fmt.Errorf("INCONCLUSIVE: its histories are valid, and the run itself did not go as planned: %s", wrong)}
	}
	return verdictError(worst)
}

// outcome is the verdict held against what the experiment that a folder holds has to end with. A history by itself has to hold.
func (f *judgeFlags) outcome(out io.Writer, folder, file string, r verify.Report) (verify.Verdict, error) {
	e, _ := reports.ReadExperiment(filepath.Dir(file)) // beside plain histories there is none
	if folder == file || e.History != file || e.Expect.Zero() || f.options.Claims != nil {
		return r.Verdict, nil
	}
	e.Report = r
	outcome, _ := e.Outcome()
	if f.output == "json" {
		return outcome, nil
	}
	_, err := fmt.Fprintln(out, e.Said())
	return outcome, err
}

// beside is what a run's folder says went wrong beside its experiments, so that the run proved nothing; no history has it.
func beside(args []string) string {
	run, _ := reports.ReadRun(args[0]) // a history, and another folder, have nothing of the kind
	return run.Error
}

func (f *judgeFlags) parseClaims() (err error) {
	if f.options.Claims, err = claims.ParseAll(f.claims); err != nil {
		return err
	}
	f.options.With, err = claims.ParseAll(f.with)
	return err
}

// verdictError turns a verdict into an exit code; the report has said the rest.
func verdictError(v verify.Verdict) error {
	switch v {
	case verify.Valid:
		return nil
	case verify.Violated:
		return exitError{exitViolated, errors.New("")}
	}
	return exitError{exitInconclusive, errors.New("")}
}

// findRuns turns the arguments into runs, each of one or more histories.
func findRuns(args []string) ([][]string, error) {
	if len(args) == 0 {
		return nil, exitError{exitUsage, errors.New("judge needs a run's folder or its histories")}
	}
	info, err := os.Stat(args[0])
	if err != nil {
		return nil, exitError{exitUnreadable, fmt.Errorf("neither a run's folder nor a history: %w", err)}
	}
	if !info.IsDir() {
		return [][]string{args}, nil
	}
	if len(args) > 1 {
		return nil, exitError{exitUsage, errors.New("judge takes one folder, or the histories of one run")}
	}
	return searchFolder(args[0])
}

// searchFolder finds the histories below a folder. A folder with a run's own history holds one run; in any other each
// file that has the ending of a history is one.
func searchFolder(root string) (runs [][]string, err error) {
	found := map[string][]string{}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != lab.LedgerFile && slices.Contains([]string{".rmqh", ".jsonl"}, filepath.Ext(path)) {
			found[filepath.Dir(path)] = append(found[filepath.Dir(path)], path)
		}
		return err
	})
	if err != nil {
		return nil, exitError{exitUnreadable, fmt.Errorf("searching %s for histories: %w", root, err)}
	}
	for dir, files := range found {
		for _, own := range []string{"history.jsonl", history.FileName} {
			if path := filepath.Join(dir, own); slices.Contains(files, path) {
				files = []string{path}
			}
		}
		for _, path := range files {
			runs = append(runs, []string{path})
		}
	}
	slices.SortFunc(runs, slices.Compare)
	if len(runs) == 0 {
		return nil, exitError{exitUnreadable, fmt.Errorf("no history (.rmqh or .jsonl) below %s", root)}
	}
	return runs, nil
}

func judgeFiles(ctx context.Context, files []string, o verify.Options) (verify.Report, error) {
	defer stillAt(ctx, "judging "+strings.Join(files, " "))()
	readers := make([]history.Reader, len(files))
	for i, path := range files {
		f, err := history.Open(path)
		if err != nil {
			return verify.Report{}, err
		}
		readers[i] = f
	}
	return verify.JudgeAll(readers, o)
}

// stillAt says now and then that work which is mostly short still goes on, until the returned function is called.
func stillAt(ctx context.Context, what string) (stop func()) {
	ctx, stop = context.WithCancel(ctx)
	began, beat := time.Now(), time.NewTicker(8*time.Second)
	go func() {
		defer beat.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-beat.C:
				progress.Say(ctx, "%s: %s so far", what, time.Since(began).Round(time.Second))
			}
		}
	}()
	return stop
}

func printReport(out io.Writer, format string, files []string, r verify.Report) error {
	if format == "json" {
		e := json.NewEncoder(out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	_, err := fmt.Fprintf(out, "%s: %s\n%s", strings.Join(files, " "), strings.ToUpper(string(r.Verdict)), r.Text())
	return err
}

// explain prints what a claim means.
func explain(out io.Writer, id string) error {
	ids := []string{id}
	if id == "all" {
		ids = claims.IDs()
	}
	for _, id := range ids {
		k, ok := claims.Named(id)
		if !ok {
			return exitError{exitUsage, fmt.Errorf("no claim is named %q; the claims are %s", id, strings.Join(claims.IDs(), ", "))}
		}
		d := k.Doc
		if _, err := fmt.Fprintf(out, "%s\n  means:        %s\n  stands on:    %s\n  inconclusive: when %s\n  next step:    %s\n", id, d.Means, d.Guarantee, d.Inconclusive, d.NextStep); err != nil {
			return err
		}
	}
	return nil
}
