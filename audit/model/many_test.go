package model_test

import (
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/model"
)

// TestThePodsThatAreNotLookedAtAreNotCalledAbsent looks at the pods of the first StatefulSet alone: of the second the first
// pod stands for two, and nothing is known of their group. The near miss is a second one of a single pod.
func TestThePodsThatAreNotLookedAtAreNotCalledAbsent(t *testing.T) {
	defer model.LookAt(1)()
	broker := func(name, replicas string) string {
		text := pod("image: apache/rocketmq:5.5.0\ncommand: [sh, mqbroker]\n", "terminationGracePeriodSeconds: 60")
		return strings.NewReplacer("name: mq,", "name: "+name+",", "replicas: 1", "replicas: "+replicas).Replace(text) + "---\n"
	}
	set, err := input.Parse([]byte(broker("a", "2")+broker("b", "2")+broker("c", "1")), "x.yaml")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, c := range model.Build(set).Clusters {
		for _, b := range c.Brokers {
			known[b.Pod] = b.Known
		}
	}
	for name, want := range map[string]bool{"a-0": true, "a-1": true, "b-0": false, "c-0": true} {
		if got, seen := known[name]; !seen || got != want {
			t.Errorf("%s: seen %t, known %t", name, seen, got)
		}
	}
}
