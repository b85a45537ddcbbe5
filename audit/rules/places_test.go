package rules

import (
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/model"
)

// TestShippedFilePlaces looks at the place of what the image's own file says: no line of a file that is mounted elsewhere.
func TestShippedFilePlaces(t *testing.T) {
	text := strings.Replace(mustLayout(t, "static"), kindStart, "command: [sh, mqbroker, -c, ../conf/broker.conf]", 1)
	if _, ok := fired(judge(t, text), "config-unread"); !ok {
		t.Fatal("the mounted file is read")
	}
	lines := strings.Split(text, "\n")
	for _, f := range judge(t, text) {
		at := lines[max(0, f.Line-1)]
		if f.Object == "StatefulSet/mq/broker-a-master" && strings.Contains(at, "=") && !strings.Contains(at, ":") {
			t.Errorf("%s points at %q, which nobody reads", f.Rule, at)
		}
	}
}

// TestServerSizes looks at the sizes that are proposed for a small NameServer: a young generation below the heap.
func TestServerSizes(t *testing.T) {
	text := strings.NewReplacer("apache/rocketmq:5.5.0", "apache/rocketmq:4.9.4", "{name: JAVA_OPT_EXT, value: -Xms512m -Xmx512m}", "{name: A, value: b}",
		"limits: {memory: 1Gi}", "limits: {memory: 512Mi}").Replace(mustLayout(t, "static"))
	f, ok := fired(judge(t, text), "heap-of-the-node")
	if !ok || !strings.Contains(f.Fix, "-Xms256m -Xmx256m -Xmn128m}") {
		t.Errorf("proposes %q", f.Fix)
	}
}

// TestAbsentNameServer looks at a broker alone: the name that it registers with is not known, once.
func TestAbsentNameServer(t *testing.T) {
	text := strings.Split(mustLayout(t, "deployment"), "---\n")
	var kept []string
	for _, doc := range text {
		if !strings.Contains(doc, "mqnamesrv") && !strings.Contains(doc, "kind: Service\n") {
			kept = append(kept, strings.ReplaceAll(doc, "\n    namesrvAddr=", "\n    namesrvAddr=names:9876;"))
		}
	}
	set, err := input.Parse([]byte(strings.Join(kept, "---\n")), "x.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m := model.Build(set)
	Check(m)
	said := 0
	for _, u := range m.Unresolved {
		if u.What == "NameServer names" {
			said++
		}
	}
	if said != 1 {
		t.Errorf("said %d times in %+v", said, m.Unresolved)
	}
}
