package facts

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/verify/availability"
)

// BrokerGroups lists the broker groups that acknowledged anything, were probed, or were announced.
func (f *Facts) BrokerGroups() []string {
	all := map[string]bool{}
	for _, x := range f.c.sorted {
		if acknowledged(x) {
			all[x.Broker] = true
		}
	}
	for name := range f.Watched.Groups {
		all[name] = true
	}
	for _, name := range slices.Concat(f.Announced.Brokers, f.Announced.Probes) {
		all[name] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// SilentGroup stands where a broker group was announced and acknowledged nothing.
func (f *Facts) SilentGroup() string {
	for _, name := range f.Announced.Brokers {
		if !slices.ContainsFunc(f.c.sorted, func(x *queue) bool { return x.Broker == name && acknowledged(x) }) {
			return fmt.Sprintf("broker group %s was announced and acknowledged nothing", name)
		}
	}
	return ""
}

// Probing reports whether broker groups were probed, or announced to be.
func (f *Facts) Probing() bool { return len(f.Watched.Groups) > 0 || len(f.Announced.Probes) > 0 }

// NoProbes stands where a broker group was not probed.
func (f *Facts) NoProbes() string {
	if len(f.Watched.Groups) == 0 {
		return "there are no probes"
	}
	for _, name := range f.BrokerGroups() {
		if _, probed := f.Watched.Groups[name]; !probed {
			return fmt.Sprintf("broker group %s was never probed", name)
		}
	}
	return ""
}

// Dark is all in which a service was out or was not watched while sends went on, and how long that was in all.
func (f *Facts) Dark(w availability.Watch) (dark []availability.Outage, whole time.Duration) {
	from, to, pause := f.Watched.Sends.Start, f.Watched.Sends.End, f.Options.Stable.StableGap
	if to <= from {
		from, to = w.Start, w.End
	}
	whole = w.End - w.Start
	if lead := w.Start - from; lead > pause {
		whole += lead
	}
	if tail := to - w.End; tail > pause {
		whole += tail
	}
	return w.Dark(from, to, pause), whole
}

// GapInIDs stands where a producer's numbers have a gap: part of the record is gone.
func (f *Facts) GapInIDs() string {
	return when(f.Gaps > 0, fmt.Sprintf("%d sends are missing in the history: numbers are dense for each producer, and %s is not there", f.Gaps, f.FirstGap))
}

// NeverScanned stands where a queue was sent to, acknowledged nothing, and was never scanned.
func (f *Facts) NeverScanned() string {
	for _, x := range f.c.sorted {
		if x.sent && !acknowledged(x) && x.master() == nil {
			return fmt.Sprintf("%s was sent to and never scanned", x)
		}
	}
	return ""
}

// BelowLowest counts the lost messages whose offsets lie below the lowest one of their queue.
func (f *Facts) BelowLowest() int64 { return f.c.belowLowest }

// PassedOver counts the lost messages whose places the broker passed over while it was read.
func (f *Facts) PassedOver() int64 { return f.c.passedOver }

// LostDelivered counts the lost messages that a consumer was given.
func (f *Facts) LostDelivered() int64 { return f.c.lostDelivered }
