package availability

import (
	"testing"
	"time"
)

// Seconds before the run's start are counted downwards, whole ones and parts.
func TestSecondsBeforeTheStart(t *testing.T) {
	for at, want := range map[time.Duration]int64{0: 0, 1: 0, time.Second: 1, -1: -1, -time.Second: -1, -time.Second - 1: -2} {
		if got := bucketOf(at); got != want {
			t.Errorf("%s is in second %d, want %d", at, got, want)
		}
	}
}
