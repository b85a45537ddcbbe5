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

// row is a bug of the track record as runs tell of it, each word of it as Markdown.
type row struct{ issue, title, loses, mode, fault, claim, red, seenRed, green, seenGreen, command string }

func rowOf(b catalog.Bug, runs []reports.Run) row {
	red, green := rates(b, runs)
	r := row{b.Called(), b.Title, b.Loses, b.Show.On.Overlay, strings.Join(b.Show.Faults(), ", "), b.By, b.Red, red.String(), b.Mended(), green.String(), "`rmqproof repro " + b.ID + "`"}
	if r.fault == "" {
		r.fault = "none"
	}
	if b.Reported() {
		r.issue = fmt.Sprintf("[%s](https://github.com/apache/rocketmq/issues/%s)", r.issue, b.ID)
	}
	return r
}

const (
	fullHead  = "| issue | what a user loses | mode | fault | claim | red | seen | green | seen | command |\n|---|---|---|---|---|---|---|---|---|---|\n"
	briefHead = "| bug | red on | green on |\n|---|---|---|\n"
)

func (r row) full() string {
	return fmt.Sprintf("| %s %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", r.issue, r.title, r.loses, r.mode, r.fault, r.claim, r.red, r.seenRed, r.green, r.seenGreen, r.command)
}

// brief is what the README has of it.
func (r row) brief() string {
	return fmt.Sprintf("| %s %s | %s (%s) | %s (%s) |\n", r.issue, r.title, r.red, r.seenRed, r.green, r.seenGreen)
}

// trackRecord prints the track record as these runs tell it, in Markdown.
func trackRecord(w io.Writer, folders []string, brief bool) error {
	var runs []reports.Run
	for _, dir := range folders {
		run, err := reports.ReadRun(dir)
		if err != nil {
			return exitError{exitUnreadable, err}
		}
		runs = append(runs, run)
	}
	head, line := fullHead, row.full
	if brief {
		head, line = briefHead, row.brief
	}
	fmt.Fprint(w, head)
	for _, b := range catalog.Bugs() {
		fmt.Fprint(w, line(rowOf(b, runs)))
	}
	return nil
}
