package claims

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// MetadataKept claims that no fault takes a topic or a consumer group, or a setting of one, from any broker.
func MetadataKept() Claim { return metadataKept }

var metadataKept = listBare(Replicas, "metadata-kept", Doc{
	Means:        "Every topic with its queue counts, permissions and attributes, and every consumer group, that any broker of a group had before the first fault is the same at the end on each broker of that group that answers. Where it was asked how far consumers had come, they are as far at least.",
	Guarantee:    "Where masters are elected a slave fetches topics and consumer groups from its master every 10 to 15 s, and keeps them on its disk; an elected master goes on with its own.",
	Inconclusive: "brokers were not asked both before the first fault and after the last one, or one lacked something less than 15 s after it",
	NextStep:     "What is not there cannot be sent to or consumed from once that broker is master, whatever its log holds: look in its log for SlaveSynchronize, and compare config/topics.json on both.",
}, func(f *Facts) bool { return len(looks(f.States)) > 0 && hasFaults(f) }, judgeMetadataKept)

// thing is a topic or a consumer group.
type thing struct{ what, name string }

func compareThings(a, b thing) int {
	return cmp.Or(cmp.Compare(a.what, b.what), cmp.Compare(a.name, b.name))
}

// look is what one broker had when it was asked.
type look struct {
	at             time.Duration
	group, address string
	has            map[thing]history.State
}

// looks lists them by time.
func looks(states []history.State) (out []look) {
	open := map[string]int{}
	for _, s := range slices.SortedStableFunc(slices.Values(states), func(a, b history.State) int { return cmp.Compare(a.At, b.At) }) {
		if s.What == "offset" {
			continue // it has times of its own
		}
		key := s.Broker + " " + s.Address
		if i, known := open[key]; !known || s.What == "look" || out[i].at != s.At {
			open[key] = len(out)
			out = append(out, look{s.At, s.Broker, s.Address, map[thing]history.State{}})
		}
		if s.What != "look" {
			out[open[key]].has[thing{s.What, s.Name}] = s
		}
	}
	return out
}

// syncedWithin is when a slave has surely asked its master again: it looks every 3 s whether the last time is 10 s ago.
const syncedWithin = 15 * time.Second

func judgeMetadataKept(f *Facts) Finding {
	before, after := aroundFaults(f)
	_, healed := faultTimes(f)
	var t facts.Tally
	var early string
	compared, asked := int64(0), map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		now, was := after[name], before[after[name].group].has
		asked[now.group] = true
		compared += int64(len(was))
		for _, key := range differ(was, now.has) {
			if now.at < healed+syncedWithin {
				early = first(early, fmt.Sprintf("%s was asked %s after the last fault, and may not have fetched %s %s yet", now.address, facts.Seconds(now.at-healed), key.what, key.name))
				continue
			}
			t.Add(f.Options.Evidence, func() facts.Violation { return changed(was[key], now, key) })
		}
	}
	return conclude(t, fmt.Sprintf("%d times a topic or consumer group is gone or another", t.Count),
		first(f.NoTimes(), f.BadClock(), f.MissingFault(), noFault(f), unasked(before, asked), early), fmt.Sprintf("%d brokers have what their groups had before", len(after))).
		unless(f.BadClock()).counted(map[string]int64{"brokers": int64(len(after)), "compared": compared, "changed": t.Count})
}

// differ lists what a broker has not, or not as it was.
func differ(was, has map[thing]history.State) (gone []thing) {
	for _, key := range slices.SortedFunc(maps.Keys(was), compareThings) {
		if is, there := has[key]; !there || is.Value != was[key].Value && !further(was[key], is) {
			gone = append(gone, key)
		}
	}
	return gone
}

// further tells whether consumers have only come further meanwhile.
func further(was, is history.State) bool {
	from, bad := strconv.ParseInt(was.Value, 10, 64)
	to, worse := strconv.ParseInt(is.Value, 10, 64)
	return was.What == "progress" && bad == nil && worse == nil && to >= from
}

// unasked says which looks are missing.
func unasked(before map[string]look, asked map[string]bool) string {
	doubt := when(len(before) == 0, "no broker was asked what it has before the first fault")
	for _, group := range slices.Sorted(maps.Keys(before)) {
		doubt = first(doubt, when(!asked[group], "no broker of group "+group+" was asked what it has after the last fault"))
	}
	return doubt
}

// aroundFaults is what each group had before the first fault, on any of its brokers, and what each broker had last after all.
func aroundFaults(f *Facts) (before, after map[string]look) {
	before, after = map[string]look{}, map[string]look{}
	from, to := faultTimes(f)
	for _, l := range looks(f.States) {
		switch {
		case l.at < from:
			if _, known := before[l.group]; !known {
				before[l.group] = look{has: map[thing]history.State{}}
			}
			maps.Copy(before[l.group].has, l.has)
		case l.at > to:
			after[l.group+" "+l.address] = l
		}
	}
	return before, after
}

// faultTimes are when the first fault was injected and when the last was undone.
func faultTimes(f *Facts) (from, to time.Duration) {
	for i, x := range f.Times.Faults() {
		if at := injected(x); i == 0 || at < from {
			from = at
		}
		to = max(to, undone(x))
	}
	return from, to
}

func changed(was history.State, now look, key thing) facts.Violation {
	s := fmt.Sprintf("%s %s was on %s of %s at %s (%s), and on %s at %s it is", key.what, key.name, was.Address, was.Broker, facts.Seconds(was.At), was.Value, now.address, facts.Seconds(now.at))
	if is, there := now.has[key]; there {
		return facts.Violation{Summary: s + " another: " + is.Value, Record: &was}
	}
	return facts.Violation{Summary: s + " not there", Record: &was}
}
