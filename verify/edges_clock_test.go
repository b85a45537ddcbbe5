package verify

import (
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// TestTimesBeforeTheStartKeepTheirOrder counts sends around the run's start, in steps of 10 ms, in one history and over two.
func TestTimesBeforeTheStartKeepTheirOrder(t *testing.T) {
	spans := history.Slice{&history.Span{Name: "a", Phase: history.Before, Start: -20 * ms1, End: -10 * ms1},
		&history.Span{Name: "b", Phase: history.Before, Start: -10 * ms1, End: 0}, &history.Span{Name: "c", Phase: history.Before, Start: 0, End: 10 * ms1}}
	one, two := history.Slice{}, history.Slice{}
	for i, at := range []time.Duration{-20 * ms1, -11 * ms1, -10*ms1 - 1, -10 * ms1, -1, 0, 1, 2 * ms1, 10*ms1 - 1} {
		s := sendAt(0, int64(i), at)
		s.Seq, s.End = uint64(i), at
		one = append(one, s)
		s2 := *s
		s2.Producer, s2.Queue = 1, 1
		two = append(two, &s2)
	}
	for _, readers := range [][]history.Reader{{append(spans, one...)}, {append(spans, one...), two}} {
		r, err := JudgeAll(readers, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []int64{3, 2, 4} {
			if s, n := r.Availability.Spans[i], want*int64(len(readers)); s.Sends != n || s.OK != n || s.Acks != n {
				t.Errorf("%d histories: %+v, want %d", len(readers), s, n)
			}
		}
	}
}

// TestWhatTakesNoTimeIsNoFault has operations that end as they begin, and others that end before.
func TestWhatTakesNoTimeIsNoFault(t *testing.T) {
	for name, record := range map[string]func(end time.Duration) history.Record{
		"send":  func(end time.Duration) history.Record { s := sendAt(0, 0, 0); s.End = end; return s },
		"probe": func(end time.Duration) history.Record { return &history.Probe{Broker: "b", End: end} },
		"span": func(end time.Duration) history.Record {
			return &history.Span{Name: "s", Phase: history.Before, End: end}
		},
	} {
		for end, want := range map[time.Duration]bool{0: false, -1: true} {
			r, err := Judge(history.Slice{record(end)}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(strings.Join(r.Notes, "\n"), "1 operations ended before they began"); got != want {
				t.Errorf("%s that ends %s after it began: %q", name, end, r.Notes)
			}
		}
	}
}

// TestLatenciesBeyondTheHistogram are booked at its ends: nothing that was acknowledged is left out.
func TestLatenciesBeyondTheHistogram(t *testing.T) {
	h := history.Slice{}
	for i, took := range []time.Duration{0, 30 * time.Minute, 3 * time.Hour} {
		s := sendAt(0, int64(i), 0)
		s.Seq, s.End = uint64(i), took
		h = append(h, s)
	}
	r, err := Judge(h, Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := r.Availability.Latency.Actual
	if l.Count != 3 || (l.P50-30*time.Minute).Abs() > 2*time.Second || l.Max < time.Hour || l.Max > 2*time.Hour {
		t.Errorf("%+v", l)
	}
}
