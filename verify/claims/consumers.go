package claims

import "github.com/rmqproof/rmqproof/verify/internal/facts"

// perGroup joins what was tallied for each consumer group.
func perGroup(f *Facts, of func(facts.Consumer) facts.Tally) (t facts.Tally) {
	for _, g := range f.Consumers {
		t.Join(f.Options.Evidence, of(g))
	}
	return t
}

func sum(f *Facts, of func(facts.Consumer) int64) (n int64) {
	for _, g := range f.Consumers {
		n += of(g)
	}
	return n
}

// groupCounts counts over all consumer groups, with more counts besides.
func groupCounts(f *Facts, more map[string]int64) map[string]int64 {
	more["groups"] = int64(len(f.Consumers))
	more["delivered"] = sum(f, func(g facts.Consumer) int64 { return g.Delivered })
	more["redelivered"] = sum(f, func(g facts.Consumer) int64 { return g.Redelivered })
	return more
}

func hasConsumers(f *Facts) bool { return len(f.Consumers) > 0 }
