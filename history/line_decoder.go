package history

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxLine bounds one line of the JSON Lines form.
const maxLine = 4 << 20

// LineDecoder reads the JSON Lines form from a stream.
type LineDecoder struct {
	r      *bufio.Reader
	line   int
	at     int64
	long   []byte // a line that is longer than the reader's buffer
	parser lineParser
	batch  batch
	err    error // met after the batch
}

// NewLineDecoder reads from r.
func NewLineDecoder(r io.Reader) *LineDecoder {
	return &LineDecoder{r: bufio.NewReaderSize(r, 1<<16)}
}

// read gives the next line with its end, valid until the next call.
func (d *LineDecoder) read() ([]byte, error) {
	line, err := d.r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	d.long = append(d.long[:0], line...)
	for errors.Is(err, bufio.ErrBufferFull) && len(d.long) <= maxLine {
		line, err = d.r.ReadSlice('\n')
		d.long = append(d.long, line...)
	}
	if len(d.long) > maxLine {
		return nil, bufio.ErrBufferFull
	}
	return d.long, err
}

// Next gives the next record; io.EOF at the end; a *Torn where the last line has no end and is no record;
// else an error that names the line and the reason. Blank lines are passed over.
func (d *LineDecoder) Next() (Record, error) {
	if d.batch.left() == 0 {
		d.batch.reset()
		if err := d.next(&d.batch); err != nil {
			return nil, err
		}
	}
	return clone(d.batch.next()), nil
}

// fill reads the next records, at least one, into the batch, or fails as Next does.
func (d *LineDecoder) fill(b *batch) error {
	b.reset()
	for d.err == nil && len(b.order) < groupSize {
		d.err = d.next(b)
	}
	if len(b.order) > 0 {
		return nil
	}
	return d.err
}

// next reads one record into the batch.
func (d *LineDecoder) next(b *batch) error {
	for {
		line, err := d.read()
		if err == io.EOF && len(line) == 0 {
			return io.EOF
		}
		d.line++
		if errors.Is(err, bufio.ErrBufferFull) {
			return fmt.Errorf("line %d: it is longer than the %d bytes allowed", d.line, maxLine)
		}
		if err != nil && err != io.EOF {
			return fmt.Errorf("line %d: reading it: %w", d.line, err)
		}
		start := d.at
		d.at += int64(len(line))
		if line[0] <= ' ' && len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		bad := d.parser.line(line, b)
		switch {
		case bad == nil:
			return nil
		case err == io.EOF:
			return &Torn{Offset: start, Bytes: int64(len(line)), Reason: fmt.Sprintf("line %d has no end: %v", d.line, bad)}
		}
		return fmt.Errorf("line %d: %w", d.line, bad)
	}
}

// DecodeLine reads one line of the JSON Lines form.
func DecodeLine(line []byte) (Record, error) {
	var p lineParser
	var b batch
	if err := p.line(line, &b); err != nil {
		return nil, err
	}
	return b.next(), nil
}
