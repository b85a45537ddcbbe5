package audit_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// allocated is how many bytes a piece of work allocates: a measure of work that no other load on the machine changes.
func allocated(work func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestWorkGrowsWithTheInput judges inputs of one and of four times a size: the work grows as the input does. A little
// more is left for slices and maps that grow in steps.
func TestWorkGrowsWithTheInput(t *testing.T) {
	for name, text := range map[string]func(n int) string{
		"sets with the same labels": func(n int) string { return sets(t, n) },
		"clusters of their own":     func(n int) string { return clusters(t, n/2) },
		"a network policy for each": func(n int) string { return sets(t, n) + policies(n) },
	} {
		t.Run(name, func(t *testing.T) {
			small, large := []byte(text(30)), []byte(text(120))
			judge(t, small) // tables that are read once
			one := allocated(func() { judge(t, small) })
			four := allocated(func() { judge(t, large) })
			if four > one*5 {
				t.Errorf("four times the input costs %.1f times the work", float64(four)/float64(one))
			}
		})
	}
}

// TestMemoryOfASet bounds what one StatefulSet of four brokers costs among many: what is allocated on the way, and what is
// still held when the report is there.
func TestMemoryOfASet(t *testing.T) {
	const n, work, held = 200, 350 << 10, 70 << 10
	text := []byte(sets(t, n))
	judge(t, []byte(sets(t, 1))) // tables that are read once
	if each := allocated(func() { judge(t, text) }) / n; each > work {
		t.Errorf("one of %d StatefulSets allocates %d KiB", n, each>>10)
	}
	live := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := live()
	set, err := input.Parse(text, "x.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := audit.Run(set, nil)
	if err != nil {
		t.Fatal(err)
	}
	if each := (live() - before) / n; each > held {
		t.Errorf("one of %d StatefulSets holds %d KiB", n, each>>10)
	}
	runtime.KeepAlive(set)
	runtime.KeepAlive(r)
}

// clusters is a whole layout of fifteen objects in each of n namespaces.
func clusters(t testing.TB, n int) string {
	t.Helper()
	layout, err := rules.Layout("static")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for i := range n {
		all.WriteString(strings.ReplaceAll(layout, "namespace: mq", fmt.Sprintf("namespace: mq%d", i)) + "---\n")
	}
	return all.String()
}

// policies are NetworkPolicies over pods that are none of the others'.
func policies(n int) string {
	var all strings.Builder
	for i := range n {
		fmt.Fprintf(&all, "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p%d, namespace: mq}\nspec: {podSelector: {matchLabels: {app: other%d}}}\n---\n", i, i)
	}
	return all.String()
}

// BenchmarkStatefulSets judges 1,000 StatefulSets of four brokers each: the figure of the audit's page.
func BenchmarkStatefulSets(b *testing.B) {
	for _, n := range []int{100, 200, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			text := []byte(sets(b, n))
			b.ReportAllocs()
			for b.Loop() {
				judge(b, text)
			}
		})
	}
}

// sets is a layout whose StatefulSet of four brokers stands there n times under other names.
func sets(t testing.TB, n int) string {
	t.Helper()
	layout, err := rules.Layout("single")
	if err != nil {
		t.Fatal(err)
	}
	return many(layout, n)
}

// many repeats the StatefulSet of a layout under other names.
func many(layout string, n int) string {
	var all strings.Builder
	for i := range n {
		all.WriteString(strings.ReplaceAll(layout, "name: mq,", fmt.Sprintf("name: mq%d,", i)) + "---\n")
	}
	return all.String()
}

func judge(t testing.TB, text []byte) audit.Report {
	t.Helper()
	set, err := input.Parse(text, "x.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := audit.Run(set, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
