package claims

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// silence is how long nobody may call himself a writable master before the group counts as without one. Servers are asked every
// second, and those that do not answer cost the others some of it.
const silence = 5 * time.Second

// reign is one epoch of a group: who was master in it, when anybody who knows said so first, and when he was last heard of.
type reign struct {
	process     string
	epoch       int64
	first, last time.Duration
}

// mastership is what is known of one broker group's masters: reigns by their epoch, and when its newest master called himself
// writable.
type mastership struct {
	group    string
	reigns   []reign
	writable []heard // by when each began
}

// heard is a time through which a master called himself writable.
type heard struct{ from, to time.Duration }

// masterships lists those of all groups. A NameServer's word is a route and not counted, and neither is that of a master
// whom a higher epoch has replaced.
func masterships(changes []history.Change) (out []mastership) {
	at := map[string]int{}
	for _, c := range byTime(changes) {
		if c.By != c.Address && c.Epoch < 1 || c.Role != "master" {
			continue
		}
		i, known := at[c.Broker]
		if !known {
			i = len(out)
			at[c.Broker], out = i, append(out, mastership{group: c.Broker})
		}
		out[i].hear(c)
	}
	for i := range out {
		out[i].writable = joined(out[i].writable)
	}
	slices.SortFunc(out, func(a, b mastership) int { return cmp.Compare(a.group, b.group) })
	return out
}

func byTime(changes []history.Change) []history.Change {
	return slices.SortedStableFunc(slices.Values(changes), func(a, b history.Change) int { return cmp.Compare(a.At, b.At) })
}

func (m *mastership) hear(c history.Change) {
	process := cmp.Or(c.Process, c.Address)
	newest := reign{epoch: -1}
	if n := len(m.reigns); n > 0 {
		newest = m.reigns[n-1]
	}
	switch {
	case c.Epoch > newest.epoch || c.Epoch < 1 && process != newest.process:
		m.reigns = append(m.reigns, reign{process, c.Epoch, c.At, c.At})
	case c.Epoch < newest.epoch:
		m.late(c, newest.first)
		return
	}
	m.reigns[len(m.reigns)-1].last = c.At
	if c.By == c.Address && c.Writable {
		m.writable = append(m.writable, heard{cmp.Or(c.Since, c.At), c.At})
	}
}

// late takes of a word that was said on and on what was said before the next master was there.
func (m *mastership) late(c history.Change, next time.Duration) {
	if c.Since == 0 || c.Since > next {
		return
	}
	until := min(c.At, next)
	for i := range m.reigns {
		if m.reigns[i].epoch == c.Epoch {
			m.reigns[i].last = max(m.reigns[i].last, until)
		}
	}
	m.writable = append(m.writable, heard{c.Since, until})
}

// joined puts times in order, and those that overlap together.
func joined(all []heard) (out []heard) {
	slices.SortFunc(all, func(a, b heard) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	for _, h := range all {
		if n := len(out); n > 0 && h.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, h.to)
			continue
		}
		out = append(out, h)
	}
	return out
}

// elections are the reigns that came after another.
func (m mastership) elections() []reign { return m.reigns[min(1, len(m.reigns)):] }

// faultAt is the last fault that had been injected when something was seen to begin.
func faultAt(f *Facts, seen time.Duration) (x history.Span, ok bool) {
	for _, s := range f.Times.Faults() {
		if from := injected(s); from <= seen && (!ok || from >= injected(x)) {
			x, ok = s, true
		}
	}
	return x, ok
}

func injected(s history.Span) time.Duration { return cmp.Or(s.Injected, s.Start) }

func undone(s history.Span) time.Duration { return cmp.Or(s.Healed, s.End) }

// watchedUntil is when the last word was heard or the last send ended: a group of which nobody speaks any more is without a
// master until then.
func watchedUntil(f *Facts) time.Duration {
	end := f.Watched.Sends.End
	for _, c := range f.Changes {
		end = max(end, c.At)
	}
	return end
}

// unspoken stands where nobody said who is master of a group.
func unspoken(f *Facts, all []mastership) string {
	for _, group := range f.BrokerGroups() {
		if !slices.ContainsFunc(all, func(m mastership) bool { return m.group == group }) {
			return fmt.Sprintf("nobody said who is master of broker group %s", group)
		}
	}
	return when(len(all) == 0, "no process was asked whether it is a master")
}

// gap is a time in which a group was seen to lack what it has to have of its masters.
type gap struct {
	seen, until time.Duration
	open        bool // it lasted until the watch ended
}

// bookMasters books the gaps that find sees in a group's masters, each counted from the last fault before it. What names what
// ended it. A doubt is what there is against concluding.
func bookMasters(what string, find func(m mastership, end time.Duration) (gaps []gap, doubt string)) func(*Facts, time.Duration) delays {
	return func(f *Facts, budget time.Duration) (d delays) {
		all, end := masterships(f.Changes), watchedUntil(f)
		d.doubt = unspoken(f, all)
		for _, m := range all {
			gaps, doubt := find(m, end)
			d.doubt = first(d.doubt, doubt)
			for _, g := range gaps {
				if x, ok := faultAt(f, g.seen); ok {
					d.add(f, late{m.group, x, injected(x), g.until - injected(x), g.open, what}, budget)
				}
			}
		}
		return d
	}
}

// late is one thing that took long after a fault.
type late struct {
	group string
	fault history.Span
	since time.Duration // what the budget counts from
	took  time.Duration
	open  bool   // it had not come when the watch ended
	what  string // "has another master"
}

// delays books how long things took after faults.
type delays struct {
	t       facts.Tally
	n       int64
	longest time.Duration
	doubt   string
}

func (d *delays) add(f *Facts, x late, budget time.Duration) {
	d.n++
	d.longest = max(d.longest, x.took)
	switch {
	case x.took > budget:
		d.t.Add(f.Options.Evidence, func() facts.Violation { return facts.Violation{Record: &x.fault, Summary: x.words(budget)} })
	case x.open:
		d.doubt = first(d.doubt, x.words(budget))
	}
}

func (x late) words(budget time.Duration) string {
	s := fmt.Sprintf("after fault %q on %s, counted from %s, broker group %s %s", x.fault.Name, x.fault.Target, facts.Seconds(x.since), x.group, x.what)
	if x.open {
		return fmt.Sprintf("%s not once in the %s that were watched, with %s allowed", s, short(x.took), budget)
	}
	return fmt.Sprintf("%s after %s, with %s allowed", s, short(x.took), budget)
}
