//go:build !agent

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/rmqproof/rmqproof/suites/catalog"
)

func namedBugs(args []string) ([]catalog.Bug, error) {
	var known []string
	for _, b := range catalog.Bugs() {
		known = append(known, b.ID)
	}
	if len(args) == 0 {
		return nil, fmt.Errorf("name a bug: %s, or all (rmqproof repro --list says more)", strings.Join(known, ", "))
	}
	if args[0] == "all" {
		return catalog.Bugs(), nil
	}
	i := slices.Index(known, strings.TrimPrefix(args[0], "#"))
	if i < 0 {
		return nil, fmt.Errorf("no bug %q is in the track record; there are %s", args[0], strings.Join(known, ", "))
	}
	return catalog.Bugs()[i : i+1], nil
}

// listed is a bug as repro --list prints it.
type listed struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Loses   string   `json:"loses"`
	Mode    string   `json:"mode"`
	Red     string   `json:"red"`
	Green   string   `json:"green"`
	Claim   string   `json:"claim"`
	Needs   []string `json:"needs"`
	Seconds float64  `json:"seconds"` // both versions, without bringing the cluster up
}

// print lists the bug that is named, or each.
func (o *reproOptions) print(w io.Writer, args []string) error {
	if o.format != "text" && o.format != "json" {
		return exitError{exitUsage, fmt.Errorf("--output is %q, neither text nor json", o.format)}
	}
	if len(args) == 0 {
		args = []string{"all"}
	}
	bugs, err := namedBugs(args)
	if err != nil {
		return exitError{exitUsage, err}
	}
	var all []listed
	for _, b := range bugs {
		all = append(all, listed{ID: b.ID, Title: b.Title, Loses: b.Loses, Mode: b.Show.On.Overlay, Red: b.Red, Green: b.Mended(), Claim: b.By,
			Needs: planOf(b.Show).Needs, Seconds: 2 * b.Show.Takes.Seconds()})
	}
	if o.format == "json" {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(all)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "BUG\tRED\tGREEN\tCLAIM\tMODE\tTITLE")
	for _, l := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", l.ID, l.Red, l.Green, l.Claim, l.Mode, l.Title)
	}
	return t.Flush()
}
