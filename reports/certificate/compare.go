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
	if d := rank(newer.Verdict) - rank(older.Verdict); d != 0 { // it may be worse by a demand that the older was not asked
		all = append(all, Change{Scenario: "certificate", What: "verdict", Before: certifiedWord(older), After: certifiedWord(newer), Worse: d > 0, weight: weights["verdict"]})
	}
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
	add("broken promises", broken(a), broken(b), newlyBroken(a, b))
	add("verdict", a.view().Verdict, b.view().Verdict, standing(b)-standing(a))
	add("lost messages", lost(a), lost(b), moreLost(a, b))
	for _, d := range b.Demanded {
		if i := slices.IndexFunc(a.Demanded, func(x Answer) bool { return x.Demand == d.Demand }); i >= 0 {
			add("demand "+d.Demand, string(a.Demanded[i].Answer), string(d.Answer), rank(d.Answer)-rank(a.Demanded[i].Answer))
		}
	}
	add("promise of messages", a.Promised.ofMessages(), b.Promised.ofMessages(), weaker(a.Promised, b.Promised))
	add("promise of sends", a.Promised.ofSends(), b.Promised.ofSends(), placeOf(b.Promised.Sends, wordsOfSends)-placeOf(a.Promised.Sends, wordsOfSends))
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

// certifiedWord says whether a configuration is certified, and else why not in a word.
func certifiedWord(c Certificate) string {
	if c.Certified {
		return "certified"
	}
	return "not certified, " + string(c.Verdict)
}

// standing ranks a scenario by its verdict. One that was not even run shows less than one that decided nothing.
func standing(s Scenario) int {
	if s.NotRun != "" {
		return 3
	}
	return 2 * rank(s.Verdict)
}

func broken(s Scenario) string {
	if len(s.Broken) == 0 {
		return "none"
	}
	return strings.Join(s.Broken, "; ")
}

// newlyBroken is 1 where a promise is broken that was not, whatever else is kept by now, and -1 where one is kept by now.
func newlyBroken(a, b Scenario) int {
	switch {
	case brokenBeside(b, a):
		return 1
	case brokenBeside(a, b):
		return -1
	}
	return 0
}

// brokenBeside tells whether a breaks a promise that b does not. What was seen beside it may differ.
func brokenBeside(a, b Scenario) bool {
	promise := func(text string) string { said, _, _ := strings.Cut(text, "; seen: "); return said }
	return slices.ContainsFunc(a.Broken, func(x string) bool {
		return !slices.ContainsFunc(b.Broken, func(y string) bool { return promise(x) == promise(y) })
	})
}

// moreLost compares losses. That nothing is lost is worth more than that nobody knows, and a loss that nobody decided is not
// less than one that was seen.
func moreLost(a, b Scenario) int {
	before, known := lossOf(a)
	after, decided := lossOf(b)
	switch {
	case known && decided, decided && after > 0:
		return cmp.Compare(after, before)
	case known && before == 0:
		return 1
	case decided:
		return -1
	}
	return 0
}

func lossOf(s Scenario) (lost int64, decided bool) {
	if s.Seen == nil || s.Seen.Lost == nil {
		return 0, false
	}
	return *s.Seen.Lost, true
}

func lost(s Scenario) string {
	n, decided := lossOf(s)
	if !decided {
		return "undecided"
	}
	return wording.Count(n)
}

// The audit's words of a promise, the best first.
var (
	wordsOfMessages = []string{kept, lostUpTo, "unknown", "lost"}
	wordsOfSends    = []string{sameGroup, otherGroups, "unknown", "none"}
)

// placeOf is a word's place. Nothing promised is as little as the last of them.
func placeOf(w string, words []string) int {
	if i := slices.Index(words, w); i >= 0 {
		return i
	}
	return len(words) - 1
}

// weaker is above 0 where b promises less of messages than a: a longer span that may be lost is less, and none at all the least.
func weaker(a, b Promise) int {
	if d := placeOf(b.Acknowledged, wordsOfMessages) - placeOf(a.Acknowledged, wordsOfMessages); d != 0 || b.Acknowledged != lostUpTo {
		return d
	}
	unbounded := func(p Promise) time.Duration { return cmp.Or(p.UpTo, forever) }
	return cmp.Compare(unbounded(b), unbounded(a))
}

// measured is a time that both certificates have, or one lacks.
type measured struct {
	what  string
	known bool
	end   bool // it ended: what did not is worse than whatever did
	took  time.Duration
}

func times(s Scenario) []measured {
	point, recovery := measured{what: "recovery point", end: true}, measured{what: "recovery time", end: true}
	outage, clients := measured{what: "longest outage", end: true}, measured{what: "longest outage of all clients", end: true}
	if s.Seen != nil {
		if s.Seen.RecoveryPoint != nil {
			point.known, point.took = true, *s.Seen.RecoveryPoint
		}
		recovery.known, recovery.end, recovery.took = s.Seen.Recovery.Doubt == "", s.Seen.Recovery.Recovered, s.Seen.Recovery.Took
		outage.known, outage.took = true, s.Seen.LongestOutage
		clients.known, clients.took = true, s.Seen.ClientsOutage
	}
	return []measured{point, recovery, outage, clients}
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
