package history

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
)

// File is a history on disk, binary or JSON Lines. It is read anew for each call of Records.
type File struct {
	path  string
	lines bool
	torn  *Torn
}

// Open looks at the file at path: one that begins with a block is binary, one that begins with '{' is JSON
// Lines, and an empty one is a history without records.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the history: %w", err)
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("reading the history %s: %w", path, err)
	}
	head = bytes.TrimLeft(head[:n], " \t\r\n")
	lines := len(head) > 0 && head[0] == '{' || n == 0 && strings.HasSuffix(path, ".jsonl")
	if !lines && len(head) > 0 && !mayBeBlock(head) {
		return nil, fmt.Errorf("%s is no history: it begins neither with a block of the binary form nor with a line of JSON", path)
	}
	return &File{path: path, lines: lines}, nil
}

// mayBeBlock allows for a first block that was torn, or never reached the disk and reads as zeros.
func mayBeBlock(head []byte) bool {
	if head[0] == 0 {
		return true
	}
	return bytes.HasPrefix([]byte("RH"), head[:min(2, len(head))])
}

// Path is where the file lies.
func (f *File) Path() string { return f.path }

// Torn is the torn tail that the last complete reading met, or nil.
func (f *File) Torn() *Torn { return f.torn }

// Records gives the file's records. A torn tail ends them without an error; see Torn.
func (f *File) Records() iter.Seq2[Record, error] { return f.records(false) }

// Each gives the file's records as Records does, but each is valid only until the next one, and must not be changed.
func (f *File) Each() iter.Seq2[Record, error] { return f.records(true) }

// filler fills batches with a history's records.
type filler interface{ fill(b *batch) error }

func (f *File) records(reuse bool) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		f.batches(func(b *batch, err error) bool {
			if err != nil {
				return yield(nil, err)
			}
			return give(b, reuse, yield)
		})
	}
}

// batches reads the file, until do refuses a batch. An error is the last thing that it is given.
func (f *File) batches(do func(*batch, error) bool) {
	in, err := os.Open(f.path)
	if err != nil {
		do(nil, fmt.Errorf("opening the history: %w", err))
		return
	}
	defer in.Close()
	f.torn = nil
	for b, err := range ahead(f.filler(in)) {
		switch {
		case err == nil:
			if !do(b, nil) {
				return
			}
		case err != io.EOF && !errors.As(err, &f.torn):
			do(nil, fmt.Errorf("%s: %w", f.path, err))
		}
	}
}

func (f *File) filler(in io.Reader) filler {
	if f.lines {
		return NewLineDecoder(in)
	}
	return NewDecoder(in)
}

// give passes on the batch's records until one is refused.
func give(b *batch, reuse bool, yield func(Record, error) bool) bool {
	for b.left() > 0 {
		r := b.next()
		if !reuse {
			r = clone(r)
		}
		if !yield(r, nil) {
			return false
		}
	}
	return true
}

// each gives r's records, each valid only until the next one where r can do so.
func each(r Reader) iter.Seq2[Record, error] {
	if f, ok := r.(*File); ok {
		return f.Each()
	}
	return r.Records()
}
