package verify

import (
	"iter"
	"math/bits"
)

// pageBits is how many ids or offsets share a page.
const (
	pageShift = 10
	pageBits  = 1 << pageShift
	pageMask  = pageBits - 1
	words     = pageBits / 64
)

// plane is a set of numbers below pageBits. An empty one, a full one and one of up to three numbers take no
// more than its own 16 bytes, so that memory follows the gaps.
type plane struct {
	bits *[words]uint64
	n    uint16
	few  [3]uint16
}

// add reports whether i is new.
func (p *plane) add(i uint16) bool {
	if p.bits == nil {
		return p.addSmall(i)
	}
	w, m := &p.bits[i>>6], uint64(1)<<(i&63)
	if *w&m != 0 {
		return false
	}
	*w |= m
	if p.n++; p.n == pageBits {
		p.bits = nil
	}
	return true
}

func (p *plane) addSmall(i uint16) bool {
	if p.has(i) {
		return false
	}
	if int(p.n) < len(p.few) {
		p.few[p.n] = i
		p.n++
		return true
	}
	b := new([words]uint64)
	for _, f := range p.few {
		b[f>>6] |= 1 << (f & 63)
	}
	p.bits = b
	return p.add(i)
}

func (p *plane) has(i uint16) bool {
	if p.bits != nil {
		return p.bits[i>>6]&(1<<(i&63)) != 0
	}
	if p.n == pageBits {
		return true
	}
	for _, f := range p.few[:p.n] {
		if f == i {
			return true
		}
	}
	return false
}

// dense is the set as words.
func (p *plane) dense() (out [words]uint64) {
	switch {
	case p.bits != nil:
		return *p.bits
	case p.n == pageBits:
		for i := range out {
			out[i] = ^uint64(0)
		}
	default:
		for _, f := range p.few[:p.n] {
			out[f>>6] |= 1 << (f & 63)
		}
	}
	return out
}

// planeOf makes a plane of words.
func planeOf(b [words]uint64) (p plane) {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	if n > len(p.few) && n < pageBits {
		return plane{bits: &b, n: uint16(n)}
	}
	if n == pageBits {
		return plane{n: pageBits}
	}
	for i := range ones(b) {
		p.few[p.n] = i
		p.n++
	}
	return p
}

// minus is the numbers of p that are not in q.
func (p *plane) minus(q *plane) [words]uint64 {
	if p.n == 0 || q.n == pageBits {
		return [words]uint64{}
	}
	a, b := p.dense(), q.dense()
	for i := range a {
		a[i] &^= b[i]
	}
	return a
}

// and is the numbers of both.
func (p *plane) and(q *plane) [words]uint64 {
	if p.n == 0 || q.n == 0 {
		return [words]uint64{}
	}
	a, b := p.dense(), q.dense()
	for i := range a {
		a[i] &= b[i]
	}
	return a
}

// same reports whether both hold the same numbers.
func (p *plane) same(q *plane) bool {
	return p.n == q.n && (p.n == 0 || p.n == pageBits || p.dense() == q.dense())
}

// join adds q's numbers and returns those that both had.
func (p *plane) join(q *plane) [words]uint64 {
	both := p.and(q)
	if q.n > 0 {
		a, b := p.dense(), q.dense()
		for i := range a {
			a[i] |= b[i]
		}
		*p = planeOf(a)
	}
	return both
}

func count(b [words]uint64) (n int64) {
	for _, w := range b {
		n += int64(bits.OnesCount64(w))
	}
	return n
}

// ones gives the numbers in b in rising order.
func ones(b [words]uint64) iter.Seq[uint16] {
	return func(yield func(uint16) bool) {
		for i, w := range b {
			for ; w != 0; w &= w - 1 {
				if !yield(uint16(i<<6 + bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}
