//go:build !agent

package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/audit/rules"
	"github.com/rmqproof/rmqproof/reports/certificate"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// configuration reads what is to be certified: its manifests as they are deployed, and what they promise.
func (j *job) configuration(ctx context.Context) (err error) {
	if !j.foreign() {
		if j.manifests, err = rendered(j.Overlay, j.Profile.RocketMQ); err != nil {
			return err
		}
		set, err := input.Parse(j.manifests, "overlay "+j.Overlay)
		if err != nil {
			return err
		}
		j.lacks = lacksOf(model.Build(set))
		j.volumes()
		j.promises, j.said, err = audited(set)
		return err
	}
	set, err := j.look(ctx)
	if err != nil {
		return err
	}
	j.lacks = lacksOf(model.Build(set))
	if j.promises, j.said, err = audited(set); err != nil {
		return err
	}
	if err := worthless(j.promises); err != nil {
		return err
	}
	if j.Standing != nil {
		return j.asItStands(set)
	}
	if j.adapted, err = j.Source.adapted(set); err != nil {
		return fmt.Errorf("%s cannot stand in kind as it is:\n%w", j.Source.whose(), err)
	}
	j.volumes()
	j.Profile.RocketMQ, j.secrets = j.adapted.Version, secretsOf(j.adapted.Layout.Objects)
	j.manifests, err = asYAML(j.adapted.Layout.Objects)
	return err
}

// look reads a configuration that is not ours. Before a cluster that stands is looked at, the rails are asked.
func (j *job) look(ctx context.Context) (set input.Set, err error) {
	if j.Standing == nil {
		return j.Source.read(ctx)
	}
	if j.reach, err = j.Standing.reach(ctx); err != nil {
		return set, err
	}
	set, j.adapted, err = j.Standing.look(ctx)
	return set, err
}

// asItStands describes a cluster that is there already.
func (j *job) asItStands(set input.Set) error {
	objects, err := described(set)
	if err != nil {
		return err
	}
	j.Profile.RocketMQ, j.secrets = releaseOf(set), secretsOf(objects)
	j.manifests, err = asYAML(objects)
	return err
}

// releaseOf is the version that the brokers' image names.
func releaseOf(set input.Set) string {
	for _, c := range model.Build(set).Clusters {
		for _, b := range c.Brokers {
			if v := b.Version(); v.Known() {
				return v.String()
			}
		}
	}
	return "unknown"
}

// worthless refuses a configuration that loses what it acknowledged at the smallest failure there is: there is nothing to
// certify, and the audit says why.
func worthless(promises map[string]certificate.Promise) error {
	p := promises[string(promise.PodKilled)]
	if p.Acknowledged == string(promise.Lost) {
		return fmt.Errorf("no certificate can be made of a configuration that promises nothing: %s", p.Sentence)
	}
	return nil
}

// audited is what the audit reads off a configuration: its promises by failure, and its errors, for when it never stands.
func audited(set input.Set) (promises map[string]certificate.Promise, said []string, err error) {
	report, err := audit.Run(set, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("audit what is to be certified: %w", err)
	}
	if n := len(report.Promise.Clusters); n != 1 {
		return nil, nil, fmt.Errorf("the audit sees %d RocketMQ clusters in what is to be certified, and a certificate is of one", n)
	}
	all := map[string]certificate.Promise{}
	for _, o := range report.Promise.Clusters[0].Outcomes {
		all[string(o.Failure)] = certificate.Promise{Failure: string(o.Failure), Acknowledged: string(o.Acknowledged), Sends: string(o.Sends),
			UpTo: time.Duration(o.UpToMS) * time.Millisecond, Sentence: o.Sentence}
	}
	for _, f := range report.Findings {
		if f.Severity == rules.Error {
			said = append(said, f.Object+": "+f.Message+" ("+f.Rule+")")
		}
	}
	return all, said, nil
}

func asYAML(objects []*unstructured.Unstructured) ([]byte, error) {
	var b bytes.Buffer
	for _, o := range objects {
		raw, err := yaml.Marshal(o.Object)
		if err != nil {
			return nil, fmt.Errorf("write %s %s as YAML: %w", o.GetKind(), o.GetName(), err)
		}
		fmt.Fprintf(&b, "---\n%s", raw)
	}
	return b.Bytes(), nil
}

// onSubject makes the profile's scenarios stand on the configuration, and says which cannot.
func (j *job) onSubject() {
	from, _ := keys.ParseVersion(j.Profile.RocketMQ)
	to, _ := keys.ParseVersion(j.Profile.UpgradeTo)
	for i := range j.scenarios {
		s := &j.scenarios[i]
		switch {
		case !j.foreign() && s.On.Overlay != j.Overlay && !catalog.IsMode(j.Overlay):
			j.notRun[s.Name] = fmt.Sprintf("it is written for the overlay %s, and this is %s", s.On.Overlay, j.Overlay)
		case j.Standing != nil && j.Standing.forbids(*s) != "":
			j.notRun[s.Name] = j.Standing.forbids(*s)
		case s.On.Overlay != j.Overlay && !catalog.Movable(*s):
			j.notRun[s.Name] = fmt.Sprintf("it is written for the overlay %s, with settings of its own", s.On.Overlay)
		case j.lacking(*s) != "":
			j.notRun[s.Name] = j.lacking(*s)
		case j.upgrades(*s) && !from.Less(to):
			j.notRun[s.Name] = fmt.Sprintf("RocketMQ %s is there already, and %s is no upgrade: name a newer one with --upgrade-to", from, to)
		default:
			s.On.Overlay = j.Overlay // "": the run's own layout
		}
	}
}

// kustomized is a folder given with -k as the run remembers it: an overlay that was edited since is no longer the bundled one.
func (j *job) kustomized(dir string) string {
	full, err := filepath.Abs(dir)
	if name := bundled(dir); err != nil || name != "" && j.Source == nil {
		return name
	}
	return full
}

func (j *job) kustomization() string {
	if j.Source != nil {
		return j.Source.Kustomize
	}
	return j.Overlay
}

// foreign says that the configuration is not one of ours.
func (j *job) foreign() bool { return j.Source != nil || j.Standing != nil }

// what names the configuration.
func (j *job) what() string {
	if j.Standing != nil {
		return "cluster in context " + j.Standing.Context + ", namespace " + j.Standing.Namespace
	}
	if j.Source != nil {
		return j.Source.String()
	}
	return "overlay " + j.Overlay
}
