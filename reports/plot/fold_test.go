package plot

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rmqproof/rmqproof/history"
)

func TestFoldKeepsEveryCountAtEveryLength(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := newFold(16, mergeCount)
		times := rapid.SliceOf(rapid.Int64Range(-5, 1<<40)).Draw(t, "times")
		for _, ns := range times {
			*f.at(time.Duration(ns))++
		}
		var sum int64
		for _, n := range f.cols {
			sum += n
		}
		if sum != int64(len(times)) {
			t.Fatalf("%d of %d counts are left", sum, len(times))
		}
		if len(f.cols) > f.limit {
			t.Fatalf("%d columns, the limit is %d", len(f.cols), f.limit)
		}
	})
}

func TestFoldFindsTheSameColumnAgain(t *testing.T) {
	f := newFold(4, mergeCount)
	*f.at(15 * time.Millisecond) = 7
	_ = f.at(time.Hour)
	if got := *f.at(15 * time.Millisecond); got != 7 {
		t.Errorf("after folding the column of 15 ms holds %d, not 7", got)
	}
	if f.width < time.Hour/4 {
		t.Errorf("width %s cannot reach an hour in 4 columns", f.width)
	}
}

func TestFoldSurvivesTheLargestTime(t *testing.T) {
	f := newFold(rateLimit, mergeCount)
	*f.at(1<<63 - 1)++
	if len(f.cols) > rateLimit || f.width <= 0 {
		t.Errorf("%d columns of %s", len(f.cols), f.width)
	}
}

// drawProbes draws probes in any order and any density, over lengths that need folding and gaps that are silent.
func drawProbes(t *rapid.T) []history.Probe {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) history.Probe {
		start := time.Duration(rapid.Int64Range(0, int64(30*time.Minute)).Draw(t, "start"))
		return history.Probe{Broker: "b", Start: start, End: start + time.Duration(rapid.Int64Range(0, int64(2*time.Second)).Draw(t, "took")),
			Outcome: history.Outcome(rapid.IntRange(0, 2).Draw(t, "outcome"))}
	}), 1, 60).Draw(t, "probes")
}

func TestStripKeepsEveryBadProbe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		probes := drawProbes(t)
		s := &Series{groups: map[string]*group{}}
		for i := range probes {
			s.probe(&probes[i])
		}
		strip := stretches(s.groups["b"].probes, s.End)
		for _, p := range probes {
			got := at(strip, p.Start)
			if p.Outcome == history.Failed && got != refusing && got != unclear || p.Outcome == history.Unknown && got != unclear {
				t.Fatalf("at %s a probe was %d, but the strip says %q: %v", p.Start, p.Outcome, got, strip)
			}
			if got == silent {
				t.Fatalf("at %s there was a probe, but the strip says that nobody looked", p.Start)
			}
		}
	})
}

func at(strip []stretch, t time.Duration) state {
	for _, s := range strip {
		if s.start <= t && t < s.end {
			return s.state
		}
	}
	return ""
}

func TestStripHasNeitherGapsNorOverlaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		probes := drawProbes(t)
		s := &Series{groups: map[string]*group{}}
		var total Tally
		for i := range probes {
			s.probe(&probes[i])
		}
		last := time.Duration(0)
		strip := stretches(s.groups["b"].probes, s.End)
		for _, part := range strip {
			if part.start != last || part.end <= part.start {
				t.Fatalf("a stretch from %s to %s follows one that ends at %s: %v", part.start, part.end, last, strip)
			}
			last = part.end
			total.add(part.probes)
		}
		if total != s.probed {
			t.Fatalf("the strip holds %v of the probes %v", total, s.probed)
		}
	})
}

func TestStripSaysWhenNobodyLooked(t *testing.T) {
	s := &Series{groups: map[string]*group{}}
	for _, ms := range []int{0, 20, 40, 5000, 5020} {
		s.probe(&history.Probe{Broker: "b", Start: time.Duration(ms) * time.Millisecond, End: time.Duration(ms+2) * time.Millisecond, Outcome: history.OK})
	}
	strip := stretches(s.groups["b"].probes, 5100*time.Millisecond)
	if got := at(strip, 3*time.Second); got != silent {
		t.Errorf("between probes 5 s apart the strip says %q", got)
	}
	if got := at(strip, 30*time.Millisecond); got != serving {
		t.Errorf("between probes 20 ms apart the strip says %q", got)
	}
}

func TestStripCountsAHangingProbeAsLooking(t *testing.T) {
	s := &Series{groups: map[string]*group{}}
	s.probe(&history.Probe{Broker: "b", Start: 0, End: 3 * time.Second, Outcome: history.Unknown})
	s.probe(&history.Probe{Broker: "b", Start: 3 * time.Second, End: 3002 * time.Millisecond, Outcome: history.OK})
	if got := at(stretches(s.groups["b"].probes, s.End), 2*time.Second); got != unclear {
		t.Errorf("while a probe hangs the strip says %q", got)
	}
	s.groups["b"].probes.widen(320 * time.Millisecond)
	s.probe(&history.Probe{Broker: "b", Start: 5 * time.Second, End: 9 * time.Second, Outcome: history.OK})
	s.probe(&history.Probe{Broker: "b", Start: 5350 * time.Millisecond, End: 5352 * time.Millisecond, Outcome: history.OK})
	s.groups["b"].probes.widen(640 * time.Millisecond)
	if got := at(stretches(s.groups["b"].probes, 9*time.Second), 7*time.Second); got != serving {
		t.Errorf("while a probe of a merged column hangs the strip says %q", got)
	}
}
