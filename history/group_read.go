package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// blockReader reads the records of one block of version 2, a group at a time.
type blockReader struct {
	columnReader
	order    memory
	memories memories
	block    int
	records  int
	strings  []string
	long     bool // some string may be too long for a field that is not JSON
	known    known
	lines    lineParser
}

// open begins the block with the given payload, whose capacity goes slack bytes beyond its length.
func (r *blockReader) open(payload []byte) error {
	r.block++
	r.buf, r.err, r.records, r.order = payload, nil, 0, memory{}
	r.openStrings()
	return r.err
}

func (r *blockReader) openStrings() {
	count := r.uvarint()
	if count > uint64(len(r.buf)) {
		r.fail(fmt.Errorf("%d strings are announced in %d bytes", count, len(r.buf)))
		return
	}
	lengths := make([]uint64, count)
	total := uint64(0)
	for l := lengths; len(l) > 0; {
		n := min(len(l), groupSize)
		r.column(&memory{}, l[:n], nil)
		for _, size := range l[:n] {
			total += min(size, maxBlock+1)
		}
		l = l[n:]
	}
	if r.err == nil && total > uint64(len(r.buf)) {
		r.fail(fmt.Errorf("strings of %d bytes are announced where %d are left", total, len(r.buf)))
	}
	if r.err == nil {
		text := r.buf[:total]
		r.buf = r.buf[total:]
		r.cut(lengths, text)
	}
}

// manyStrings is where a block's strings are no longer looked up among those of earlier blocks.
const manyStrings = 512

// cut makes the strings. Few are shared with earlier blocks, so that a kept one holds no block's bytes; of many, one
// allocation serves all.
func (r *blockReader) cut(lengths []uint64, b []byte) {
	r.strings, r.long = append(r.strings[:0], ""), false
	all := ""
	if len(lengths) > manyStrings {
		all = string(b)
	}
	if !utf8.Valid(b) {
		r.fail(errors.New("a string is not UTF-8"))
		return
	}
	at := uint64(0)
	for _, n := range lengths {
		r.long = r.long || n > maxString
		if n == 0 || at+n < uint64(len(b)) && !utf8.RuneStart(b[at+n]) {
			r.fail(errors.New("a string is empty or is not UTF-8"))
			return
		}
		if all != "" {
			r.strings = append(r.strings, all[at:at+n])
		} else {
			r.strings = append(r.strings, r.known.get(b[at:at+n]))
		}
		at += n
	}
}

// group reads the next group into the batch.
func (r *blockReader) group(b *batch) error {
	n := r.uvarint()
	if r.records += int(min(n, maxRecords+1)); r.err == nil && (n == 0 || n > groupSize || r.records > maxRecords) {
		r.fail(fmt.Errorf("a group of %d records is not allowed", n))
	}
	if r.err != nil {
		return r.err
	}
	b.readColumns()
	counts, err := r.kinds(b, int(n))
	if err != nil {
		return err
	}
	for code := uint8(1); code <= lastCode && r.err == nil; code++ {
		if counts[code] == 0 {
			continue
		}
		r.present, r.memory = r.uvarint(), r.memories.of(code, r.block)
		r.getKind(code, counts[code], b)
		if r.present != 0 && r.err == nil {
			r.fail(fmt.Errorf("kind %s has a field that is %w", kindNames[code], ErrNewer))
		}
	}
	return r.err
}

// kinds reads which kinds of record the group holds, in their order.
func (r *blockReader) kinds(b *batch, n int) (counts [lastCode + 1]int, err error) {
	v := r.scratch[0][:n]
	r.column(&r.order, v, nil)
	if r.flat { // as where sends are many, or a scan goes on
		v = v[:1]
	}
	for _, code := range v {
		if code < 1 || code > lastCode {
			r.fail(fmt.Errorf("kind %d is %w", code, ErrNewer))
			break
		}
		b.order = append(b.order, uint8(code))
		counts[code]++
	}
	if r.err != nil {
		b.reset()
		return counts, r.err
	}
	if r.flat {
		b.order = slices.Grow(b.order, n)[:n]
		fill(b.order, uint8(v[0]))
		counts[v[0]] = n
	}
	return counts, nil
}

// texts refuses numbers of strings that are not there or too long.
func (r *blockReader) texts(name string, v []uint64) { r.textsUpTo(maxString, name, v) }

func (r *blockReader) textsUpTo(limit int, name string, v []uint64) {
	r.most(name, v, uint64(len(r.strings)-1))
	if !r.long || r.err != nil {
		return
	}
	for _, n := range v {
		if len(r.strings[n]) > limit {
			r.fail(fmt.Errorf("%s takes %d bytes, more than the %d allowed", name, len(r.strings[n]), limit))
			return
		}
	}
}

// jsons refuses numbers of JSON texts that are not there or too long.
func (r *blockReader) jsons(name string, v []uint64) { r.textsUpTo(maxExtra, name, v) }

// held is what a column of a batch holds from an earlier group: the same value in the first n records.
type held struct {
	n      int
	number uint64
	text   string
}

// numbers says that the records hold the column's values already.
func (h *held) numbers(flat bool, v []uint64) bool {
	if flat && h.n >= len(v) && h.number == v[0] {
		return true
	}
	h.n, h.number = 0, v[0]
	if flat {
		h.n = len(v)
	}
	return false
}

// strings is numbers for a column of strings.
func (h *held) strings(flat bool, v []uint64, s []string) bool {
	if flat && h.n >= len(v) && h.text == s[v[0]] {
		return true
	}
	h.n, h.text = 0, s[v[0]]
	if flat {
		h.n = len(v)
	}
	return false
}

// known shares strings that occur again, so that most are allocated once. A string keeps its slot until another with
// the same hash takes it.
type known struct{ slots []string }

const (
	knownBits = 12
	// longest is how long a shared string may be, so that slots hold little.
	longest = 256
)

func (k *known) get(b []byte) string {
	if len(b) > longest {
		return string(b)
	}
	if k.slots == nil {
		k.slots = make([]string, 1<<knownBits)
	}
	s := &k.slots[hash(b)]
	if string(b) != *s {
		*s = string(b)
	}
	return *s
}

// hash looks at the ends alone: keys and names differ there.
func hash(b []byte) uint64 {
	var first, last uint64
	if len(b) >= 8 {
		first, last = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[len(b)-8:])
	} else {
		for _, c := range b {
			first = first<<8 | uint64(c)
		}
	}
	return (first*0x9E3779B97F4A7C15 ^ last + uint64(len(b))) * 0xD6E8FEB86659FD93 >> (64 - knownBits)
}
