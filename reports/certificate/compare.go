package certificate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/reports/wording"
	"github.com/rmqproof/rmqproof/verify"
)

// Change is one thing in which two certificates differ.
type Change struct {
	Scenario      string
	What          string
	Before, After string
	Worse         bool
	weight        int // the place of its kind in a report
}

// Times of the same thing differ between runs. One counts as worse, or better, where it is longer by more than a quarter
// and by more than two seconds.
const (
	quarter = 4
	noise   = 2 * time.Second
)

// Compare lists what became of everything from an older certificate to a newer one of the same profile: what got worse
// stands first, and of that what weighs most.
func Compare(older, newer Certificate) ([]Change, error) {
	if older.Profile.Name != newer.Profile.Name || older.Profile.Version != newer.Profile.Version {
		return nil, fmt.Errorf("one is a certificate of profile %s and the other of %s: they cannot be compared", older.Profile, newer.Profile)
	}
	var all []Change
	for _, after := range newer.Scenarios {
		at := slices.IndexFunc(older.Scenarios, func(s Scenario) bool { return s.Name == after.Name })
		if at < 0 {
			return nil, fmt.Errorf("only one of the certificates knows %s", after.Name)
		}
		for _, c := range changes(older.Scenarios[at], after) {
			c.Scenario = after.Name
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b Change) int {
		switch {
		case a.Worse != b.Worse && a.Worse:
			return -1
		case a.Worse != b.Worse:
			return 1
		}
		return cmp.Compare(a.weight, b.weight)
	})
	return all, nil
}

// changes lists the differences of one scenario.
func changes(a, b Scenario) []Change {
	var out []Change
	add := func(what, before, after string, difference int) {
		if difference != 0 {
			out = append(out, Change{What: what, Before: before, After: after, Worse: difference > 0})
		}
	}
	add("broken promises", broken(a), broken(b), len(b.Broken)-len(a.Broken))
	add("verdict", a.view().Verdict, b.view().Verdict, rank(b.Verdict)-rank(a.Verdict))
	add("lost messages", lost(a), lost(b), lossOf(b)-lossOf(a))
	for _, d := range b.Demanded {
		if at := slices.IndexFunc(a.Demanded, func(x Answer) bool { return x.Demand == d.Demand }); at >= 0 {
			add("demand "+d.Demand, string(a.Demanded[at].Answer), string(d.Answer), rank(d.Answer)-rank(a.Demanded[at].Answer))
		}
	}
	add("promise", a.Promised.words(), b.Promised.words(), worth(b.Promised)-worth(a.Promised))
	for i, t := range times(b) {
		old := times(a)[i]
		add(t.what, old.words(), t.words(), longer(old, t))
	}
	for i := range out {
		out[i].weight = weights[strings.Fields(out[i].What)[0]]
	}
	return out
}

// weights order the kinds of changes.
var weights = map[string]int{"broken": 0, "verdict": 1, "lost": 2, "demand": 3, "promise": 4, "recovery": 5, "longest": 6}

func rank(v verify.Verdict) int {
	return slices.Index([]verify.Verdict{verify.Valid, verify.Inconclusive, verify.Violated}, v.Known())
}

func broken(s Scenario) string {
	if len(s.Broken) == 0 {
		return "none"
	}
	return strings.Join(s.Broken, "; ")
}

// lossOf is how many messages were lost; what was not decided differs from nothing.
func lossOf(s Scenario) int {
	if s.Seen == nil || s.Seen.Lost == nil {
		return 0
	}
	return int(*s.Seen.Lost)
}

func lost(s Scenario) string {
	if s.Seen == nil || s.Seen.Lost == nil {
		return "undecided"
	}
	return wording.Count(*s.Seen.Lost)
}

// worth ranks a promise: what is kept, and whether sends go on.
func worth(p Promise) int {
	if p.Failure == "" {
		return 0
	}
	place := func(words []string, w string) int { return max(slices.Index(words, w), 0) }
	return 10*place([]string{kept, lostUpTo, "unknown", "lost"}, p.Acknowledged) + place([]string{sameGroup, otherGroups, "unknown", "none"}, p.Sends)
}

// measured is a time that both certificates have, or one lacks.
type measured struct {
	what  string
	known bool
	end   bool // it ended: what did not is worse than whatever did
	took  time.Duration
}

func times(s Scenario) []measured {
	point, recovery, outage := measured{what: "recovery point", end: true}, measured{what: "recovery time", end: true}, measured{what: "longest outage", end: true}
	if s.Seen != nil {
		if s.Seen.RecoveryPoint != nil {
			point.known, point.took = true, *s.Seen.RecoveryPoint
		}
		recovery.known, recovery.end, recovery.took = s.Seen.Recovery.Doubt == "", s.Seen.Recovery.Recovered, s.Seen.Recovery.Took
		outage.known, outage.took = true, s.Seen.LongestOutage
	}
	return []measured{point, recovery, outage}
}

func (m measured) words() string {
	switch {
	case !m.known:
		return "undecided"
	case !m.end:
		return "not within " + wording.Span(m.took)
	}
	return wording.Span(m.took)
}

// longer compares two times, noise left out: 1 where the newer is longer, -1 where it is shorter, 0 where nobody can tell.
func longer(a, b measured) int {
	switch {
	case !a.known || !b.known:
		return 0
	case a.end != b.end && b.end:
		return -1
	case a.end != b.end:
		return 1
	case b.took > a.took+max(noise, a.took/quarter):
		return 1
	case a.took > b.took+max(noise, b.took/quarter):
		return -1
	}
	return 0
}
