//go:build !agent

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/fixtures/foreign"
	"github.com/rmqproof/rmqproof/fixtures/rails"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/suites/lab"
)

// exitRefused is for what the rails keep from a cluster that is not ours.
const exitRefused = 3

// standing is a cluster that is there already, and keeps standing.
type standing struct {
	Context    string   `json:"context"`
	Namespace  string   `json:"namespace"`
	AgentImage string   `json:"agentImage"`
	Allowed    []string `json:"allowedNames,omitempty"`
	// Allow is what the user allows beyond faults on pods.
	Allow rails.Allow `json:"allow"`
	// AbortAfter is for how long a broker group may be out, in nanoseconds.
	AbortAfter time.Duration `json:"abortAfter"`
}

// reach builds the access that lab needs, after the rails have let it pass.
func (s *standing) reach(ctx context.Context) (*lab.Standing, error) {
	if s.AbortAfter < time.Second {
		return nil, exitError{exitUsage, fmt.Errorf("--abort-after %s: a broker group that restarts is out for some seconds at least", s.AbortAfter)}
	}
	ask := rails.Ask{Context: s.Context, Namespace: s.Namespace, Allowed: s.Allowed}
	if err := ask.Named(); err != nil { // before a kubeconfig is looked at: its current context is never taken
		return nil, exitError{exitRefused, err}
	}
	loading := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(clientcmd.NewDefaultClientConfigLoadingRules(), &clientcmd.ConfigOverrides{CurrentContext: s.Context})
	raw, err := loading.RawConfig()
	if err != nil {
		return nil, exitError{exitUsage, fmt.Errorf("kubeconfig: %w", err)}
	}
	named, ok := raw.Contexts[s.Context]
	if !ok {
		return nil, exitError{exitUsage, fmt.Errorf("the kubeconfig has no context %s", s.Context)}
	}
	config, err := loading.ClientConfig()
	if err != nil {
		return nil, exitError{exitUsage, fmt.Errorf("kubeconfig, context %s: %w", s.Context, err)}
	}
	config.QPS, config.Burst = 50, 100
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connect to context %s: %w", s.Context, err)
	}
	ask.Cluster, ask.Server = named.Cluster, config.Host
	if err := s.allowed(ctx, client, ask); err != nil {
		return nil, err
	}
	return &lab.Standing{Config: config, Context: s.Context, AgentImage: s.AgentImage, AbortAfter: s.AbortAfter}, nil
}

// allowed asks the rails, and then the API server for each right that the run will use.
func (s *standing) allowed(ctx context.Context, client kubernetes.Interface, ask rails.Ask) error {
	if err := ask.Check(ctx, client); err != nil {
		if errors.Is(err, rails.ErrRefused) {
			return exitError{exitRefused, err}
		}
		return exitError{exitInconclusive, err}
	}
	missing, err := rails.For(rocketmq.AgentNamespace, s.Allow).Missing(ctx, client, s.Namespace, rocketmq.AgentNamespace)
	if err != nil {
		return exitError{exitInconclusive, err}
	}
	if len(missing) > 0 {
		return exitError{exitRefused, fmt.Errorf("refused: the user of context %s may not %s: rmqproof rbac --namespace %s%s prints the roles",
			s.Context, strings.Join(missing, "; "), s.Namespace, flagsOf(s.Allow))}
	}
	return nil
}

// forbids says why a scenario is not run on a cluster that stands already, "" where it may be.
func (s *standing) forbids(c scenario.Scenario) string {
	has := func(label string) bool { return slices.Contains(c.Labels, label) }
	needs := func(n chaos.Need) bool { return slices.Contains(c.Needs(), n) }
	switch {
	case has("storage") || has("change") || has("upgrade"):
		return "it changes the cluster's own objects, and those of a cluster that stands already are left as they are"
	case needs(chaos.NodePower):
		return "it needs " + chaos.NodePower.Sentence()
	case has("node") && !s.Allow.Nodes:
		return "it disturbs a node, and with it whatever else runs there: --allow-nodes allows that"
	case needs(chaos.NodeHelper) && !s.Allow.Privileged:
		return "it needs " + chaos.NodeHelper.Sentence() + ": --allow-privileged allows that"
	}
	return ""
}

// flagsOf are the options that allow it.
func flagsOf(a rails.Allow) (flags string) {
	if a.Nodes {
		flags += " --allow-nodes"
	}
	if a.Privileged {
		flags += " --allow-privileged"
	}
	return flags
}

// look reads the cluster as the audit does, and describes it as manifests: without what the cluster itself writes.
func (s *standing) look(ctx context.Context) (input.Set, *foreign.Adapted, error) {
	set, err := input.Namespace(ctx, s.Context, s.Namespace)
	if err != nil {
		return set, nil, err
	}
	a := &foreign.Adapted{Layout: rocketmq.Layout{Name: "cluster in context " + s.Context, Mark: "standing", Namespace: s.Namespace}, Deviations: []string{
		"The load's topics and consumer groups, whose names begin with rmqproof, are made on the cluster's brokers and removed behind each scenario.",
	}}
	return set, a, nil
}

// described are the objects of a set without status and what changes by itself.
func described(set input.Set) (list []*unstructured.Unstructured, err error) {
	for _, o := range set.Objects {
		plain, err := o.Value.Plain()
		if err != nil {
			return nil, err
		}
		raw, err := json.Marshal(plain)
		u := &unstructured.Unstructured{}
		if err == nil {
			err = u.UnmarshalJSON(raw)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o, err)
		}
		if u.GetName() == "rmqproof-ledger" || u.GetKind() == "PersistentVolume" || u.GetKind() == "StorageClass" { // ours, or of the whole cluster
			continue
		}
		delete(u.Object, "status")
		for _, key := range []string{"resourceVersion", "uid", "generation", "creationTimestamp", "managedFields", "annotations", "ownerReferences", "selfLink"} {
			unstructured.RemoveNestedField(u.Object, "metadata", key)
		}
		list = append(list, u)
	}
	return list, nil
}
