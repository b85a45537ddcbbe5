//go:build !agent

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/fixtures/foreign"
	"github.com/rmqproof/rmqproof/internal/progress"
	"github.com/rmqproof/rmqproof/reports/certificate"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/rmqproof/rmqproof/suites/lab"
)

// What a certification's folder holds beside the scenarios.
const (
	bundleName = "certificate" // the bundle, and with .tar.gz its archive
	jobFile    = "certify.json"
	lockFile   = "certify.lock"
	asideName  = "unfinished" // what was run and decided nothing
)

// job is one certification. What is exported stands in its folder, so that it can be resumed.
type job struct {
	Overlay  string                `json:"overlay,omitempty"`  // a bundled one
	Source   *source               `json:"source,omitempty"`   // somebody else's configuration
	Standing *standing             `json:"standing,omitempty"` // a cluster that is there already
	Profile  certificate.ProfileID `json:"profile"`
	Demands  []string              `json:"demands"`
	Seed     int64                 `json:"seed"`
	Digest   string                `json:"manifests"` // of the rendered manifests
	Tool     certificate.Tool      `json:"tool"`

	dir       string
	resumed   bool
	scenarios []scenario.Scenario
	profile   certificate.Profile
	promises  map[string]certificate.Promise
	manifests []byte
	said      []string              // the errors that the audit sees
	lacks     map[chaos.Need]string // what the configuration does not meet, and why
	secrets   []string              // values of the configuration itself, which are kept out of all that is written
	adapted   *foreign.Adapted      // of Source or Standing
	reach     *lab.Standing         // of Standing
	notRun    map[string]string
	aborted   error // why nothing more may be run on a cluster that is not ours
	conduct   conductor
}

// conductor runs scenarios one after another: perform, and something quicker in tests.
type conductor func(context.Context, lab.Options, []scenario.Scenario) (broken map[string]string, err error)

// prepare finds out all that can be known before anything starts.
func (j *job) prepare(ctx context.Context) (err error) {
	j.conduct = perform
	if err := j.configuration(ctx); err != nil {
		return err
	}
	if j.profile, err = knownProfile(j.Profile); err != nil {
		return err
	}
	p, err := catalog.Find(j.Profile.Name, j.Profile.Version)
	if err != nil {
		return err
	}
	if j.scenarios, err = p.Scenarios(j.versions()); err != nil {
		return err
	}
	if !slices.ContainsFunc(j.scenarios, j.upgrades) { // then it is of one version alone, and says so
		j.Profile.UpgradeTo = ""
		j.profile.ID = j.Profile
	}
	j.notRun = map[string]string{}
	j.onSubject()
	if len(j.notRun) == len(j.scenarios) {
		return fmt.Errorf("no scenario of profile %s can be run on the %s: each is written for another", j.Profile, j.what())
	}
	return j.same()
}

func (j *job) versions() catalog.Versions {
	return catalog.Versions{From: j.Profile.RocketMQ, To: j.Profile.UpgradeTo}
}

// toGet are the versions that this machine has to get.
func (j *job) toGet() []string {
	if j.Profile.UpgradeTo == "" {
		return []string{j.Profile.RocketMQ}
	}
	return []string{j.Profile.RocketMQ, j.Profile.UpgradeTo}
}

// print is the plan.
func (j *job) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SCENARIO\tFAULT AND TARGET\tNEEDS\tPROMISED\tMIN")
	var sum time.Duration
	for i, s := range j.scenarios {
		promised := j.promises[j.profile.Members[i].Failure]
		word := "nothing"
		if promised.Failure != "" {
			word = promised.Failure + ": acknowledged " + promised.Acknowledged + ", sends " + promised.Sends
		}
		if why := j.notRun[s.Name]; why != "" {
			word = "NOT RUN: " + why
		} else {
			sum += s.Takes
		}
		p := planOf(s)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%.1f\n", p.Name, strings.Join(p.Faults, "; "), orDash(strings.Join(p.Needs, ", ")), word, s.Takes.Minutes())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nWhat it takes:\n  %s\n", strings.Join(j.permissions(), "\n  "))
	if j.adapted != nil {
		fmt.Fprintf(out, "\nWhat is not as in the manifests:\n  %s\n", strings.Join(append([]string{ownAgent}, j.adapted.Deviations...), "\n  "))
	}
	_, err := fmt.Fprintf(out, "\nThe %s, profile %s, RocketMQ %s, demands: %s. About %.0f min on two cores with everything cached, after the cluster is up.\n",
		j.what(), j.Profile, j.releases(), orDash(strings.Join(j.Demands, ", ")), sum.Minutes())
	return err
}

