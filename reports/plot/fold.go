package plot

import "time"

// finest is the width of a time line's columns before any folding: half of the probe's usual interval, so
// that neighbouring probes fall into different columns.
const finest = 10 * time.Millisecond

// fold is a time line in at most limit columns. A run that outgrows them has neighbouring columns merged
// and their width doubled, so that one pass of bounded memory draws a run of any length and merges, never drops.
type fold[T any] struct {
	width time.Duration
	limit int
	cols  []T
	merge func(into *T, from T)
}

func newFold[T any](limit int, merge func(into *T, from T)) *fold[T] {
	return &fold[T]{width: finest, limit: limit, merge: merge}
}

// at returns the column that holds t. A time before the run's start counts as its start.
func (f *fold[T]) at(t time.Duration) *T {
	t = max(t, 0)
	for int64(t/f.width) >= int64(f.limit) {
		f.halve()
	}
	i := int(t / f.width)
	for len(f.cols) <= i {
		var empty T
		f.cols = append(f.cols, empty)
	}
	return &f.cols[i]
}

// halve merges each pair of columns into one.
func (f *fold[T]) halve() {
	half := (len(f.cols) + 1) / 2
	for i := range half {
		merged := f.cols[2*i]
		if 2*i+1 < len(f.cols) {
			f.merge(&merged, f.cols[2*i+1])
		}
		f.cols[i] = merged
	}
	clear(f.cols[half:])
	f.cols = f.cols[:half]
	f.width *= 2
}

// widen merges columns until they are at least so wide.
func (f *fold[T]) widen(width time.Duration) {
	for f.width < width {
		f.halve()
	}
}

// start is when column i begins.
func (f *fold[T]) start(i int) time.Duration { return time.Duration(i) * f.width }

// Tally counts operations by outcome.
type Tally [3]int64

func (t *Tally) add(from Tally) {
	for i := range t {
		t[i] += from[i]
	}
}

// Total is the number of operations.
func (t Tally) Total() int64 { return t[0] + t[1] + t[2] }

func mergeTally(into *Tally, from Tally) { into.add(from) }

func mergeCount(into *int64, from int64) { *into += from }
