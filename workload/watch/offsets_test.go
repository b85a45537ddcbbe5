package watch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

func TestOffsetsAreRecordedWhereTheyChange(t *testing.T) {
	two := reported("m:1", "s:1", 3)
	two.Brokers[1].Role = agentapi.RoleMaster
	looks := []struct {
		report agentapi.Reported
		answer map[string]string
	}{
		{reported("m:1", "s:1", 3), map[string]string{"g in t/0": "5"}},
		{reported("m:1", "s:1", 3), map[string]string{"g in t/0": "5"}}, // as before
		{reported("m:1", "s:1", 3), nil},                                // no answer
		{two, map[string]string{"g in t/0": "1"}},                       // which of two is master, nobody knows
		{reported("s:1", "m:1", 4), map[string]string{"g in t/0": "4"}},
		{reported("s:1", "m:1", 4), map[string]string{}}, // it does not know the group any more
	}
	now := 0
	var lines []string
	w := Watcher{offset: map[committed]string{}, repeated: map[string]time.Duration{}}
	w.Since = func() time.Duration { return time.Duration(now) }
	w.Record = func(r history.Record) error {
		s := r.(*history.State)
		lines = append(lines, fmt.Sprintf("%d %s at %s %s: %s %s", s.At, s.Broker, s.Address, s.What, s.Name, s.Value))
		return nil
	}
	w.Committed = func(context.Context, string) (map[string]string, error) {
		if looks[now].answer == nil {
			return nil, errors.New("no answer")
		}
		return looks[now].answer, nil
	}
	for ; now < len(looks); now++ {
		if err := w.offsets(t.Context(), looks[now].report); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"0 a at m:1 offset: g in t/0 5", "4 a at s:1 offset: g in t/0 4", "5 a at s:1 offset: g in t/0 -1"}
	if !slices.Equal(lines, want) {
		t.Errorf("recorded %q, want %q", lines, want)
	}
}

// A master that says the same for long has still said it after a fault.
func TestOffsetsThatStayAreSaidAgain(t *testing.T) {
	now, said := time.Duration(0), 0
	w := Watcher{offset: map[committed]string{}, repeated: map[string]time.Duration{}}
	w.Since = func() time.Duration { return now }
	w.Record = func(history.Record) error { said++; return nil }
	w.Committed = func(context.Context, string) (map[string]string, error) { return map[string]string{"g in t/0": "5"}, nil }
	for ; now <= 4*repeatEvery; now += repeatEvery / 3 {
		if err := w.offsets(t.Context(), reported("m:1", "s:1", 3)); err != nil {
			t.Fatal(err)
		}
	}
	if said != 5 {
		t.Errorf("said %d times, want once and then every %s", said, repeatEvery)
	}
}
