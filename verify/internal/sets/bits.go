package sets

import (
	"iter"
	"math/bits"
)

// PageBits is how many numbers share a page.
const (
	PageShift = 10
	PageBits  = 1 << PageShift
	PageMask  = PageBits - 1
	words     = PageBits / 64
)

// Words is a set of numbers below PageBits, one bit each.
type Words [words]uint64

// Bits is a set of numbers below PageBits. An empty one, a full one and one of up to three numbers take no
// more than its own 16 bytes, so that memory follows the gaps.
type Bits struct {
	bits *Words
	n    uint16
	few  [3]uint16
}

// Add reports whether i is new.
func (p *Bits) Add(i uint16) bool {
	if p.bits == nil {
		return p.addSmall(i)
	}
	w, m := &p.bits[i>>6], uint64(1)<<(i&63)
	if *w&m != 0 {
		return false
	}
	*w |= m
	if p.n++; p.n == PageBits {
		p.bits = nil
	}
	return true
}

func (p *Bits) addSmall(i uint16) bool {
	if p.Has(i) {
		return false
	}
	if int(p.n) < len(p.few) {
		p.few[p.n] = i
		p.n++
		return true
	}
	b := new(Words)
	for _, f := range p.few {
		b[f>>6] |= 1 << (f & 63)
	}
	p.bits = b
	return p.Add(i)
}

// AddAll adds the n numbers from i on, where none of them is in the set. Else it adds none, and reports so.
func (p *Bits) AddAll(i uint16, n int) bool {
	all, more := p.Words(), stretch(int(i), n)
	for w := range all {
		if all[w]&more[w] != 0 {
			return false
		}
		all[w] |= more[w]
	}
	if p.bits != nil && int(p.n)+n < PageBits {
		*p.bits, p.n = all, p.n+uint16(n)
		return true
	}
	*p = Of(all)
	return true
}

// stretch is the n numbers from i on.
func stretch(i, n int) (out Words) {
	for end := i + n; i < end; {
		k := min(64-i&63, end-i)
		out[i>>6] |= ^uint64(0) >> (64 - k) << (i & 63)
		i += k
	}
	return out
}

// Len is how many numbers the set holds.
func (p *Bits) Len() int { return int(p.n) }

// Has reports whether i is in the set.
func (p *Bits) Has(i uint16) bool {
	if p.bits != nil {
		return p.bits[i>>6]&(1<<(i&63)) != 0
	}
	if p.n == PageBits {
		return true
	}
	for _, f := range p.few[:p.n] {
		if f == i {
			return true
		}
	}
	return false
}

// Words is the set, one bit a number.
func (p *Bits) Words() (out Words) {
	switch {
	case p.bits != nil:
		return *p.bits
	case p.n == PageBits:
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

// Has reports whether i is in the set.
func (b *Words) Has(i uint16) bool { return b[i>>6]>>(i&63)&1 != 0 }

// Of makes a set of words.
func Of(b Words) (p Bits) {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	if n > len(p.few) && n < PageBits {
		return Bits{bits: &b, n: uint16(n)}
	}
	if n == PageBits {
		return Bits{n: PageBits}
	}
	for i := range Ones(b) {
		p.few[p.n] = i
		p.n++
	}
	return p
}

// Minus is the numbers of p that are not in q.
func (p *Bits) Minus(q *Bits) Words {
	if p.n == 0 || q.n == PageBits {
		return Words{}
	}
	a, b := p.Words(), q.Words()
	for i := range a {
		a[i] &^= b[i]
	}
	return a
}

// And is the numbers of both.
func (p *Bits) And(q *Bits) Words {
	if p.n == 0 || q.n == 0 {
		return Words{}
	}
	a, b := p.Words(), q.Words()
	for i := range a {
		a[i] &= b[i]
	}
	return a
}

// Same reports whether both hold the same numbers.
func (p *Bits) Same(q *Bits) bool {
	return p.n == q.n && (p.n == 0 || p.n == PageBits || p.Words() == q.Words())
}

// Join adds q's numbers and returns those that both had.
func (p *Bits) Join(q *Bits) Words {
	both := p.And(q)
	if q.n > 0 {
		a, b := p.Words(), q.Words()
		for i := range a {
			a[i] |= b[i]
		}
		*p = Of(a)
	}
	return both
}

func Count(b Words) (n int64) {
	for _, w := range b {
		n += int64(bits.OnesCount64(w))
	}
	return n
}

// Ones gives the numbers in b in rising order.
func Ones(b Words) iter.Seq[uint16] {
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
