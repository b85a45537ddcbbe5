//go:build !agent

package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/fixtures/rails"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/scenario"
)

// lacking says why a scenario cannot be run on the configuration, by the first of its needs that is not met; "" where it can.
func (j *job) lacking(s scenario.Scenario) string {
	for _, need := range s.Needs() {
		if why := j.lacks[need]; why != "" {
			return why
		}
	}
	return ""
}

// lacksOf are the needs that no part of a configuration meets, as the audit reads it, and why.
func lacksOf(m *model.Model) map[chaos.Need]string {
	lacks, paired := map[chaos.Need]string{}, false
	for _, c := range m.Clusters {
		for _, g := range c.Groups {
			paired = paired || len(g.Brokers) > 1
			for _, w := range g.Workloads() {
				if w.Object.Kind != "StatefulSet" {
					lacks[chaos.StatefulSet] = fmt.Sprintf("it needs %s, and %s %s is none", chaos.StatefulSet.Sentence(), w.Object.Kind, w.Name)
				}
			}
		}
	}
	if !paired {
		lacks[chaos.Slave] = "it needs " + chaos.Slave.Sentence() + ", and no group has a slave"
	}
	return lacks
}

// volumes adds what the volumes of kind cannot do for this configuration.
func (j *job) volumes() {
	movable := bytes.Contains(j.manifests, []byte("storageClassName: rmqproof-shared")) || bytes.Contains(j.manifests, []byte("storageClassName: rmqproof-attached"))
	tied := bytes.Contains(j.manifests, []byte("storageClassName: rmqproof-local"))
	if j.Source != nil {
		movable, tied = len(j.Source.Shared) > 0, len(j.adapted.Classes) > len(j.Source.Shared) || len(j.adapted.Classes) == 0
	}
	if !movable {
		j.lacks[chaos.MovableVolume] = "it needs " + chaos.MovableVolume.Sentence() + ", and no claim here is of such a class (--shared-class makes one of a class of your own)"
	}
	if !tied {
		j.lacks[chaos.TiedVolume] = "it needs " + chaos.TiedVolume.Sentence() + ", and the volumes of every class here can follow"
	}
}

// upgrades tells whether a scenario runs the version that upgrades lead to.
func (j *job) upgrades(s scenario.Scenario) bool {
	return slices.ContainsFunc(s.Faults(), func(f string) bool { return strings.Contains(f, "apache/rocketmq:"+j.Profile.UpgradeTo) })
}

// releases are the versions of RocketMQ that the run will see.
func (j *job) releases() string {
	for _, s := range j.scenarios {
		if j.notRun[s.Name] == "" && j.upgrades(s) {
			return j.Profile.RocketMQ + " to " + j.Profile.UpgradeTo
		}
	}
	return j.Profile.RocketMQ
}

// permissions are what the run does to a machine or a cluster, for whoever has to allow it, one line each.
func (j *job) permissions() (lines []string) {
	if j.Standing != nil {
		lines = append(lines, "the annotation "+rails.GivenTo+" of namespace "+j.Standing.Namespace+" names the cluster")
		return append(lines, rails.For(rocketmq.AgentNamespace, j.Standing.Allow).Lines(j.Standing.Namespace, rocketmq.AgentNamespace)...)
	}
	lines = append(lines, "a container engine on this machine, in which a kind cluster is made; no other cluster is reached")
	for _, s := range j.scenarios {
		if j.notRun[s.Name] != "" {
			continue
		}
		for _, need := range s.Needs() {
			if line := string(need) + ": " + need.Sentence(); !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}
