//go:build !agent

package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/gofrs/flock"

	"github.com/rmqproof/rmqproof/fixtures/images"
	"github.com/rmqproof/rmqproof/internal/redact"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/reports/certificate"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/verify"
)

// resumed reads a run that was begun before.
func resumed(dir string) (*job, error) {
	raw, err := os.ReadFile(filepath.Join(dir, jobFile))
	if err != nil {
		return nil, fmt.Errorf("--resume %s: it holds no run that certify began: %w", dir, err)
	}
	j := &job{resumed: true}
	if err := json.Unmarshal(raw, j); err != nil {
		return nil, fmt.Errorf("--resume %s: %s cannot be read: %w", dir, jobFile, err)
	}
	j.dir, err = filepath.Abs(dir)
	return j, err
}

// same notes by what a run is made, and refuses to go on with another program or other manifests: a certificate is of one.
func (j *job) same() error {
	tool, err := thisTool()
	if err != nil {
		return fmt.Errorf("read this program, whose digest a certificate names: %w", err)
	}
	sum := sha256.Sum256(j.manifests)
	now := hex.EncodeToString(sum[:])
	if j.resumed && (j.Tool != tool || j.Digest != now) {
		return fmt.Errorf("the run in %s was begun by another rmqproof, or on other manifests: begin anew", j.dir)
	}
	j.Tool, j.Digest = tool, now
	return nil
}

// open makes the run's folder.
func (j *job) open(out string) error {
	if j.resumed {
		return nil
	}
	var err error
	id := "certify-" + time.Now().UTC().Format("20060102-150405") + "-" + strconv.FormatInt(j.Seed, 10)
	if j.dir, err = filepath.Abs(filepath.Join(out, id)); err != nil {
		return err
	}
	if err := os.MkdirAll(j.dir, 0o755); err != nil {
		return err
	}
	raw, err := json.MarshalIndent(j, "", "  ")
	if err != nil {
		return err
	}
	return create(filepath.Join(j.dir, jobFile), append(raw, '\n'), 0o644)
}

// lock keeps two certifications out of one folder. It goes with the process.
func (j *job) lock() (release func(), err error) {
	l := flock.New(filepath.Join(j.dir, lockFile))
	had, err := l.TryLock()
	if err == nil && !had {
		err = errors.New("another rmqproof certify is at work there: wait until it has ended")
	}
	if err != nil {
		return nil, fmt.Errorf("the run's folder %s: %w", j.dir, err)
	}
	return func() { _ = l.Unlock() }, nil
}

// todo lists the scenarios that are not decided. What was run and decided nothing is put aside, and is not forgotten.
func (j *job) todo() (left []scenario.Scenario, err error) {
	for _, s := range j.scenarios {
		e, unread := reports.ReadExperiment(filepath.Join(j.dir, s.Name))
		if by := redact.String(j.rerun()); unread == nil && e.Meta.Rerun != by {
			return nil, fmt.Errorf("%s in %s is of another run (%s), and this one is of %s: take its folder away", s.Name, j.dir, cmp.Or(e.Meta.Rerun, "unknown"), by)
		}
		if unread == nil && e.Verdict() != verify.Inconclusive || j.notRun[s.Name] != "" {
			continue
		}
		if err := aside(j.dir, s.Name); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(j.earlier(s.Name), func(e reports.Experiment) bool { return e.Verdict() == verify.Violated }) {
			j.notRun[s.Name] = "an earlier run of it was violated and could not be taken into the certificate: begin anew"
			continue
		}
		left = append(left, s)
	}
	if len(left) > 0 && j.resumed { // the run's own verdict names folders that were put aside
		err = os.Remove(filepath.Join(j.dir, reports.VerdictFile))
	}
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return left, err
}

// aside moves a scenario's folder out of the way, to the first free number.
func aside(dir, name string) error {
	from := filepath.Join(dir, name)
	if _, err := os.Stat(from); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err := os.MkdirAll(filepath.Join(dir, asideName), 0o755); err != nil {
		return err
	}
	for n := 1; ; n++ {
		to := filepath.Join(dir, asideName, fmt.Sprintf("%s-%d", name, n))
		if _, err := os.Stat(to); errors.Is(err, os.ErrNotExist) {
			return os.Rename(from, to)
		}
	}
}

// earlier are the runs of a scenario that were put aside. One of which nothing was judged has no verdict.
func (j *job) earlier(name string) (all []reports.Experiment) {
	for n := 1; ; n++ {
		dir := filepath.Join(j.dir, asideName, fmt.Sprintf("%s-%d", name, n))
		if _, err := os.Stat(dir); err != nil {
			return all
		}
		e, err := reports.ReadExperiment(dir)
		if err != nil {
			e = reports.Experiment{}
		}
		all = append(all, e)
	}
}

// write makes the certificate of what lies in the run's folder, in place of an earlier one.
func (j *job) write(ctx context.Context, key *certificate.Key) (certificate.Certificate, error) {
	bundle := filepath.Join(j.dir, bundleName)
	if err := errors.Join(os.RemoveAll(bundle), os.RemoveAll(bundle+".tar.gz")); err != nil {
		return certificate.Certificate{}, err
	}
	var demands []certificate.Demand
	for _, text := range j.Demands {
		d, err := certificate.ParseDemands(text)
		if err != nil {
			return certificate.Certificate{}, err
		}
		demands = append(demands, d...)
	}
	header := certificate.Certificate{Tool: j.Tool, Seed: j.Seed, Configuration: certificate.Configuration{Name: j.configured()}, Deviations: j.deviations()}
	return certificate.Write(ctx, bundle, certificate.Run{Dir: j.dir, Header: header, Profile: j.profile, Promises: j.promises, Demands: demands,
		NotRun: j.notRun, Manifests: j.manifests, Secrets: j.secrets}, key)
}

// Where the agent lives.
const (
	besideAgent = "The load's agent is deployed beside RocketMQ, in its namespace."
	ownAgent    = "The load's agent is deployed in a namespace of its own, rmqproof-agent; while a fault holds, the ConfigMap rmqproof-ledger in RocketMQ's namespace says how it is undone."
)

// configured names the configuration in the certificate.
func (j *job) configured() string {
	if j.foreign() {
		return j.what()
	}
	return "bundled overlay " + j.Overlay
}

// deviations are in what the tested thing differs from the overlay, and the run from one that was never disturbed.
func (j *job) deviations() []string {
	all := []string{besideAgent}
	if j.adapted != nil {
		all = append([]string{ownAgent}, j.adapted.Deviations...)
	}
	for _, s := range j.scenarios {
		e, err := reports.ReadExperiment(filepath.Join(j.dir, s.Name))
		if err == nil && e.Meta.Versions["images"] == images.SourcePackages {
			all = append(all, "The images are built from packages, and not those that the projects publish.")
			break
		}
	}
	for _, s := range j.scenarios {
		for _, e := range j.earlier(s.Name) {
			all = append(all, fmt.Sprintf("%s was run before, and was %s; that run does not count.", s.Name, e.Verdict()))
		}
	}
	return all
}
