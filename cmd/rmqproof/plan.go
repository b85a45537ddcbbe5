//go:build !agent

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/suites/catalog"
)

// planned is a scenario as plan prints it.
type planned struct {
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	Labels  []string `json:"labels"`
	On      string   `json:"on"`
	Needs   []string `json:"needs"`
	Faults  []string `json:"faults"`
	Claims  []string `json:"claims"`
	Expect  string   `json:"expect"`
	Seconds float64  `json:"seconds"`
}

func newPlanCommand() *cobra.Command {
	var labels, version, format, mode string
	c := &cobra.Command{
		Use:   "plan",
		Short: "List the scenarios: what they do, need and claim, and how long they take; nothing is started",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "text" && format != "json" {
				return exitError{exitUsage, fmt.Errorf("--output is %q, neither text nor json", format)}
			}
			if err := checkVersions(cmd.Context(), version); err != nil {
				return err
			}
			selected, err := catalog.SelectIn(mode, catalog.Versions{From: version, To: catalog.Default.To}, labels)
			if err != nil {
				return exitError{exitUsage, err}
			}
			if format == "json" {
				return planJSON(cmd.OutOrStdout(), selected)
			}
			return planText(cmd.OutOrStdout(), selected)
		},
	}
	c.Flags().StringVar(&labels, "labels", catalog.Everywhere, "scenarios to list: labels or names joined by &&, ||, ! and parentheses")
	c.Flags().StringVar(&mode, "mode", "", "bundled overlay on which they are to run instead, such as controller")
	c.Flags().StringVar(&version, "version", catalog.Default.From, "RocketMQ version that they start on")
	c.Flags().StringVarP(&format, "output", "o", "text", "text or json")
	return c
}

func planOf(s scenario.Scenario) planned {
	p := planned{Name: s.Name, Title: s.Title, Labels: s.Labels, On: s.On.Overlay, Needs: []string{}, Faults: s.Faults(), Claims: []string{},
		Expect: s.Expect.String(), Seconds: s.Takes.Seconds()}
	for _, n := range s.Needs() {
		p.Needs = append(p.Needs, string(n))
	}
	for _, c := range s.Claims {
		p.Claims = append(p.Claims, fmt.Sprint(c))
	}
	return p
}

func planJSON(out io.Writer, selected []scenario.Scenario) error {
	list := []planned{}
	for _, s := range selected {
		list = append(list, planOf(s))
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(list)
}

func planText(out io.Writer, selected []scenario.Scenario) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SCENARIO\tON\tLABELS\tFAULT AND TARGET\tNEEDS\tEXPECT\tMIN")
	var sum time.Duration
	for _, s := range selected {
		p := planOf(s)
		sum += s.Takes
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%.1f\n", p.Name, p.On, strings.Join(p.Labels, ","), strings.Join(p.Faults, "; "),
			orDash(strings.Join(p.Needs, ", ")), p.Expect, s.Takes.Minutes())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\n%d scenarios, about %.0f min on two cores with everything cached, after the cluster is up.\n", len(selected), sum.Minutes())
	return err
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
