//go:build !agent

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rmqproof/rmqproof/reports/certificate"
	"github.com/rmqproof/rmqproof/suites/catalog"
)

// certifyOptions are the command line of certify.
type certifyOptions struct {
	kustomize, profile, sign, require string
	out, resume, version, upgradeTo   string
	source                            source
	standing                          standing
	seed                              int64
	plan, keep                        bool
}

func newCertifyCommand() *cobra.Command {
	o := &certifyOptions{}
	c := &cobra.Command{
		Use:   "certify (-k FOLDER | -f FILE | --chart FOLDER) --profile PROFILE | certify --resume RUN",
		Short: "Run a profile of faults on a configuration, and make a certificate of it that others can check",
		Long: `Stand up a configuration, run every scenario of a profile as e2e does, and make a certificate: what was promised, what was
demanded, what was seen, and the histories that show it, for rmqproof verify to check without a cluster.

The configuration is a bundled overlay (manifests/overlays), or manifests, a kustomization or a Helm chart of your own, which are made
to stand in kind: what kind lacks is supplied or refused by name, and each difference stands in the certificate (docs/certify.md).

--require takes demands that hold for every scenario, or a file of them: acked-loss=COUNT, rpo=TIME, rto=TIME, outage=TIME.

--context and --namespace name a cluster that stands already. Its namespace must be given for faults by an annotation;
what is refused says how it would be allowed.

Exit code: 0 certified, 1 a claim, a promise or a demand was broken, 2 inconclusive or not every scenario was run, 3 refused by a
rail of a cluster that is not ours, 64 usage.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	f := c.Flags()
	f.StringVarP(&o.kustomize, "kustomize", "k", "", "folder of a kustomization: a bundled overlay, such as manifests/overlays/kind, or your own")
	f.StringVar(&o.profile, "profile", "smoke", "profile to run: its newest version")
	f.StringVar(&o.sign, "sign", "", "private key that signs the certificate; rmqproof keygen makes one")
	f.StringVar(&o.require, "require", "", "demands, such as 'acked-loss=0,rto=30s', or a file of them")
	f.StringVar(&o.out, "out", filepath.Join("reports", "out"), "folder in which the run's folder is made")
	f.StringVar(&o.resume, "resume", "", "folder of an earlier run: what it has not decided is run, the rest is taken as it is")
	f.StringVar(&o.version, "version", catalog.Default.From, "RocketMQ version of a bundled overlay; your own manifests name theirs")
	f.StringVar(&o.upgradeTo, "upgrade-to", catalog.Default.To, "RocketMQ version that upgrades lead to")
	o.source.define(f)
	o.defineStanding(f)
	f.Int64Var(&o.seed, "seed", 0, "seed of every random choice (0: take one and print it)")
	f.BoolVar(&o.plan, "plan", false, "print scenarios, promises, targets, needs and expected time, and change nothing")
	f.BoolVar(&o.keep, "keep", false, "leave the cluster running")
	return c
}

// defineStanding defines the flags of a cluster that stands already.
func (o *certifyOptions) defineStanding(f *pflag.FlagSet) {
	f.StringVar(&o.standing.Context, "context", "", "context of the kubeconfig, for a cluster that stands already; the current one is never taken")
	f.StringVar(&o.standing.AgentImage, "agent-image", "rmqproof/agent:dev", "with --context: the load's agent, from where the cluster's nodes can pull it")
	f.StringArrayVar(&o.standing.Allowed, "allow-name", nil, "with --context: a name that looks like production and is none; may be repeated")
	f.BoolVar(&o.standing.Allow.Nodes, "allow-nodes", false, "with --context: nodes may be cordoned, drained and tainted, with whatever runs on them")
	f.BoolVar(&o.standing.Allow.Privileged, "allow-privileged", false, "with --context: a privileged pod may reach the processes and the network of a target's node")
	f.DurationVar(&o.standing.AbortAfter, "abort-after", 3*time.Minute, "with --context: for how long a broker group may be out before everything is healed and the run ends")
}

func (o *certifyOptions) run(cmd *cobra.Command) error {
	ctx := cmd.Context()
	job, err := o.job(cmd)
	if err != nil {
		if code := (exitError{}); errors.As(err, &code) {
			return err
		}
		return exitError{exitUsage, err}
	}
	if job.Standing == nil && !(o.plan && job.foreign()) {
		if err := checkVersions(ctx, job.toGet()...); err != nil {
			return err
		}
	}
	if o.plan {
		return job.print(cmd.OutOrStdout())
	}
	key, err := o.key()
	if err != nil {
		return exitError{exitUsage, err}
	}
	if err := job.open(o.out); err != nil {
		return err
	}
	release, err := job.lock()
	if err != nil {
		return exitError{exitUsage, err}
	}
	defer release()
	c, err := job.certify(ctx, key, o.keep)
	if err != nil {
		return exitError{exitInconclusive, fmt.Errorf("%w. Evidence: %s; --resume %s goes on", err, job.dir, job.dir)}
	}
	bundle := filepath.Join(job.dir, bundleName)
	if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%sCertificate: %s and %s.tar.gz\n", c.Text(), bundle, bundle); err != nil {
		return err
	}
	return job.ended(c)
}

// job says what is to be done: a new run's options, or those of the run that is resumed.
func (o *certifyOptions) job(cmd *cobra.Command) (*job, error) {
	var j *job
	var err error
	if o.resume != "" {
		if j, err = resumed(o.resume); err == nil {
			err = o.agrees(cmd, j)
		}
	} else {
		if j, err = o.fresh(); err == nil {
			err = j.fits(cmd.Flags())
		}
	}
	if err != nil {
		return nil, err
	}
	return j, j.prepare(cmd.Context())
}

func (o *certifyOptions) fresh() (*job, error) {
	overlay, from, err := o.subject()
	if err != nil {
		return nil, err
	}
	var there *standing
	if o.standing.Context != "" {
		o.standing.Namespace = o.source.Namespace
		there, from = &o.standing, nil
	}
	profile, err := catalog.Latest(o.profile)
	if err != nil {
		return nil, err
	}
	demands, err := o.demands()
	if err != nil {
		return nil, err
	}
	j := &job{Overlay: overlay, Source: from, Standing: there, Seed: o.seed, Demands: demands,
		Profile: certificate.ProfileID{Name: profile.Name, Version: profile.Version, RocketMQ: o.version, UpgradeTo: o.upgradeTo}}
	if j.Seed == 0 {
		j.Seed = time.Now().UnixNano() % 1_000_000
	}
	return j, nil
}

// subject is the bundled overlay that is named, or somebody else's configuration.
func (o *certifyOptions) subject() (overlay string, from *source, err error) {
	o.source.Kustomize = o.kustomize
	if o.standing.Context != "" {
		if !o.source.empty() {
			return "", nil, errors.New("--context names a cluster that stands already, and -k, -f and --chart what is to be stood up in kind: give one of them")
		}
		return "", nil, nil
	}
	if o.source.empty() {
		return "", nil, errors.New("nothing to certify: give a folder with -k, such as manifests/overlays/kind, manifests with -f, or a chart with --chart")
	}
	if o.kustomize != "" && len(o.source.Files)+len(o.source.Charts) == 0 {
		if overlay = bundled(o.kustomize); overlay != "" {
			return overlay, nil, nil
		}
	}
	return "", &o.source, o.source.absolute()
}

// agrees refuses a resumed run under other options than those that it was begun with.
func (o *certifyOptions) agrees(cmd *cobra.Command, j *job) error {
	demands, err := o.demands()
	if err != nil {
		return err
	}
	for _, name := range sourceFlags {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s: a resumed run keeps the configuration that it was begun with: leave it out, or begin anew", name)
		}
	}
	for _, f := range []struct {
		name       string
		given, was any
	}{
		{"kustomize", j.kustomized(o.kustomize), j.kustomization()}, {"profile", o.profile, j.Profile.Name}, {"version", o.version, j.Profile.RocketMQ}, {"upgrade-to", o.upgradeTo, j.Profile.UpgradeTo},
		{"seed", o.seed, j.Seed}, {"require", strings.Join(demands, ","), strings.Join(j.Demands, ",")},
	} {
		if cmd.Flags().Changed(f.name) && f.given != f.was {
			return fmt.Errorf("--%s is %v, and the run in %s was begun with %v: leave it out, or begin anew", f.name, f.given, o.resume, f.was)
		}
	}
	return nil
}

// demands reads --require, itself or the file that it names.
func (o *certifyOptions) demands() ([]string, error) {
	text, name := o.require, "--require"
	raw, unread := os.ReadFile(text)
	if unread == nil {
		text, name = string(raw), "--require "+o.require
	}
	parsed, err := certificate.ParseDemands(text)
	switch {
	case err != nil && unread != nil && !strings.Contains(text, "="): // it was meant for a file
		return nil, fmt.Errorf("%s: %w; it is no file that can be read, either: %w", name, err, unread)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case unread == nil && len(parsed) == 0:
		return nil, fmt.Errorf("%s: the file holds no demand, so that everything would meet it", name)
	}
	all := []string{}
	for _, d := range parsed {
		all = append(all, d.String())
	}
	return all, nil
}

func (o *certifyOptions) key() (*certificate.Key, error) {
	if o.sign == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(o.sign)
	if err != nil {
		return nil, fmt.Errorf("--sign: %w", err)
	}
	key, err := certificate.ReadKey(raw)
	if err != nil {
		return nil, fmt.Errorf("--sign %s: %w", o.sign, err)
	}
	return key, nil
}
