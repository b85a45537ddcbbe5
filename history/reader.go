package history

import "iter"

// Reader gives a history's records in the order in which they were written, as often as it is asked to.
// An error ends the sequence; a torn tail is no error (see Decoder).
type Reader interface {
	Records() iter.Seq2[Record, error]
}

// Slice is a history in memory.
type Slice []Record

// Records gives the slice's records.
func (s Slice) Records() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for _, r := range s {
			if !yield(r, nil) {
				return
			}
		}
	}
}
