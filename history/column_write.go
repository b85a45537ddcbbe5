package history

import "encoding/binary"

// columnWriter appends columns to out.
type columnWriter struct {
	out     []byte
	memory  *[maxColumns]memory
	block   int    // number of the block that is written
	present uint64 // columns of the kind that were written
	tried   [predictors][groupSize]uint64
	context [buckets]uint64
	values  [maxColumns][groupSize]uint64
	hashes  [groupSize]uint16
}

// contexts gives room for the contexts of n values, all the same.
func (w *columnWriter) contexts(n int) []uint16 {
	h := w.hashes[:n]
	clear(h)
	return h
}

// put writes column c, or nothing where all its values are zero. Where h is not nil, it holds the values' contexts.
func (w *columnWriter) put(c int, v []uint64, h []uint16) {
	if len(v) == 1 { // as in every block of one record
		if v[0] != 0 {
			w.present |= 1 << c
			w.single(w.memory[c].of(w.block), v[0])
		}
		return
	}
	if v[0] == 0 && isFlat(v) {
		return
	}
	w.present |= 1 << c
	w.column(w.memory[c].of(w.block), v, h)
}

// few is how many values are written without asking what would foretell them: they take a few bytes.
const few = 8

// column writes the values by the predictor that leaves the fewest bits.
func (w *columnWriter) column(m *memory, v []uint64, h []uint16) {
	n := len(v)
	if n == 1 {
		w.single(m, v[0])
		return
	}
	best, rest := byNothing, v
	base, width := spread(v)
	for p := byPrevious; p < predictors && width > 0 && n > few; p++ {
		if p == byContext && h == nil {
			break
		}
		d := w.tried[p][:n]
		if p == byPrevious {
			lessPrevious(d, v, m.last)
		} else {
			w.context = *m.contexts()
			lessContext(d, v, h, &w.context)
		}
		if b, wide := spread(d); wide < width {
			best, rest, base, width = p, d, b, wide
		}
	}
	if best == byContext {
		*m.context = w.context
	}
	m.last = v[n-1]
	w.out = append(w.out, byte(best*widths+width))
	w.out = binary.AppendUvarint(w.out, zigzag(base))
	w.pack(rest, base, width)
}

// single writes a column of one value.
func (w *columnWriter) single(m *memory, v uint64) {
	m.last = v
	w.out = binary.AppendUvarint(append(w.out, 0), zigzag(v))
}

func lessPrevious(d, v []uint64, last uint64) {
	for i, x := range v {
		d[i], last = x-last, x
	}
}

func lessContext(d, v []uint64, h []uint16, context *[buckets]uint64) {
	for i, x := range v {
		last := &context[h[i]%buckets]
		d[i], *last = x-*last, x
	}
}

// pack appends the values less base, width bits each, from the lowest bit on.
func (w *columnWriter) pack(v []uint64, base uint64, width int) {
	if width == 64 {
		for _, x := range v {
			w.out = binary.LittleEndian.AppendUint64(w.out, x-base)
		}
		return
	}
	var acc uint64
	held := 0
	for _, x := range v {
		acc |= (x - base) << held
		for held += width; held >= 8; held -= 8 {
			w.out = append(w.out, byte(acc))
			acc >>= 8
		}
	}
	if held > 0 {
		w.out = append(w.out, byte(acc))
	}
}
