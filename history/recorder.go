package history

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// FileName is the name that a run's folder gives to its history.
const FileName = "history.rmqh"

// Recorder writes a history. Append may be called from many goroutines.
type Recorder struct {
	mu     sync.Mutex
	w      io.Writer
	close  io.Closer
	block  blockWriter
	out    []byte
	offset int64
	err    error // once a write has failed, nothing can follow it
}

// NewRecorder writes to w, one Write per record.
func NewRecorder(w io.Writer) *Recorder { return &Recorder{w: w} }

// Create makes a new history at path. A file that is there already is not touched.
func Create(path string) (*Recorder, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, fmt.Errorf("creating the history: %w", err)
	}
	r := NewRecorder(f)
	r.close = f
	return r, nil
}

// Resume goes on with a history that its writer may have left torn: the torn tail is cut off, records follow.
func Resume(path string) (*Recorder, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("going on with the history: %w", err)
	}
	end, err := wholeEnd(f)
	if err == nil {
		err = f.Truncate(end)
	}
	if err == nil {
		_, err = f.Seek(end, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("going on with the history %s: %w", path, err), f.Close())
	}
	r := NewRecorder(f)
	r.close, r.offset = f, end
	return r, nil
}

// wholeEnd finds where the last whole block ends.
func wholeEnd(f io.Reader) (int64, error) {
	d := NewDecoder(f)
	d.Reuse()
	for {
		_, err := d.Next()
		if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
			return d.Offset(), nil
		}
		if err != nil {
			return 0, err
		}
	}
}

// Append writes one record through: it has reached the operating system when Append returns. After an error
// the history ends before this record, and every later Append fails: a reader finds a torn tail at most.
func (r *Recorder) Append(rec Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return r.err
	}
	r.block.reset()
	err := r.block.add(rec)
	var payload []byte
	if err == nil {
		payload, err = r.block.payload()
	}
	if err != nil {
		return fmt.Errorf("recording a %s: %w", rec.Kind(), err)
	}
	r.out = appendBlock(r.out[:0], codecRaw, payload, len(payload))
	n, err := r.w.Write(r.out)
	r.offset += int64(n)
	if err != nil {
		r.err = fmt.Errorf("the history can no longer be written, at byte %d: %w", r.offset, err)
	}
	return r.err
}

// Offset is the number of bytes written so far.
func (r *Recorder) Offset() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.offset
}

// Sync asks the operating system to bring the history to the disk, where it lies in a file.
func (r *Recorder) Sync() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f, ok := r.w.(*os.File); ok && r.err == nil {
		return f.Sync()
	}
	return r.err
}

// Close ends the history. Later Appends fail.
func (r *Recorder) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = errors.New("the history is closed")
	}
	if r.close == nil {
		return nil
	}
	err := r.close.Close()
	r.close = nil
	if err != nil {
		return fmt.Errorf("closing the history: %w", err)
	}
	return nil
}
