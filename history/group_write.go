package history

import (
	"encoding/binary"
	"fmt"
)

// blockWriter gathers records and makes a block's payload of them.
type blockWriter struct {
	columnWriter
	texts    dictionary
	staged   batch
	body     []byte
	order    memory
	memories memories
	records  int
}

// maxRecords bounds the records of one block, and with it the work that a block of few bytes can make.
const maxRecords = 1 << 17

// reset begins a new block.
func (w *blockWriter) reset() {
	w.block++
	w.texts.reset()
	w.staged.reset()
	w.body, w.records, w.order.last = w.body[:0], 0, 0
}

// add takes a copy of the record.
func (w *blockWriter) add(r Record) error {
	if err := check(r); err != nil {
		return err
	}
	w.staged.take(r)
	w.records++
	if len(w.staged.order) < groupSize {
		return nil
	}
	return w.group()
}

// full says that the block is as large as a block should be.
func (w *blockWriter) full() bool {
	return len(w.body)+w.texts.size >= targetBlock || w.records >= maxRecords-groupSize
}

// group writes the staged records as one group.
func (w *blockWriter) group() error {
	n := len(w.staged.order)
	if n == 0 {
		return nil
	}
	w.body = binary.AppendUvarint(w.body, uint64(n))
	v := w.values[0][:n]
	for i, code := range w.staged.order {
		v[i] = uint64(code)
	}
	w.out = w.out[:0]
	w.column(&w.order, v, nil)
	w.body = append(w.body, w.out...)
	for code := uint8(1); code <= lastCode; code++ {
		if w.staged.count(code) == 0 {
			continue
		}
		w.out, w.present, w.memory = w.out[:0], 0, &w.memories[code].columns
		w.putKind(code, &w.staged)
		w.body = binary.AppendUvarint(w.body, w.present)
		w.body = append(w.body, w.out...)
	}
	w.staged.reset()
	err := w.texts.err
	w.texts.err = nil
	return err
}

// payload ends the block and gives what it holds, valid until the next call.
func (w *blockWriter) payload() ([]byte, error) {
	if err := w.group(); err != nil {
		return nil, err
	}
	w.out = binary.AppendUvarint(w.out[:0], uint64(len(w.texts.lengths)))
	for l := w.texts.lengths; len(l) > 0; {
		n := min(len(l), groupSize)
		w.column(&memory{}, l[:n], nil)
		l = l[n:]
	}
	w.out = append(w.out, w.texts.bytes...)
	w.out = append(w.out, w.body...)
	if len(w.out) > maxBlock {
		return nil, fmt.Errorf("it takes %d bytes, more than the %d of a block", len(w.out), maxBlock)
	}
	return w.out, nil
}

// dictionary numbers a block's strings in the order of their first use; 0 is the empty one.
type dictionary struct {
	few     []numbered        // the first ones: a block of one record has no others
	numbers map[string]uint64 // the rest
	jsons   map[string]uint64 // apart, as long strings are cut and JSON is not
	lengths []uint64
	bytes   []byte
	size    int
	recent  [maxColumns]recent // of each column
	block   int                // number of the block
	err     error
}

type numbered struct {
	text   string
	number uint64
}

// recent is the latest string of a column, what is written of it, and its number in a block.
type recent struct {
	text, clean string
	number      uint64
	block       int
}

const fewStrings = 8

func (d *dictionary) reset() {
	if len(d.few) == fewStrings {
		clear(d.numbers)
	}
	if len(d.jsons) > 0 {
		clear(d.jsons)
	}
	d.few, d.lengths, d.bytes, d.size, d.err = d.few[:0], d.lengths[:0], d.bytes[:0], 0, nil
	d.block++
}

// text numbers a string of column c.
func (d *dictionary) text(c int, s string) uint64 {
	r := &d.recent[c]
	if s != r.text {
		r.text, r.clean, r.block = s, clean(s), 0
	}
	if r.block != d.block {
		r.number, r.block = d.number(s, r.clean), d.block
	}
	return r.number
}

func (d *dictionary) number(s, clean string) uint64 {
	if s == "" {
		return 0
	}
	for i := range d.few {
		if d.few[i].text == s {
			return d.few[i].number
		}
	}
	if len(d.few) == fewStrings {
		if n, ok := d.numbers[s]; ok {
			return n
		}
	}
	n := d.add(clean)
	if len(d.few) < fewStrings {
		d.few = append(d.few, numbered{s, n})
		return n
	}
	if d.numbers == nil {
		d.numbers = map[string]uint64{}
	}
	d.numbers[s] = n
	return n
}

// json numbers a JSON text, which may be longer than a string.
func (d *dictionary) json(what string, b []byte) uint64 {
	if len(b) > maxExtra {
		d.err = fmt.Errorf("%s takes %d bytes, more than the %d allowed", what, len(b), maxExtra)
		return 0
	}
	if len(b) == 0 {
		return 0
	}
	n, ok := d.jsons[string(b)]
	if !ok {
		if d.jsons == nil {
			d.jsons = map[string]uint64{}
		}
		n = d.add(string(b))
		d.jsons[string(b)] = n
	}
	return n
}

func (d *dictionary) add(s string) uint64 {
	if s == "" {
		return 0
	}
	d.lengths, d.bytes = append(d.lengths, uint64(len(s))), append(d.bytes, s...)
	d.size += len(s) + 2
	return uint64(len(d.lengths))
}
