package promise_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// change replaces texts of a layout, in pairs.
type change []string

func derive(t *testing.T, layout string, c change) promise.Promise {
	t.Helper()
	return deriveWith(t, layout, c, "")
}

// deriveWith adds further documents to a changed layout.
func deriveWith(t *testing.T, layout string, c change, add string) promise.Promise {
	t.Helper()
	text, err := rules.Layout(layout)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(c); i += 2 {
		if !strings.Contains(text, c[i]) {
			t.Fatalf("layout %s lacks %q", layout, c[i])
		}
		text = strings.ReplaceAll(text, c[i], c[i+1])
	}
	set, err := input.Parse([]byte(strings.TrimRight(text, "\n")+add), "x.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m := model.Build(set)
	_, doubts := rules.Judge(m)
	return promise.Derive(m, doubts)
}

// brief writes the worst of a cluster as one line: worth and sends for each failure in the order of the report.
func brief(p promise.Promise) string {
	var all []string
	for _, o := range p.Clusters[0].Outcomes {
		worth := string(o.Acknowledged)
		if o.UpToMS > 0 {
			worth = fmt.Sprintf("<%d", o.UpToMS)
		}
		all = append(all, worth+"/"+string(o.Sends))
	}
	return strings.Join(all, " ")
}

func TestPromises(t *testing.T) {
	const (
		memory = "flushDiskType=SYNC_FLUSH"
		lazy   = "flushDiskType=ASYNC_FLUSH"
	)
	for name, c := range map[string]struct {
		layout string
		change change
		want   string
	}{
		// In the order: pod killed, node lost, power of one node, volume lost, disk failing, disk full, group lost, zone lost,
		// power of all.
		"strict static":        {"static", nil, "kept/other-groups kept/other-groups kept/other-groups kept/other-groups <5010/other-groups lost/other-groups kept/other-groups lost/none kept/none"},
		"copies in memory":     {"static", change{memory, lazy}, "kept/other-groups <10500/other-groups <10500/other-groups kept/other-groups lost/same-group lost/other-groups <10500/other-groups lost/none <10500/none"},
		"SYNC_MASTER alone":    {"static", change{"inSyncReplicas=2", "inSyncReplicas=1", memory, lazy}, "kept/other-groups <10500/other-groups <10500/other-groups lost-up-to/other-groups lost/same-group lost/other-groups <10500/other-groups lost/none <10500/none"},
		"copies on one node":   {"static", change{"podAntiAffinity:", "podAffinity:"}, "kept/other-groups lost/other-groups kept/other-groups kept/other-groups <5010/other-groups lost/other-groups kept/other-groups lost/none kept/none"},
		"apart by zone":        {"static", change{"kubernetes.io/hostname, labelSelector: {matchLabels: {app: broker", "topology.kubernetes.io/zone, labelSelector: {matchLabels: {app: broker"}, "kept/other-groups kept/other-groups kept/other-groups kept/other-groups <5010/other-groups lost/other-groups kept/other-groups kept/other-groups kept/none"},
		"recovered in part":    {"static", change{"commitLogRecoverMaxNum=1000", "commitLogRecoverMaxNum=10"}, "kept/other-groups <61000/other-groups <61000/other-groups kept/other-groups <61000/other-groups lost/other-groups <61000/other-groups lost/none <61000/none"},
		"a checkpoint ahead":   {"static", change{"rocketmq:5.5.0", "rocketmq:5.4.0"}, "kept/other-groups <61000/other-groups <61000/other-groups kept/other-groups <61000/other-groups lost/other-groups <61000/other-groups lost/none <61000/none"},
		"timers only":          {"static", change{"autoCreateTopicEnable=false", "cleanFileForciblyEnable=false\n    timerEnableRetryUntilSuccess=false", "    timerEnableRetryUntilSuccess=true\n", ""}, "kept/other-groups kept/other-groups kept/other-groups kept/other-groups <5010/other-groups lost/other-groups kept/other-groups lost/none kept/none"},
		"nothing on a disk":    {"static", change{"autoCreateTopicEnable=false", "cleanFileForciblyEnable=false"}, "kept/other-groups kept/other-groups kept/other-groups kept/other-groups <5010/other-groups lost/other-groups kept/other-groups lost/none kept/none"},
		"masters on their own": {"masters", nil, "kept/other-groups lost/other-groups <61000/other-groups lost/other-groups <61000/other-groups lost/other-groups <61000/other-groups lost/none <61000/none"},
		"an old release":       {"masters", change{"rocketmq:5.5.0 # brokers", "rocketmq:5.2.0"}, "kept/other-groups lost/other-groups unknown/other-groups lost/other-groups lost/same-group lost/other-groups unknown/other-groups lost/none unknown/none"},
		"strict controller":    {"controller", nil, "kept/same-group kept/same-group kept/same-group kept/same-group kept/same-group lost/none <61000/none lost/none <61000/none"},
		"weak controller":      {"controller", change{"allAckInSyncStateSet=true", "allAckInSyncStateSet=false", "inSyncReplicas=2\n    totalReplicas", "totalReplicas"}, "lost-up-to/same-group lost-up-to/same-group lost-up-to/same-group lost-up-to/same-group lost/same-group lost/none <61000/none lost/none <61000/none"},
		"unclean controller":   {"controller", change{"enableElectUncleanMaster=false", "enableElectUncleanMaster=true"}, "kept/same-group kept/same-group kept/same-group kept/same-group kept/same-group lost/none lost/none lost/none lost/none"},
		"a release's defect":   {"controller", change{"rocketmq:5.5.0 # brokers", "rocketmq:5.3.3"}, "unknown/same-group unknown/same-group unknown/same-group unknown/same-group unknown/same-group lost/none unknown/none lost/none unknown/none"},
		"a release unknown":    {"controller", change{"rocketmq:5.5.0 # brokers", "rocketmq:latest"}, "unknown/same-group unknown/same-group unknown/same-group unknown/same-group unknown/same-group lost/none unknown/none lost/none unknown/none"},
		"Raft":                 {"dledger", nil, "kept/same-group kept/same-group kept/same-group kept/same-group lost-up-to/same-group lost/none <61000/none lost/none <61000/none"},
		"a store that ends":    {"static", change{"{name: store, mountPath: /home/rocketmq/store}", "{name: logs, mountPath: /home/rocketmq/store}"}, "lost/other-groups lost/other-groups lost/other-groups lost/other-groups lost/other-groups lost/other-groups lost/other-groups lost/none lost/none"},
		"unknown":              {"static", change{"configMap: {name: broker-a-master}", "configMap: {name: elsewhere}"}, "unknown/unknown unknown/unknown unknown/unknown unknown/unknown unknown/unknown lost/other-groups unknown/unknown lost/none unknown/unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(strings.Fields(c.want), strings.Fields(brief(derive(t, c.layout, c.change)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWordsAndPlaces(t *testing.T) {
	p := derive(t, "static", nil)
	for _, g := range p.Clusters[0].Groups {
		if g.Mode != "static" || len(g.Outcomes) != len(promise.Failures) {
			t.Errorf("%+v", g)
		}
		for _, o := range g.Outcomes {
			if len(o.Keys) == 0 || o.Keys[0].Line == 0 || !strings.HasSuffix(o.Sentence, ".") || o.Why == "" {
				t.Errorf("%+v", o)
			}
		}
	}
}
