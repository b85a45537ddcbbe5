package history

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

// targetBlock is the size, before compression, at which a compacting writer ends a block: large enough to
// compress well, small enough to be read by followers in good time.
const targetBlock = 1 << 20

// WriteCompact writes a history in the binary form, in large compressed blocks.
func WriteCompact(w io.Writer, r Reader) error {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(targetBlock))
	if err != nil {
		return fmt.Errorf("starting the compressor: %w", err)
	}
	c := compacter{w: w, zstd: z}
	c.block.reset()
	for rec, err := range each(r) {
		if err != nil {
			return err
		}
		if err := c.add(rec); err != nil {
			return err
		}
	}
	return c.flush()
}

type compacter struct {
	w         io.Writer
	zstd      *zstd.Encoder
	block     blockWriter
	out, buff []byte
}

func (c *compacter) add(rec Record) error {
	if err := c.block.add(rec); err != nil {
		return fmt.Errorf("writing a %s: %w", rec.Kind(), err)
	}
	if !c.block.full() {
		return nil
	}
	return c.flush()
}

// flush writes the block, compressed only where that saves an eighth: columns mostly leave little to save, and
// decompressing costs more than reading them.
func (c *compacter) flush() error {
	if c.block.records == 0 {
		return nil
	}
	raw, err := c.block.payload()
	if err != nil {
		return fmt.Errorf("writing a block: %w", err)
	}
	codec, stored := byte(codecZstd), c.zstd.EncodeAll(raw, c.buff[:0])
	c.buff = stored
	if len(stored) > len(raw)-len(raw)/8 {
		codec, stored = codecRaw, raw
	}
	c.out = appendBlock(c.out[:0], codec, stored, len(raw))
	c.block.reset()
	if _, err := c.w.Write(c.out); err != nil {
		return fmt.Errorf("writing a block: %w", err)
	}
	return nil
}

// Compact rewrites the history at in, of either form, as compressed blocks at out.
func Compact(in, out string) error { return rewrite(in, out, WriteCompact) }

// binaryExt and linesExt are how the names of histories end, by form.
const (
	binaryExt = ".rmqh"
	linesExt  = ".jsonl"
)

// ErrName is what Convert fails with where the name of its result does not say which form is meant.
var ErrName = errors.New("a history's name ends in " + binaryExt + " for the binary form or in " + linesExt + " for JSON Lines")

// Convert rewrites the history at in, of either form, at out: as JSON Lines where out ends in .jsonl, as compressed blocks
// where it ends in .rmqh.
func Convert(in, out string) error {
	switch filepath.Ext(out) {
	case linesExt:
		return rewrite(in, out, WriteLines)
	case binaryExt:
		return rewrite(in, out, WriteCompact)
	}
	return fmt.Errorf("converting to %s: %w", out, ErrName)
}

// rewrite writes beside out and renames, so that out is whole or not there.
func rewrite(in, out string, write func(io.Writer, Reader) error) (err error) {
	f, err := Open(in)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(out), filepath.Base(out)+".*.part")
	if err != nil {
		return fmt.Errorf("writing %s: %w", out, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	if err = write(tmp, f); err != nil {
		return errors.Join(err, tmp.Close())
	}
	if err = errors.Join(tmp.Chmod(0o644), tmp.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", out, err)
	}
	return os.Rename(tmp.Name(), out)
}
