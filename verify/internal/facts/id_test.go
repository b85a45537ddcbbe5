package facts

import (
	"slices"
	"strings"
	"testing"
)

// TestQueuesAreToldApart finds queues by names that differ in one thing, one right after the other.
func TestQueuesAreToldApart(t *testing.T) {
	names := []QueueID{{"t", "a", 0}, {"t", "a", 256}, {"u", "a", 0}, {"t", "b", 0}, {"t", "ba", 0}, {"t", "ca", 0}, {"t", "", 0}, {"t", "", 1}, {"t", "a", -1},
		{"v", "a", 0}, {"w", "a", 0}, {"x", "a", 0}, {"y", "a", 0}, {"z", "a", 0}, {"z", "b", 0}}
	var s queues
	for range 2 {
		for _, p := range names {
			for _, o := range names {
				for _, want := range []QueueID{p, o} {
					if got := s.at(want.Topic, want.Broker, want.Number); got.QueueID != want || got != s.of(want) {
						t.Errorf("%s is found as %s", want, got)
					}
				}
			}
		}
	}
	if s.len() != len(names) {
		t.Errorf("%d queues, want %d", s.len(), len(names))
	}
}

func TestRanges(t *testing.T) {
	got := Ranges([]ID{{2, 5}, {0, 1}, {0, 3}, {0, 2}, {0, 2}, {1, 4}, {0, 7}})
	if want := []string{"0:1-3", "0:7", "1:4", "2:5"}; !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
}

// TestMessagesAreNamedInRanges has neighbours and near neighbours of what makes a range.
func TestMessagesAreNamedInRanges(t *testing.T) {
	for want, ids := range map[string][]ID{
		"":                    nil,
		"0:0":                 {{0, 0}},
		"0:0-1":               {{0, 1}, {0, 0}},
		"0:0 0:2":             {{0, 2}, {0, 0}},
		"0:5 1:6":             {{1, 6}, {0, 5}},
		"0:5-7 1:8-9":         {{0, 5}, {0, 6}, {0, 6}, {0, 7}, {1, 8}, {1, 9}},
		"0:1-2 0:4-5 0:7 2:0": {{0, 1}, {0, 2}, {0, 4}, {0, 5}, {0, 7}, {2, 0}},
	} {
		if got := strings.Join(Ranges(ids), " "); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestNamedMessagesAreBounded has one more than may be named; it is counted all the same.
func TestNamedMessagesAreBounded(t *testing.T) {
	var all Tally
	for n := range uint64(maxNamed + 1) {
		all.Add(0, nil)
		all.Name(ID{0, n})
	}
	if len(all.Named) != maxNamed || all.Count != maxNamed+1 || len(all.Shown) != 0 {
		t.Errorf("%d named, %d counted, %d shown", len(all.Named), all.Count, len(all.Shown))
	}
}

func TestListsAreShort(t *testing.T) {
	ids := []ID{{0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}, {0, 6}}
	for n, want := range map[int]string{1: "producer 0 seq 1", 2: "producer 0 seq 1 and producer 0 seq 2",
		4: "producer 0 seq 1 and producer 0 seq 2 and producer 0 seq 3 and producer 0 seq 4",
		6: "producer 0 seq 1 and producer 0 seq 2 and producer 0 seq 3 and producer 0 seq 4 and 2 more"} {
		if got := list(ids[:n]); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}
