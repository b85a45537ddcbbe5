package history

import (
	"iter"
	"sync"
)

// batchesAhead is how many batches may be read before they are asked for.
const batchesAhead = 8

// ahead reads batches on another core while the ones before are used. An error ends the sequence. Each batch is valid
// only until the next one.
func ahead(f filler) iter.Seq2[*batch, error] {
	return func(yield func(*batch, error) bool) {
		read := reading{full: make(chan *batch, batchesAhead), empty: make(chan *batch, batchesAhead), stop: make(chan struct{})}
		for range batchesAhead {
			read.empty <- &batch{}
		}
		var done sync.WaitGroup
		done.Go(func() { read.all(f) })
		defer done.Wait()
		defer close(read.stop)
		for b := range read.full {
			if !yield(b, nil) {
				return
			}
			read.empty <- b
		}
		yield(nil, read.err)
	}
}

type reading struct {
	full, empty chan *batch
	stop        chan struct{}
	err         error // valid once full is closed
}

// all reads until the end or until it is stopped.
func (r *reading) all(f filler) {
	defer close(r.full)
	for {
		select {
		case <-r.stop:
			return
		case b := <-r.empty:
			if r.err = f.fill(b); r.err != nil {
				return
			}
			r.full <- b
		}
	}
}
