package history

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"

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

// blockStream reads the blocks of the binary form.
type blockStream struct {
	r      *bufio.Reader
	stored []byte
	raw    []byte
	zstd   *zstd.Decoder
	start  int64 // offset of the current block
	next   int64 // offset after it
}

// read gives the next block's version and payload, valid until the next call. The payload's capacity goes slack bytes
// beyond its length.
func (d *blockStream) read() (version byte, payload []byte, err error) {
	d.start, d.stored = d.next, d.stored[:0]
	var head [headerSize]byte
	n, err := io.ReadFull(d.r, head[:])
	if err == io.EOF {
		return 0, nil, io.EOF
	}
	if err != nil {
		return 0, nil, d.torn(err, int64(n), "it ends inside a block's header")
	}
	h, err := parseHeader(head[:])
	if err != nil {
		return 0, nil, d.bad(err, head[:])
	}
	if err := d.readStored(int(h.stored)); err != nil {
		return 0, nil, d.torn(err, headerSize+int64(len(d.stored)), "it ends inside a block")
	}
	if checksum(head[:], d.stored) != h.sum {
		return 0, nil, d.bad(errors.New("the checksum does not hold"), nil)
	}
	payload, err = d.open(h)
	return h.version, payload, err
}

func (d *blockStream) readStored(n int) error {
	if cap(d.stored) < n+slack {
		d.stored = make([]byte, n+slack)
	}
	d.stored = d.stored[:n]
	got, err := io.ReadFull(d.r, d.stored)
	d.stored = d.stored[:got]
	return err
}

// open decompresses the stored bytes.
func (d *blockStream) open(h header) ([]byte, error) {
	raw := d.stored
	if h.codec == codecZstd {
		var err error
		if raw, err = d.unzstd(int(h.raw)); err != nil {
			return nil, fmt.Errorf("block at byte %d: %w", d.start, err)
		}
	}
	if len(raw) != int(h.raw) || len(raw) == 0 {
		return nil, fmt.Errorf("block at byte %d: it holds %d bytes where its header says %d", d.start, len(raw), h.raw)
	}
	d.next = d.start + headerSize + int64(len(d.stored))
	return raw, nil
}

func (d *blockStream) unzstd(size int) ([]byte, error) {
	if d.zstd == nil {
		z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBlock), zstd.WithDecoderMaxWindow(maxBlock))
		if err != nil {
			return nil, fmt.Errorf("starting the decompressor: %w", err)
		}
		d.zstd = z
	}
	if cap(d.raw) < size+slack {
		d.raw = make([]byte, 0, size+slack)
	}
	raw, err := d.zstd.DecodeAll(d.stored, d.raw[:0])
	if err != nil {
		return nil, fmt.Errorf("decompressing it: %w", err)
	}
	d.raw = slices.Grow(raw, slack)
	return d.raw, nil
}

// torn tells an end inside a block from a failing reader.
func (d *blockStream) torn(err error, bytes int64, reason string) error {
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		return fmt.Errorf("reading the history at byte %d: %w", d.start, err)
	}
	d.next = d.start
	return &Torn{Offset: d.start, Bytes: bytes, Reason: reason}
}

// bad tells a damaged last block, which a lost power supply leaves, from damage with history after it.
func (d *blockStream) bad(why error, head []byte) error {
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
func (d *blockStream) zeroTail(head []byte) (bool, int64) {
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
