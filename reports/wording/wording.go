// Package wording words durations, numbers and texts of any origin for a person.
package wording

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Span words a duration for a person: three figures are enough, and the unit follows the size.
func Span(d time.Duration) string {
	switch a := d.Abs(); {
	case a == 0:
		return "0 s"
	case a < time.Microsecond:
		return fmt.Sprintf("%d ns", d.Nanoseconds())
	case a < time.Millisecond:
		return threeFigures(float64(d)/float64(time.Microsecond)) + " µs"
	case a < time.Second:
		return threeFigures(float64(d)/float64(time.Millisecond)) + " ms"
	case a < 2*time.Minute:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case a < 2*time.Hour:
		d = d.Round(time.Second)
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

func threeFigures(x float64) string {
	decimals := max(0, 2-int(math.Floor(math.Log10(math.Abs(x)))))
	s := strconv.FormatFloat(x, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// Moment words a time of the run.
func Moment(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }

// Count words a number with a comma between thousands.
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Percent words a ratio so that only a true whole is called 100 %.
func Percent(ratio float64) string {
	switch {
	case math.IsNaN(ratio):
		return "–"
	case ratio >= 1:
		return "100 %"
	case ratio > 0.9999:
		return strconv.FormatFloat(math.Floor(ratio*1e8)/1e6, 'f', -1, 64) + " %"
	}
	return strconv.FormatFloat(math.Floor(ratio*1e4)/1e2, 'f', 2, 64) + " %"
}

// Plural words a number of things.
func Plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + many
}

// Printable replaces what is no text: broken UTF-8, and control characters but tab and line feed.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x2066 || r == 0x2067 {
			return '\uFFFD'
		}
		return r
	}, s)
}

// Clip shortens a text to about n letters.
func Clip(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return strings.TrimRight(string(runes[:max(n-1, 0)]), " ") + "…"
}

// Lasted words an outage's length; one that had not ended when the probes did lasted at least so long.
func Lasted(length time.Duration, open bool) string {
	if open {
		return "> " + Span(length)
	}
	return Span(length)
}
