package history

import "encoding/binary"

// columnWriter appends columns to out.
type columnWriter struct {
	out     []byte
	memory  *[maxColumns]memory
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
	if len(v) == 1 && v[0] != 0 {
		w.present |= 1 << c
		w.memory[c].last = v[0]
		w.out = append(w.out, 0)
		w.out = binary.AppendUvarint(w.out, zigzag(v[0]))
		return
	}
	if v[0] == 0 && isFlat(v) {
		return
	}
	w.present |= 1 << c
	w.column(&w.memory[c], v, h)
}

// column writes the values by the predictor that leaves the fewest bits.
func (w *columnWriter) column(m *memory, v []uint64, h []uint16) {
	n := len(v)
	best, rest := byNothing, v
	base, width := spread(v)
	for p := byPrevious; p < predictors && width > 0; p++ {
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
