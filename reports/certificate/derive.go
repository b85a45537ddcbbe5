package certificate

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"time"

	"github.com/rmqproof/rmqproof/reports"
)

// The files of a bundle.
const (
	CertificateFile   = "certificate.json"
	schemaFile        = "certificate.schema.json"
	markdownFile      = "certificate.md"
	pageFile          = "certificate.html"
	manifestsFile     = "manifests.yaml"
	AttestationFile   = "attestation.dsse.json"
	keyFile           = "key.pub"
	scenariosFolder   = "scenarios"
	configurationWord = "configuration."
)

// derive fills a certificate from what lies in the bundle: its scenarios, by the profile, and what they ran on. What
// cannot be derived (the promise, the demands, the deviations, why a scenario was not run) is the header's.
func derive(bundle string, header Certificate, p Profile) (Certificate, error) {
	t, err := termsOf(header)
	if err != nil {
		return header, err
	}
	c := header
	c.Scenarios, c.Environment = []Scenario{}, map[string]string{}
	if !header.Started.IsZero() { // those of earlier builds do not say when they were made
		c.Started = startOf(filepath.Join(bundle, scenariosFolder), p)
	}
	for _, m := range p.Members {
		dir := filepath.Join(bundle, scenariosFolder, m.Name)
		row, err := t.row(dir, m)
		if err != nil {
			return c, err
		}
		c.Scenarios = append(c.Scenarios, row)
		if err := c.surroundings(dir); err != nil {
			return c, err
		}
	}
	c.conclude()
	return c, nil
}

// startOf is when the first of a profile's scenarios began, of those that lie in a folder.
func startOf(dir string, p Profile) (first time.Time) {
	for _, m := range p.Members {
		e, err := reports.ReadExperiment(filepath.Join(dir, m.Name))
		if at := e.Meta.Started.UTC(); err == nil && !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// termsOf reads back what a certificate's scenarios are held against.
func termsOf(c Certificate) (terms, error) {
	t := terms{promises: map[string]Promise{}, notRun: map[string]string{}}
	for _, s := range c.Scenarios {
		if s.Promised.Failure != "" {
			t.promises[s.Promised.Failure] = s.Promised
		}
		t.notRun[s.Name] = s.NotRun
	}
	for _, text := range c.Demands {
		d, err := ParseDemands(text)
		if err != nil {
			return t, err
		}
		t.demands = append(t.demands, d...)
	}
	return t, nil
}

// surroundings notes on what a scenario ran. An upgrade changes RocketMQ's version on the way; the first that is
// named counts.
func (c *Certificate) surroundings(dir string) error {
	e, err := reports.ReadExperiment(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	found := maps.Clone(e.Meta.Versions)
	if found == nil {
		found = map[string]string{}
	}
	found["cluster"] = e.Meta.Cluster
	for k, v := range e.Meta.Config {
		if k != "agent" { // what the load cost differs between scenarios
			found[configurationWord+k] = v
		}
	}
	for k, v := range found {
		if _, known := c.Environment[k]; !known && v != "" {
			c.Environment[k] = v
		}
	}
	return nil
}
