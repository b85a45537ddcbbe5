package compare_test

import (
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/compare"
	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// report judges a layout after some replacements, old and new in turn.
func report(t *testing.T, layout string, changes ...string) audit.Report {
	t.Helper()
	text, err := rules.Layout(layout)
	if err != nil {
		t.Fatal(err)
	}
	text = strings.NewReplacer(changes...).Replace(text)
	set, err := input.Parse([]byte(text), "x.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := audit.Run(set, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// states counts the promises by state, and lists the findings that differ.
func states(c compare.Change) (map[compare.State]int, map[string]compare.State) {
	counts, found := map[compare.State]int{}, map[string]compare.State{}
	for _, p := range c.Promises {
		counts[p.State]++
	}
	for _, f := range c.Findings {
		if f.State != compare.Same {
			found[f.Rule] = f.State
		}
	}
	return counts, found
}

func TestTheSameIsTheSame(t *testing.T) {
	same := report(t, "static")
	moved := report(t, "static", "# Two", "# A comment more\n# Two", "apiVersion: v1\nkind: ConfigMap", "# lines move\napiVersion: v1\nkind: ConfigMap")
	for _, other := range []audit.Report{same, moved} {
		counts, found := states(compare.Of(same, other))
		if len(found) > 0 || len(counts) != 1 || counts[compare.Same] != 2*len(promise.Failures) {
			t.Errorf("%v %v", counts, found)
		}
	}
}

// TestWorseAndBack compares in both directions: what one makes worse the other makes better.
func TestWorseAndBack(t *testing.T) {
	good := report(t, "static")
	bad := report(t, "static", "inSyncReplicas=2", "inSyncReplicas=1")
	there, back := compare.Of(good, bad), compare.Of(bad, good)
	counts, found := states(there)
	if !there.Worse() || counts[compare.Worse] == 0 || counts[compare.Better] != 0 || found["sync-master-without-ack"] != compare.New {
		t.Errorf("there: %v %v", counts, found)
	}
	counts, found = states(back)
	if back.Worse() || counts[compare.Better] == 0 || found["sync-master-without-ack"] != compare.Gone {
		t.Errorf("back: %v %v", counts, found)
	}
	for _, f := range there.New() {
		if f.Rule == "" || f.Severity == "" {
			t.Errorf("%+v", f)
		}
	}
}

// TestGroupsOfOtherNames weakens a cluster whose groups all get new names: nothing pairs, and it is worse all the same.
func TestGroupsOfOtherNames(t *testing.T) {
	good := report(t, "static")
	rename := []string{"brokerName=broker-a", "brokerName=one", "brokerName=broker-b", "brokerName=two"}
	if c := compare.Of(good, report(t, "static", rename...)); c.Worse() {
		t.Errorf("%+v", c.Promises)
	}
	if !compare.Of(good, report(t, "static", append(rename, "inSyncReplicas=2", "inSyncReplicas=1")...)).Worse() {
		t.Error("a weaker cluster under new names is no worse")
	}
}

func TestGroupsThatComeAndGo(t *testing.T) {
	both := report(t, "static")
	one := report(t, "static", "brokerName=broker-b", "brokerName=broker-a")
	counts, _ := states(compare.Of(both, one))
	if counts[compare.Gone] != len(promise.Failures) {
		t.Errorf("gone: %v", counts)
	}
	renamed := report(t, "static", "brokerClusterName=shop", "brokerClusterName=store")
	if counts, _ = states(compare.Of(both, renamed)); counts[compare.New]+counts[compare.Gone] > 0 {
		t.Errorf("a cluster of another name is another one: %v", counts)
	}
}

// TestLostOrUnknown holds that not to know is no improvement, and a bound that grows no small matter.
func TestLostOrUnknown(t *testing.T) {
	of := func(worth promise.Worth, upTo int) audit.Report {
		o := promise.Outcome{Failure: promise.PodKilled, Acknowledged: worth, UpToMS: upTo, Sends: promise.NoSends}
		return audit.Report{Promise: promise.Promise{Clusters: []promise.Cluster{{Groups: []promise.Group{{Outcomes: []promise.Outcome{o}}}}}}}
	}
	for _, c := range []struct {
		old, now audit.Report
		want     compare.State
	}{
		{of(promise.Lost, 0), of(promise.Unknown, 0), compare.Changed},
		{of(promise.Unknown, 0), of(promise.Lost, 0), compare.Worse},
		{of(promise.LostUpTo, 200), of(promise.LostUpTo, 500), compare.Worse},
		{of(promise.LostUpTo, 200), of(promise.LostUpTo, 0), compare.Worse},
		{of(promise.LostUpTo, 0), of(promise.LostUpTo, 200), compare.Better},
		{of(promise.Kept, 0), of(promise.Kept, 0), compare.Same},
	} {
		if got := compare.Of(c.old, c.now).Promises[0].State; got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func TestFindingsAreRecognisedAgain(t *testing.T) {
	f := func(rule, object, message string, s rules.Severity) rules.Finding {
		return rules.Finding{Rule: rule, Object: object, Message: message, Severity: s}
	}
	older := audit.Report{Findings: []rules.Finding{
		f("a", "x", "5 of 6", rules.Warning), f("b", "x", "m", rules.Warning), f("c", "old-name", "m", rules.Error), f("d", "x", "m", rules.Info),
	}}
	newer := audit.Report{Findings: []rules.Finding{
		f("a", "x", "4 of 6", rules.Warning), f("b", "x", "m", rules.Error), f("c", "new-name", "m", rules.Error), f("a", "x", "again", rules.Warning),
	}}
	var got []string
	for _, each := range compare.Of(older, newer).Findings {
		got = append(got, each.Rule+" "+string(each.State))
	}
	if want := "a changed,b worse,c changed,a new,d gone"; strings.Join(got, ",") != want {
		t.Errorf("%v, want %s", got, want)
	}
}
