package wording

import (
	"testing"
	"time"
)

func TestSpanIsWordedForAPerson(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 15: "15 ns", 1500: "1.5 µs", 20 * time.Millisecond: "20 ms", 20300 * time.Microsecond: "20.3 ms",
		8020 * time.Millisecond: "8.02 s", 125 * time.Second: "2 min 5 s", 119990 * time.Millisecond: "119.99 s",
		3*time.Hour + 4*time.Minute: "3 h 4 min", 999999 * time.Nanosecond: "1000 µs",
	} {
		if got := Span(d); got != want {
			t.Errorf("%d ns: %q, want %q", d, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 12345678: "12,345,678", -1234: "-1,234"} {
		if got := Count(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestPercentRoundsDown(t *testing.T) {
	for r, want := range map[float64]string{1: "100 %", 0: "0.00 %", 0.99999999: "99.999999 %", 0.999949: "99.9949 %", 0.8663: "86.63 %", 0.99989: "99.98 %"} {
		if got := Percent(r); got != want {
			t.Errorf("%v: %q, want %q", r, got, want)
		}
	}
}
