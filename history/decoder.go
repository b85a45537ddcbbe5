package history

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// Torn is the end of a history that was cut while it was written. It is what a killed writer leaves, and no
// fault of what stands before it. errors.Is(torn, io.ErrUnexpectedEOF) holds.
type Torn struct {
	Offset int64 // where the last whole block ends
	Bytes  int64 // how many bytes follow it
	Reason string
}

func (t *Torn) Error() string {
	return fmt.Sprintf("torn tail: %d bytes after byte %d: %s", t.Bytes, t.Offset, t.Reason)
}

func (t *Torn) Unwrap() error { return io.ErrUnexpectedEOF }

// Decoder reads the binary form from a stream.
type Decoder struct {
	r       *bufio.Reader
	payload payload
	stored  []byte
	raw     []byte
	zstd    *zstd.Decoder
	start   int64 // offset of the current block
	next    int64 // offset after it
	index   int   // records given of the current block
}

// NewDecoder reads from r, which must begin at a block.
func NewDecoder(r io.Reader) *Decoder {
	return &Decoder{r: bufio.NewReaderSize(r, 1<<16), payload: payload{known: map[string]string{}}}
}

// Reuse makes Next overwrite the record that it gave before of the same kind. It saves the allocations of
// readers that keep nothing.
func (d *Decoder) Reuse() { d.payload.reuse = &records{} }

// Offset is the number of bytes up to the end of the last block whose records were all given. A follower
// that lost its stream goes on from there.
func (d *Decoder) Offset() int64 {
	if len(d.payload.buf) > 0 || d.payload.err != nil {
		return d.start
	}
	return d.next
}

// Next gives the next record; io.EOF at a clean end; a *Torn where the stream ends inside its last block;
// and any other error where the history is damaged, with the byte and the reason.
func (d *Decoder) Next() (Record, error) {
	for len(d.payload.buf) == 0 {
		if d.payload.err != nil {
			return nil, d.payload.err
		}
		if err := d.block(); err != nil {
			return nil, err
		}
	}
	r, err := d.payload.record()
	if err != nil {
		d.payload.err = fmt.Errorf("block at byte %d, record %d: %w", d.start, d.index+1, err)
		return nil, d.payload.err
	}
	d.index++
	return r, nil
}

// block reads the next block into the payload.
func (d *Decoder) block() error {
	d.start = d.next
	var head [headerSize]byte
	n, err := io.ReadFull(d.r, head[:])
	if err == io.EOF {
		return io.EOF
	}
	if err != nil {
		return d.torn(err, int64(n), "it ends inside a block's header")
	}
	h, err := parseHeader(head[:])
	if err != nil {
		return d.bad(err, head[:])
	}
	if err := d.readStored(int(h.stored)); err != nil {
		return d.torn(err, headerSize+int64(len(d.stored)), "it ends inside a block")
	}
	if checksum(head[:], d.stored) != h.sum {
		return d.bad(errors.New("the checksum does not hold"), nil)
	}
	return d.open(h)
}

func (d *Decoder) readStored(n int) error {
	if cap(d.stored) < n {
		d.stored = make([]byte, n)
	}
	d.stored = d.stored[:n]
	got, err := io.ReadFull(d.r, d.stored)
	d.stored = d.stored[:got]
	return err
}

// open decompresses the stored bytes.
func (d *Decoder) open(h header) error {
	raw := d.stored
	if h.codec == codecZstd {
		var err error
		if raw, err = d.unzstd(int(h.raw)); err != nil {
			return fmt.Errorf("block at byte %d: %w", d.start, err)
		}
	}
	if len(raw) != int(h.raw) || len(raw) == 0 {
		return fmt.Errorf("block at byte %d: it holds %d bytes where its header says %d", d.start, len(raw), h.raw)
	}
	d.next = d.start + headerSize + int64(len(d.stored))
	d.payload.buf, d.payload.strings, d.index = raw, d.payload.strings[:0], 0
	return nil
}

func (d *Decoder) unzstd(size int) ([]byte, error) {
	if d.zstd == nil {
		z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBlock), zstd.WithDecoderMaxWindow(maxBlock))
		if err != nil {
			return nil, fmt.Errorf("starting the decompressor: %w", err)
		}
		d.zstd = z
	}
	if cap(d.raw) < size {
		d.raw = make([]byte, 0, size)
	}
	raw, err := d.zstd.DecodeAll(d.stored, d.raw[:0])
	if err != nil {
		return nil, fmt.Errorf("decompressing it: %w", err)
	}
	d.raw = raw
	return raw, nil
}

// torn tells an end inside a block from a failing reader.
func (d *Decoder) torn(err error, bytes int64, reason string) error {
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		return fmt.Errorf("reading the history at byte %d: %w", d.start, err)
	}
	d.next = d.start
	return &Torn{Offset: d.start, Bytes: bytes, Reason: reason}
}

// bad tells a damaged last block, which a lost power supply leaves, from damage with history after it.
func (d *Decoder) bad(why error, head []byte) error {
	size := int64(headerSize + len(d.stored))
	if head == nil {
		if _, err := d.r.Peek(1); err == io.EOF {
			return &Torn{Offset: d.start, Bytes: size, Reason: "of its last block " + why.Error()}
		}
		return fmt.Errorf("block at byte %d is damaged: %w", d.start, why)
	}
	if zero, n := d.zeroTail(head); zero {
		return &Torn{Offset: d.start, Bytes: n, Reason: "only zeros follow"}
	}
	return fmt.Errorf("byte %d: %w", d.start, why)
}

// zeroTail reports whether nothing but zeros follow, and how many.
func (d *Decoder) zeroTail(head []byte) (bool, int64) {
	for _, b := range head {
		if b != 0 {
			return false, 0
		}
	}
	n := int64(len(head))
	for {
		b, err := d.r.ReadByte()
		if err != nil {
			return err == io.EOF, n
		}
		if b != 0 {
			return false, n
		}
		n++
	}
}
