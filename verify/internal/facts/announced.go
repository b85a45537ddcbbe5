package facts

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// Announced is what the run lines say that a run means to show. What is then missing is missed.
type Announced struct {
	IDs      []string // of the run, or of the runs where the histories hold several
	Started  time.Time
	Tools    []string // versions of the programs that recorded the run
	Groups   []string // consumer groups that must be served
	Brokers  []string // broker groups that are sent to
	Probes   []string // broker groups that are probed
	Faults   []string // names of the fault spans to come
	Spans    []string // names of the other spans to come
	Replicas []string // replicas that are to be scanned
	Ordered  []string // topics whose keys must be consumed in order
	Claims   []string // claims to judge, as text
	Copies   int      // replicas that must hold an acknowledged message, 0 where none are promised
	Seeds    []uint64
	Topics   []string // consumer group, blank, topic: what groups are known to consume
}

// add takes another run line. Of several histories of one run each may announce its part.
func (a *Announced) add(o Announced) {
	a.IDs, a.Tools, a.Groups, a.Brokers = union(a.IDs, o.IDs), union(a.Tools, o.Tools), union(a.Groups, o.Groups), union(a.Brokers, o.Brokers)
	a.Probes, a.Spans, a.Replicas = union(a.Probes, o.Probes), union(a.Spans, o.Spans), union(a.Replicas, o.Replicas)
	a.Ordered, a.Claims = union(a.Ordered, o.Ordered), union(a.Claims, o.Claims)
	a.Topics = union(a.Topics, o.Topics)
	a.Faults = most(a.Faults, o.Faults)
	a.Copies = max(a.Copies, o.Copies)
	a.Seeds = append(a.Seeds, o.Seeds...)
	slices.Sort(a.Seeds)
	a.Seeds = slices.Compact(a.Seeds)
	if a.Started.IsZero() || !o.Started.IsZero() && o.Started.Before(a.Started) {
		a.Started = o.Started
	}
}

// most has each name as often as the list that has it most often: faults of one name may come several times, and several histories may
// announce the same ones.
func most(a, b []string) []string {
	out, left := slices.Clone(a), slices.Clone(a)
	for _, name := range b {
		if i := slices.Index(left, name); i >= 0 {
			left = slices.Delete(left, i, i+1)
			continue
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func announcedBy(r *history.Run, copies int) Announced {
	a := Announced{Started: r.Started, Groups: r.Groups, Brokers: r.Brokers, Probes: r.Probes, Faults: r.Faults, Spans: r.Spans,
		Replicas: r.Replicas, Ordered: r.Ordered, Claims: r.Claims, Copies: max(copies, int(r.Copies))}
	for i := range min(len(r.Groups), len(r.Consumes)) {
		a.Topics = append(a.Topics, r.Groups[i]+" "+r.Consumes[i])
	}
	if r.ID != "" {
		a.IDs = []string{r.ID}
	}
	if r.Tool != "" {
		a.Tools = []string{r.Tool}
	}
	if r.Seed != 0 {
		a.Seeds = []uint64{r.Seed}
	}
	return a
}

// consumes tells whether an announced group is to be served a topic: where nothing is known of the group, any.
func (a Announced) consumes(group, topic string) bool {
	known := slices.ContainsFunc(a.Topics, func(t string) bool { return strings.HasPrefix(t, group+" ") })
	return !known || slices.Contains(a.Topics, group+" "+topic)
}

// MissingSpan stands where a span other than a fault's was announced and is not there.
func (f *Facts) MissingSpan() string {
	return missingSpan(f.Announced.Spans, f.Times.Spans(), func(s history.Span) bool { return s.Phase != history.Fault }, "span")
}

// MissingFault stands where a fault was announced and is not there.
func (f *Facts) MissingFault() string {
	return missingSpan(f.Announced.Faults, f.Times.Spans(), func(s history.Span) bool { return s.Phase == history.Fault }, "fault")
}

func missingSpan(announced []string, spans []history.Span, of func(history.Span) bool, what string) string {
	seen := map[string]int{}
	for _, s := range spans {
		if of(s) {
			seen[s.Name]++
		}
	}
	for _, name := range announced {
		if seen[name]--; seen[name] < 0 {
			return fmt.Sprintf("%s %q was announced and is not in the history", what, name)
		}
	}
	return ""
}

// UnscannedReplica stands where a replica was announced to be scanned and no scan of it ended, or none of a queue of its
// broker group that acknowledged.
func (f *Facts) UnscannedReplica() string {
	seen := map[string]bool{}
	for _, x := range f.c.sorted {
		for _, r := range x.replicas {
			seen[r.name] = seen[r.name] || len(r.scans) > 0
		}
	}
	for _, name := range f.Announced.Replicas {
		if !seen[name] {
			return fmt.Sprintf("replica %s was announced and not scanned", name)
		}
		group, _, _ := strings.Cut(name, "/")
		for _, x := range f.c.sorted {
			if x.Broker == group && acknowledged(x) && !x.scannedOn(name) {
				return fmt.Sprintf("replica %s was announced and %s was not scanned on it", name, x)
			}
		}
	}
	return ""
}

func (q *queue) scannedOn(name string) bool {
	return slices.ContainsFunc(q.replicas, func(r *replica) bool { return r.name == name && len(r.scans) > 0 })
}

// TooFewScanned stands where more copies are promised than replicas of a queue were scanned.
func (f *Facts) TooFewScanned() string {
	for _, x := range f.c.sorted {
		n := 0
		for _, r := range x.replicas {
			if r.final() != nil {
				n++
			}
		}
		if f.Copies > 1 && acknowledged(x) && n < f.Copies {
			return fmt.Sprintf("%d copies are promised and %d replicas of %s were scanned", f.Copies, n, x)
		}
	}
	return ""
}

// Problems lists what went wrong with the run itself. With any, the run is inconclusive at best.
func (f *Facts) Problems() (out []string) {
	for _, p := range f.c.problems {
		out = append(out, strings.TrimPrefix(fmt.Sprintf("%s: %s", p.Step, p.Text), ": "))
	}
	if n := f.c.restarted; n > 0 {
		out = append(out, fmt.Sprintf("the agent was restarted: what became of %d sends is not known (AGENT_RESTART), and its probes and deliveries have a gap", n))
	}
	if gap := f.GapInIDs(); gap != "" {
		out = append(out, gap)
	}
	if len(f.Announced.IDs) > 1 {
		out = append(out, "the history holds several runs: "+strings.Join(f.Announced.IDs, ", "))
	}
	return out
}
