package promise_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// choice is a text of a layout and what may stand there instead.
type choice struct {
	text   string
	others []string
}

// choices are settings that a generated configuration draws.
var choices = map[string][]choice{
	"static": {
		{"flushDiskType=SYNC_FLUSH", []string{"flushDiskType=ASYNC_FLUSH"}},
		{"inSyncReplicas=2", []string{"inSyncReplicas=1"}},
		{"brokerRole=SYNC_MASTER", []string{"brokerRole=ASYNC_MASTER"}},
		{"podAntiAffinity:", []string{"podAffinity:"}},
		{"rocketmq:5.5.0", []string{"rocketmq:5.1.0", "rocketmq:5.2.0", "rocketmq:5.3.3", "rocketmq:5.4.0", "rocketmq:4.9.7"}},
		{"commitLogRecoverMaxNum=1000", []string{"commitLogRecoverMaxNum=10"}},
		{"{name: store, mountPath: /home/rocketmq/store}", []string{"{name: logs, mountPath: /home/rocketmq/store}", "{name: store, mountPath: /root/store}"}},
		{"brokerName=broker-b\n    brokerId=0", []string{"brokerName=broker-a\n    brokerId=0"}},
		{"autoCreateTopicEnable=false", []string{"transientStorePoolEnable=true", "cleanFileForciblyEnable=false"}},
	},
	"controller": {
		{"allAckInSyncStateSet=true", []string{"allAckInSyncStateSet=false"}},
		{"minInSyncReplicas=2", []string{"minInSyncReplicas=1"}},
		{"enableElectUncleanMaster=false", []string{"enableElectUncleanMaster=true"}},
		{"flushDiskType=ASYNC_FLUSH", []string{"flushDiskType=SYNC_FLUSH"}},
		{"rocketmq:5.5.0 # brokers", []string{"rocketmq:5.1.0", "rocketmq:5.1.4", "rocketmq:5.2.0", "rocketmq:5.3.3", "rocketmq:5.4.0"}},
		{"whenUnsatisfiable: DoNotSchedule # brokers", []string{"whenUnsatisfiable: ScheduleAnyway"}},
		{"controllerDLegerSelfId=n@ORDINAL@", []string{"controllerDLegerSelfId=n0"}},
	},
	"masters": {
		{"flushDiskType=SYNC_FLUSH", []string{"flushDiskType=ASYNC_FLUSH"}},
		{"rocketmq:5.5.0 # brokers", []string{"rocketmq:5.1.0", "rocketmq:5.2.0", "rocketmq:5.4.0"}},
		{"autoCreateTopicEnable=false", []string{"transientStorePoolEnable=true", "commitLogRecoverMaxNum=1000"}},
		{"storageClassName: fast", []string{"storageClassName: local"}},
	},
}

// classes are in the input of every generated configuration, so that taking one away adds an unknown.
const classes = "---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast}\nprovisioner: ebs.csi.aws.com\nreclaimPolicy: Retain\n" +
	"---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: local}\nprovisioner: rancher.io/local-path\nreclaimPolicy: Retain\n" +
	"---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: local-ssd}\nprovisioner: kubernetes.io/no-provisioner\nreclaimPolicy: Retain\n"

// unknowns take something away that a promise may rest on.
var unknowns = map[string]func(string) string{
	"the tag latest": retag("latest"),
	"no tag":         retag("${TAG}"),
	"a digest":       func(s string) string { return strings.ReplaceAll(s, "apache/rocketmq:", "apache/rocketmq@sha256:") },
	"a mirror": func(s string) string {
		return strings.ReplaceAll(s, "apache/rocketmq:", "registry.example.com/base/rocketmq:")
	},
	"an image of its own": func(s string) string {
		return strings.ReplaceAll(s, "apache/rocketmq:", "registry.example.com/base/queue:")
	},
	"no classes":   func(s string) string { return strings.ReplaceAll(s, "kind: StorageClass", "kind: Other") },
	"another user": func(s string) string { return strings.ReplaceAll(s, "runAsUser: 3000", "runAsUser: 1234") },
	"no file":      func(s string) string { return strings.ReplaceAll(s, "kind: ConfigMap", "kind: Other") },
}

