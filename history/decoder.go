package history

import (
	"bufio"
	"fmt"
	"io"
)

// Decoder reads the binary form from a stream.
type Decoder struct {
	stream  blockStream
	rows    payload     // a block of version 1
	columns blockReader // a block of version 2
	batch   batch
	index   int // records given of the current block
	reuse   bool
	err     error // met after the batch
}

// NewDecoder reads from r, which must begin at a block.
func NewDecoder(r io.Reader) *Decoder {
	return &Decoder{stream: blockStream{r: bufio.NewReaderSize(r, 1<<16)}}
}

// Reuse makes each record that Next gives valid only until the next call. It saves the allocations of readers that
// keep nothing. Such a record must not be changed.
func (d *Decoder) Reuse() { d.reuse = true }

// Offset is the number of bytes up to the end of the last block whose records were all given. A follower
// that lost its stream goes on from there.
func (d *Decoder) Offset() int64 {
	if d.batch.left() > 0 || d.open() || d.damaged() {
		return d.stream.start
	}
	return d.stream.next
}

// open says that the current block has more records.
func (d *Decoder) open() bool { return len(d.rows.buf) > 0 || len(d.columns.buf) > 0 }

func (d *Decoder) damaged() bool { return d.rows.err != nil || d.columns.err != nil }

// Next gives the next record; io.EOF at a clean end; a *Torn where the stream ends inside its last block;
// and any other error where the history is damaged, with the byte and the reason.
func (d *Decoder) Next() (Record, error) {
	if d.batch.left() == 0 {
		if err := d.fill(&d.batch); err != nil {
			return nil, err
		}
	}
	r := d.batch.next()
	if !d.reuse {
		r = clone(r)
	}
	return r, nil
}

// fill reads the next records, at least one, into the batch, or fails as Next does.
func (d *Decoder) fill(b *batch) error {
	b.reset()
	for !d.open() && d.err == nil {
		d.err = d.block()
	}
	if d.err == nil {
		d.err = d.fillOpen(b)
	}
	if len(b.order) > 0 {
		return nil
	}
	return d.err
}

// fillOpen reads records of the current block.
func (d *Decoder) fillOpen(b *batch) error {
	if len(d.columns.buf) > 0 {
		if err := d.columns.group(b); err != nil {
			b.reset()
			b.mixed = true
			return fmt.Errorf("block at byte %d, after record %d: %w", d.stream.start, d.index, err)
		}
		d.index += len(b.order)
		return nil
	}
	b.mixed = true
	for len(d.rows.buf) > 0 && len(b.order) < groupSize {
		if err := d.rows.record(b); err != nil {
			return fmt.Errorf("block at byte %d, record %d: %w", d.stream.start, d.index+1, err)
		}
		d.index++
	}
	return nil
}

// block opens the next block.
func (d *Decoder) block() error {
	version, payload, err := d.stream.read()
	if err != nil {
		return err
	}
	d.index = 0
	if version == rowVersion {
		d.rows.open(payload)
		return nil
	}
	if err := d.columns.open(payload); err != nil {
		return fmt.Errorf("block at byte %d: %w", d.stream.start, err)
	}
	return nil
}
