package history

import "math/bits"

// A block of version 2 holds its strings, then groups of at most groupSize records in the order in which they were
// written. Within a group the values of one field of one kind stand together, as a column: most columns are flat or
// go up evenly, so that a record takes a few bytes and is read without a decision per value.
//
//	strings  how many; their lengths, as columns of at most groupSize values; their bytes. String 0 is the empty one.
//	group    how many records; the column of their kinds; for each kind that occurs, in the order of its number:
//	         a bitmap of the columns that follow, bit n for field n, and these columns. What is missing is zero.
//	column   one byte, predictor*widths + width; the base, zigzag; the values less prediction and base, width bits each.
//
// Numbers outside of columns are varints. A value is predicted as nothing, as the value before it in the block, or as
// the last one that stood with the same values in the fields named by the field's "by".
const (
	groupSize  = 256
	maxColumns = 32
	widths     = 65
	// A width above maxWidth is written as 64, so that one load of 8 bytes holds every value.
	maxWidth = 56
	// slack is how many bytes after a column may be loaded with its last value.
	slack = 8
	// buckets is how many contexts a column remembers; contexts that share one only compress worse.
	buckets = 1024
)

const (
	byNothing = iota
	byPrevious
	byContext
	predictors
)

// memory is what a column remembers within a block.
type memory struct {
	last    uint64
	context *[buckets]uint64
	fresh   bool // context belongs to this block
	block   int  // that the rest belongs to, where the writer keeps it
}

// of gives what the column remembers in a block: nothing of an earlier one.
func (m *memory) of(block int) *memory {
	if m.block != block {
		m.last, m.fresh, m.block = 0, false, block
	}
	return m
}

// contexts gives the column's contexts, forgotten at the first use in a block.
func (m *memory) contexts() *[buckets]uint64 {
	if m.context == nil {
		m.context = new([buckets]uint64)
	} else if !m.fresh {
		*m.context = [buckets]uint64{}
	}
	m.fresh = true
	return m.context
}

// memories are those of all columns of all kinds.
type memories [lastCode + 1]struct {
	columns [maxColumns]memory
	block   int
}

// of gives the memories of a kind in the block with the given number.
func (m *memories) of(code uint8, block int) *[maxColumns]memory {
	k := &m[code]
	if k.block != block {
		k.block = block
		for i := range k.columns {
			k.columns[i].last, k.columns[i].fresh = 0, false
		}
	}
	return &k.columns
}

// mix adds the values of a column to the contexts in h. One that is flat tells nothing apart.
func mix(h []uint16, v []uint64, flat bool) {
	if flat {
		return
	}
	for i, x := range v {
		h[i] = uint16((uint64(h[i])<<32 ^ x) * 0x9E3779B97F4A7C15 >> (64 - 10))
	}
}

// isFlat says that all values are the same.
func isFlat(v []uint64) bool {
	for _, x := range v {
		if x != v[0] {
			return false
		}
	}
	return true
}

// spread is the lowest of the values, as signed numbers, and the bits that what is above it takes.
func spread(v []uint64) (base uint64, width int) {
	low, high := int64(v[0]), int64(v[0])
	for _, x := range v {
		low, high = min(low, int64(x)), max(high, int64(x))
	}
	if width = bits.Len64(uint64(high) - uint64(low)); width > maxWidth {
		width = 64
	}
	return uint64(low), width
}

func zigzag(v uint64) uint64   { return v<<1 ^ uint64(int64(v)>>63) }
func unzigzag(v uint64) uint64 { return v>>1 ^ -(v & 1) }
