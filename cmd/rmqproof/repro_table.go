//go:build !agent

package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/rmqproof/rmqproof/verify"
)

// rate is how often a side came out as it has to.
type rate struct{ shown, of int }

func (r rate) String() string {
	if r.of == 0 {
		return "not run"
	}
	return fmt.Sprintf("%d of %d", r.shown, r.of)
}

// rates counts what runs say of a bug's two sides.
func rates(bug catalog.Bug, runs []reports.Run) (red, green rate) {
	for _, run := range runs {
		for _, e := range run.Experiments {
			side := &red
			switch {
			case strings.HasPrefix(e.Name, bug.ID+"-green"):
				side = &green
			case !strings.HasPrefix(e.Name, bug.ID+"-red"):
				continue
			}
			side.of++
			if outcome, _ := e.Outcome(); outcome == verify.Valid {
				side.shown++
			}
		}
	}
	return red, green
}

// trackRecord prints the track record as these runs tell it, in Markdown.
func trackRecord(w io.Writer, folders []string) error {
	var runs []reports.Run
	for _, dir := range folders {
		run, err := reports.ReadRun(dir)
		if err != nil {
			return exitError{exitUnreadable, err}
		}
		runs = append(runs, run)
	}
	fmt.Fprint(w, "| issue | what a user loses | mode | fault | claim | red | seen | green | seen | command |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, b := range catalog.Bugs() {
		red, green := rates(b, runs)
		fault := strings.Join(b.Show.Faults(), ", ")
		if fault == "" {
			fault = "none"
		}
		issue := b.Called()
		if b.Reported() {
			issue = fmt.Sprintf("[%s](https://github.com/apache/rocketmq/issues/%s)", issue, b.ID)
		}
		fmt.Fprintf(w, "| %s %s | %s | %s | %s | %s | %s | %s | %s | %s | `rmqproof repro %s` |\n",
			issue, b.Title, b.Loses, b.Show.On.Overlay, fault, b.By, b.Red, red, b.Mended(), green, b.ID)
	}
	return nil
}
