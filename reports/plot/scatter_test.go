package plot

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rmqproof/rmqproof/history"
)

func drawPoints(t *rapid.T) []point {
	n := rapid.SampledFrom([]int{0, 1, 50, exactLimit, exactLimit + 1, 2*exactLimit + 5}).Draw(t, "n")
	seed := rapid.Uint64().Draw(t, "seed")
	spread := time.Duration(rapid.Int64Range(int64(time.Second), int64(time.Hour)).Draw(t, "spread"))
	out := make([]point, n)
	for i := range out {
		seed = seed*6364136223846793005 + 1442695040888963407
		out[i] = point{time.Duration(seed>>1) % spread, time.Duration(seed>>20) % (20 * time.Second), history.Outcome(seed >> 40 % 3), 1}
	}
	return out
}

func TestScatterLeavesOutNoSend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &scatter{}
		var want [3]int64
		var slowest [3]time.Duration
		for _, p := range drawPoints(t) {
			s.add(p)
			want[p.outcome]++
			slowest[p.outcome] = max(slowest[p.outcome], p.latency)
		}
		var got [3]int64
		var top [3]time.Duration
		points, _ := s.points()
		for _, p := range points {
			got[p.outcome] += p.count
			top[p.outcome] = max(top[p.outcome], p.latency)
		}
		if got != want || top != slowest {
			t.Fatalf("drawn %v with maxima %v, recorded %v with maxima %v", got, top, want, slowest)
		}
	})
}

func TestScatterIsBounded(t *testing.T) {
	s := &scatter{}
	seed := uint64(3)
	for range 600_000 { // every cell hit: the worst case
		seed = seed*6364136223846793005 + 1442695040888963407
		s.add(point{time.Duration(seed>>1) % time.Minute, time.Microsecond << (seed >> 33 % 40), history.Outcome(seed >> 50 % 3), 1})
	}
	if points, _ := s.points(); len(points) > cellLimit {
		t.Errorf("%d points to draw, the limit is %d", len(points), cellLimit)
	}
}

func TestQuantilesBreakAtAnOutage(t *testing.T) {
	var points []point
	for i := range 300 {
		o := history.OK
		if i >= 100 && i < 200 {
			o = history.Failed
		}
		points = append(points, point{time.Duration(i) * 10 * time.Millisecond, time.Duration(i%100+1) * time.Millisecond, o, 1})
	}
	got := quantiles(points, time.Second)
	if len(got) != 2 || got[0].bin != 0 || got[1].bin != 2 {
		t.Fatalf("bins %v, want 0 and 2 only", got)
	}
	if got[0].p50 != 50*time.Millisecond || got[0].p99 != 99*time.Millisecond {
		t.Errorf("p50 %s and p99 %s of 1 to 100 ms", got[0].p50, got[0].p99)
	}
}
