package claims

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// OneMaster claims that no two processes are writable masters of one broker group at the same time.
func OneMaster() Claim { return oneMaster }

var oneMaster = listBare(Replicas, "one-master", Doc{
	Means:        "No two processes are writable masters of one broker group at the same time, by their own word or by that of whoever knows the epoch. An old master that a higher epoch has replaced is not counted.",
	Guarantee:    "A group has one master at a time; the controller gives each new one a higher epoch.",
	Inconclusive: "no process was asked whether it is a master, or the history's clock runs backwards",
	NextStep:     "Two masters took messages for one group: look in the controllers' logs for the epoch that both name, and keep both volumes, since each may hold acknowledged messages that the other lacks.",
}, func(f *Facts) bool { return len(f.Changes) > 0 }, judgeOneMaster)

// term is the stretch in which a process was said to be its group's writable master at one epoch.
type term struct {
	first, last history.Change
	process     string
}

func judgeOneMaster(f *Facts) Finding {
	terms := masterTerms(f.Changes)
	var t facts.Tally
	for i, a := range terms {
		for _, b := range terms[i+1:] {
			if a.overlaps(b) {
				t.Add(f.Options.Evidence, func() facts.Violation { return twoMasters(a, b) })
			}
		}
	}
	return conclude(t, fmt.Sprintf("%d times two processes were masters of one group", t.Count),
		first(f.BadClock(), when(len(terms) == 0, "no process was asked whether it is a master")), "each group had one master at a time").
		unless(f.BadClock()).counted(map[string]int64{"reports": int64(len(f.Changes)), "terms": int64(len(terms)), "overlaps": t.Count})
}

// masterTerms joins what was said of one process at one epoch until something else was said of it. A NameServer's
// word is a route and not counted: it may name a master that is gone.
func masterTerms(changes []history.Change) (out []term) {
	open := map[string]int{} // by process: its term in out
	for _, c := range slices.SortedStableFunc(slices.Values(changes), func(a, b history.Change) int { return cmp.Compare(a.At, b.At) }) {
		process := cmp.Or(c.Process, c.Address)
		i, is := open[c.Broker+" "+process]
		switch {
		case c.By != c.Address && c.Epoch < 1:
		case c.Role != "master" || !c.Writable:
			delete(open, c.Broker+" "+process)
		case is && out[i].first.Epoch == c.Epoch:
			out[i].last = c
		default:
			open[c.Broker+" "+process] = len(out)
			out = append(out, term{c, c, process})
		}
	}
	return out
}

func (a term) overlaps(b term) bool {
	return a.first.Broker == b.first.Broker && a.process != b.process && (a.first.Epoch == b.first.Epoch || a.first.Epoch < 1 || b.first.Epoch < 1) &&
		a.first.At <= b.last.At && b.first.At <= a.last.At
}

func twoMasters(a, b term) facts.Violation {
	from, to := max(a.first.At, b.first.At), min(a.last.At, b.last.At)
	return facts.Violation{Record: &b.first, Summary: fmt.Sprintf("broker group %s had two masters from %s to %s: %s and %s, both at epoch %d",
		a.first.Broker, facts.Seconds(from), facts.Seconds(to), a.process, b.process, max(a.first.Epoch, b.first.Epoch)) + atOnce(to-from)}
}

func atOnce(d time.Duration) string { return when(d == 0, ", by reports of the same moment") }