// certify runs what is not done and makes the certificate. It is made also where scenarios are missing: they stand in it
// with the reason, and it certifies nothing.
func (j *job) certify(ctx context.Context, key *certificate.Key, keep bool) (certificate.Certificate, error) {
	todo, err := j.todo()
	if err != nil {
		return certificate.Certificate{}, err
	}
	progress.Say(ctx, "profile %s on the %s, %d of %d scenarios to run, seed %d, in %s", j.Profile, j.what(), len(todo), len(j.scenarios), j.Seed, j.dir)
	if len(todo) > 0 {
		if err := j.perform(ctx, todo, keep); err != nil {
			return certificate.Certificate{}, err
		}
	}
	defer stillAt(ctx, "making the certificate")()
	return j.write(context.WithoutCancel(ctx), key) // it is made of what there is also after Ctrl-C
}

// perform runs scenarios through the conductor that e2e has.
func (j *job) perform(ctx context.Context, todo []scenario.Scenario, keep bool) error {
	options := lab.Options{Dir: j.dir, Version: j.Profile.RocketMQ, UpgradeTo: cmp.Or(j.Profile.UpgradeTo, j.Profile.RocketMQ), Seed: j.Seed, Keep: keep, Subject: j.adapted, Standing: j.reach,
		Rerun: j.rerun(), Title: "rmqproof certify, profile " + j.Profile.String()}
	broken, err := j.conduct(ctx, options, todo)
	if errors.Is(err, lab.ErrAborted) {
		j.aborted = err
	}
	any := false
	for _, s := range j.scenarios {
		if why := broken[s.Name]; why != "" { // what went wrong may be a secret in its evidence
			if moved := aside(j.dir, s.Name); moved != nil {
				return errors.Join(err, moved)
			}
			j.notRun[s.Name] = why
		}
		_, missing := os.Stat(filepath.Join(j.dir, s.Name, "verdict.json"))
		any = any || missing == nil
		if missing != nil && j.notRun[s.Name] == "" {
			j.notRun[s.Name] = cmp.Or(interruption(ctx), reason(err))
		}
	}
	if !any {
		return errors.Join(errors.New("nothing was judged, so there is no certificate"), j.reminded(), err)
	}
	return nil
}

// ended is the run's exit code. One that was aborted harmed others, whatever was violated by then.
func (j *job) ended(c certificate.Certificate) error {
	if j.aborted != nil {
		return exitError{exitInconclusive, j.aborted}
	}
	return certifiedError(c)
}

// reminded is what the audit had said of a configuration that came to nothing.
func (j *job) reminded() error {
	if len(j.said) == 0 {
		return errors.New("the audit saw no error in it")
	}
	return fmt.Errorf("the audit had said of it: %s", strings.Join(j.said, "; "))
}

// rerun is the command that does the same again.
func (j *job) rerun() string {
	which := "-k manifests/overlays/" + j.Overlay + " --version " + j.Profile.RocketMQ
	switch {
	case j.Standing != nil:
		which = fmt.Sprintf("--context '%s' --namespace '%s' --agent-image '%s'%s", j.Standing.Context, j.Standing.Namespace, j.Standing.AgentImage, flagsOf(j.Standing.Allow))
	case j.Source != nil:
		which = j.Source.flags()
	}
	if j.Profile.UpgradeTo != "" {
		which += " --upgrade-to " + j.Profile.UpgradeTo
	}
	return fmt.Sprintf("rmqproof certify %s --profile %s --seed %d --require '%s'", which, j.Profile.Name, j.Seed, strings.Join(j.Demands, ","))
}

func interruption(ctx context.Context) string {
	if ctx.Err() != nil {
		return "the run was interrupted before it"
	}
	return ""
}

func reason(err error) string {
	if err != nil {
		return err.Error()
	}
	return "the run ended before it"
}
