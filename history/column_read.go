package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
)

// columnReader reads the columns of one block. The first fault is kept in err, and every later read gives zeros.
type columnReader struct {
	buf     []byte // what is left of the block; slack bytes follow within its capacity
	memory  *[maxColumns]memory
	present uint64
	// flat says of the column read last, and flats of the one in each scratch, that all its values are the same.
	flat    bool
	ceiling uint64 // no value of the column read last is above it
	flats   [maxColumns]bool
	zeros   [groupSize]uint64 // stands for every column that is not there
	scratch [maxColumns][groupSize]uint64
	context [groupSize]uint16
	err     error
}

var errColumn = errors.New("a column ends too early")

func (r *columnReader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.buf = r.buf[:0]
}

func (r *columnReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.buf)
	if n <= 0 {
		r.fail(errColumn)
		return 0
	}
	r.buf = r.buf[n:]
	return v
}

// get reads column c of n values into the scratch with the given number, unless it is not there; h holds the values' contexts, or
// is nil. What it gives must not be changed.
func (r *columnReader) get(c, slot, n int, h []uint16) []uint64 {
	if r.present>>c&1 == 0 {
		r.flat, r.flats[slot], r.ceiling = true, true, 0
		return r.zeros[:n]
	}
	v := r.scratch[slot][:n]
	r.present &^= 1 << c
	r.column(&r.memory[c], v, h)
	r.flats[slot] = r.flat
	return v
}

// column reads as many values as v has room for.
func (r *columnReader) column(m *memory, v []uint64, h []uint16) {
	r.flat, r.ceiling = true, math.MaxUint64
	if len(r.buf) == 0 {
		r.fail(errColumn)
		clear(v)
		return
	}
	predictor, width := int(r.buf[0])/widths, int(r.buf[0])%widths
	r.buf = r.buf[1:]
	base := unzigzag(r.uvarint())
	size := (len(v)*width + 7) / 8
	if size > len(r.buf) || width > maxWidth && width != 64 || predictor >= predictors || predictor == byContext && h == nil {
		r.fail(errColumn)
		clear(v)
		return
	}
	unpack(v, r.buf[:size+slack], width, base)
	r.buf = r.buf[size:]
	switch predictor {
	case byNothing:
		if mask := ^uint64(0) >> (64 - width); base <= math.MaxUint64-mask {
			r.ceiling = base + mask
		}
	case byPrevious:
		addPrevious(v, m.last)
	case byContext:
		addContext(v, h, m.contexts())
	}
	r.flat = predictor == byNothing && width == 0
	m.last = v[len(v)-1]
}

func unpack(v []uint64, b []byte, width int, base uint64) {
	if width == 0 {
		fill(v, base)
		return
	}
	mask, bit, step := ^uint64(0)>>(64-width), uint(0), uint(width)
	for ; width <= fourInOne && len(v) >= 4; v = v[4:] {
		x := binary.LittleEndian.Uint64(b[bit>>3:]) >> (bit & 7)
		v[0] = base + x&mask
		x >>= step & 63
		v[1] = base + x&mask
		x >>= step & 63
		v[2] = base + x&mask
		v[3] = base + x>>(step&63)&mask
		bit += 4 * step
	}
	for i := range v {
		v[i] = base + binary.LittleEndian.Uint64(b[bit>>3:])>>(bit&7)&mask
		bit += step
	}
}

// fourInOne is the width up to which one load of 8 bytes holds four values, wherever they begin in a byte.
const fourInOne = 14

// fill makes all of v the same.
func fill[T any](v []T, x T) {
	v[0] = x
	for n := 1; n < len(v); n *= 2 {
		copy(v[n:], v[:n])
	}
}

func addPrevious(v []uint64, last uint64) {
	for i, d := range v {
		last += d
		v[i] = last
	}
}

func addContext(v []uint64, h []uint16, context *[buckets]uint64) {
	h = h[:len(v)]
	for i, d := range v {
		last := &context[h[i]%buckets]
		*last += d
		v[i] = *last
	}
}

// contexts gives room for the contexts of n values, all the same.
func (r *columnReader) contexts(n int) []uint16 {
	h := r.context[:n]
	clear(h)
	return h
}

// most refuses values above the bound.
func (r *columnReader) most(name string, v []uint64, bound uint64) {
	if r.ceiling <= bound {
		return
	}
	high := uint64(0)
	for _, x := range v {
		high = max(high, x)
	}
	if high > bound {
		r.fail(fmt.Errorf("%s %d is above %d", name, high, bound))
		clear(r.scratch[:])
	}
}

// times refuses values that are no times of a record.
func (r *columnReader) times(name string, v []uint64) {
	if r.ceiling <= timeBound {
		return
	}
	for _, x := range v {
		if beyond(time.Duration(x)) {
			r.beyond(name, time.Duration(x))
			return
		}
	}
}

func (r *columnReader) beyond(name string, t time.Duration) { r.fail(checkTime(name, t)) }

// int32s refuses values that are no 32 bit numbers.
func (r *columnReader) int32s(name string, v []uint64) {
	if r.ceiling <= math.MaxInt32 {
		return
	}
	for _, x := range v {
		if int64(x) != int64(int32(x)) {
			r.fail(fmt.Errorf("%s %d is out of range", name, int64(x)))
			return
		}
	}
}
