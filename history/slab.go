package history

import "iter"

// Slab is what stands together in a history: sends, or messages found, or one record of another kind in Other.
type Slab struct {
	Sends  []Send
	Founds []Found
	Alike  bool // all of Founds lie in one queue of one replica
	Other  Record
}

// Slabs gives the file's records as Each does, as many of a kind at a time as were read together. A slab is valid until the next.
func (f *File) Slabs() iter.Seq2[Slab, error] {
	return func(yield func(Slab, error) bool) {
		f.batches(func(b *batch, err error) bool {
			if err != nil {
				return yield(Slab{}, err)
			}
			for b.left() > 0 {
				if !yield(b.slab(), nil) {
					return false
				}
			}
			return true
		})
	}
}

// slab gives the records of one kind that are next; there must be one.
func (b *batch) slab() Slab {
	code := b.order[b.given]
	from, n := b.at[code], b.alike(code)
	switch code {
	case codeSend:
		b.skip(code, n)
		return Slab{Sends: b.sends[from : from+n]}
	case codeFound:
		b.skip(code, n)
		return Slab{Founds: b.founds[from : from+n], Alike: b.oneQueue(len(b.founds))}
	}
	return Slab{Other: b.next()}
}

// alike counts how many records of the kind are next.
func (b *batchState) alike(code uint8) (n int) {
	for _, c := range b.order[b.given:] {
		if c != code {
			break
		}
		n++
	}
	return n
}

func (b *batchState) skip(code uint8, n int) {
	b.given += n
	b.at[code] += n
}

// oneQueue reports whether it is known that n messages that were found have the same replica, topic, broker group and queue.
func (b *batchState) oneQueue(n int) bool {
	h := &b.held[codeFound]
	return !b.mixed && h[1].n >= n && h[2].n >= n && h[3].n >= n && h[4].n >= n
}