func retag(tag string) func(string) string {
	return func(s string) string {
		var out []string
		for _, line := range strings.Split(s, "\n") {
			if at := strings.Index(line, "apache/rocketmq:"); at >= 0 {
				line = line[:at] + "apache/rocketmq:" + tag
			}
			out = append(out, line)
		}
		return strings.Join(out, "\n")
	}
}

func generate(t *testing.T, layout string, rng *rand.Rand) string {
	t.Helper()
	text, err := rules.Layout(layout)
	if err != nil {
		t.Fatal(err)
	}
	text += classes
	for _, c := range choices[layout] {
		if rng.IntN(2) == 0 {
			text = strings.ReplaceAll(text, c.text, c.others[rng.IntN(len(c.others))])
		}
	}
	return text
}

func judged(t *testing.T, text string) (promise.Promise, []rules.Finding) {
	t.Helper()
	set, err := input.Parse([]byte(text), "x.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m := model.Build(set)
	findings, doubts := rules.Judge(m)
	return promise.Derive(m, doubts), findings
}

// better says whether an outcome promises more than another, so that an unknown that led to it would have improved it.
func better(now, before promise.Outcome) bool {
	rank := map[promise.Worth]int{promise.Kept: 0, promise.LostUpTo: 1, promise.Unknown: 2, promise.Lost: 3}
	switch {
	case now.Acknowledged == promise.Unknown:
		return false
	case now.Acknowledged == promise.LostUpTo && before.Acknowledged == promise.LostUpTo:
		return now.UpToMS > 0 && (before.UpToMS == 0 || now.UpToMS < before.UpToMS)
	}
	return rank[now.Acknowledged] < rank[before.Acknowledged]
}

// TestAnUnknownNeverImproves takes something away from generated configurations.
func TestAnUnknownNeverImproves(t *testing.T) {
	for layout := range choices {
		rng := rand.New(rand.NewPCG(1, uint64(len(layout))))
		for n := range 20 {
			text := generate(t, layout, rng)
			before, _ := judged(t, text)
			for name, take := range unknowns {
				now, _ := judged(t, take(text))
				if len(now.Clusters) != 1 || len(before.Clusters) != 1 {
					continue
				}
				for i, o := range now.Clusters[0].Outcomes {
					if old := before.Clusters[0].Outcomes[i]; better(o, old) {
						t.Fatalf("%s %d: %s improves %s:\n%s\n%s", layout, n, name, o.Failure, old.Sentence, o.Sentence)
					}
				}
			}
		}
	}
}

// TestNoErrorOfDurabilityBesideKept holds a promise against the errors of the same run: what a rule says is lost under
// a failure is not kept there, and no error about messages leaves everything kept.
func TestNoErrorOfDurabilityBesideKept(t *testing.T) {
	for layout := range choices {
		rng := rand.New(rand.NewPCG(2, uint64(len(layout))))
		for range 30 {
			p, findings := judged(t, generate(t, layout, rng))
			for _, f := range findings {
				rule, _ := rules.Find(f.Rule)
				for _, o := range p.Clusters[0].Outcomes {
					if slices.Contains(rule.Loses, o.Failure) && o.Acknowledged == promise.Kept {
						t.Errorf("%s beside %s: %s", f.Rule, o.Failure, o.Sentence)
					}
				}
			}
		}
	}
}

// TestErrorsWorsenThePromise breaks each rule's layout: an error about messages must show in what is promised.
func TestErrorsWorsenThePromise(t *testing.T) {
	for _, r := range rules.All() {
		if r.Severity != rules.Error || r.Category != "durability" && !r.Stops && len(r.Loses) == 0 {
			continue
		}
		t.Run(r.ID, func(t *testing.T) {
			layout, err := rules.Layout(r.Example.On)
			if err != nil {
				t.Fatal(err)
			}
			sound, _ := judged(t, layout)
			broken, _ := judged(t, r.Example.Break(layout))
			if whole(sound) == whole(broken) {
				t.Errorf("promises the same as without it")
			}
		})
	}
}

func whole(p promise.Promise) string {
	var out strings.Builder
	for _, c := range p.Clusters {
		for _, g := range c.Groups {
			for _, o := range g.Outcomes {
				fmt.Fprintln(&out, g.Name, o.Failure, o.Acknowledged, o.UpToMS, o.Sends, o.Against)
			}
		}
	}
	return out.String()
}
