package facts

import (
	"fmt"
	"maps"
	"slices"
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

// LostDelivered counts the lost messages that a consumer was given.
func (f *Facts) LostDelivered() int64 { return f.c.lostDelivered }
