package rules

import (
	"strings"
	"testing"
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
