package history

// batchState is what a batch has beside its records.
type batchState struct {
	order []uint8           // numbers of the records' kinds
	given int               // records that next gave
	at    [lastCode + 1]int // of each kind
	held  [lastCode + 1][maxColumns]held
	mixed bool // records were put in one by one, or not whole, so that held is not true
}

func (b *batchState) reset() {
	b.order, b.given = b.order[:0], 0
	b.at = [lastCode + 1]int{}
}

// readColumns prepares for records that come column by column.
func (b *batch) readColumns() {
	if b.mixed {
		b.held = [lastCode + 1][maxColumns]held{}
	}
	b.reset()
	b.mixed = false
}

// step says which record is next: its place among those of its kind, and the kind.
func (b *batchState) step() (n int, code uint8) {
	code = b.order[b.given]
	b.given++
	n = b.at[code]
	b.at[code]++
	return n, code
}

func (b *batchState) left() int { return len(b.order) - b.given }

// pop forgets the last record's kind, and says which it was.
func (b *batchState) pop() uint8 {
	code := b.order[len(b.order)-1]
	b.order = b.order[:len(b.order)-1]
	return code
}

// room gives n records, which keep what they held.
func room[T any](s []T, n int, h *[maxColumns]held) []T {
	if cap(s) < n {
		*h = [maxColumns]held{}
		s = make([]T, groupSize)
	}
	return s[:n]
}
