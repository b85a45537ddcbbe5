//go:build linux

package node

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rmqproof/rmqproof/chaos"
)

// Rot is the verb. Its arguments are FolderArgs, of a folder with commit log files. What it changed is not changed back.
type Rot struct {
	proc Proc
	saw  byAct[Rotten]
}

func newRot(p Proc) *Rot { return &Rot{proc: p} }

// Name is the verb's.
func (*Rot) Name() string { return RotVerb }

// Do changes the last byte of the longest body in the newest file that is surely finished: the last is made in advance, the one
// before is in use.
func (r *Rot) Do(_ context.Context, a chaos.Act) error {
	v, err := r.proc.volumeOf(a)
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(v.folder, "[0-9]*")) // sorted, and named after their offset
	if err != nil || len(files) < 3 {
		return errors.Join(err, fmt.Errorf("%s of pod %s has %d log files, none of which is surely finished: set mappedFileSizeCommitLog lower, or wait longer", v.asked, a.On.Pod, len(files)))
	}
	rotten, err := rot(files[len(files)-3])
	if err != nil {
		return fmt.Errorf("changing a byte of pod %s: %w", a.On.Pod, err)
	}
	r.saw.put(a, rotten)
	return nil
}

func rot(file string) (Rotten, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Rotten{}, err
	}
	at, ok := longestBody(text)
	if !ok {
		return Rotten{}, fmt.Errorf("%s has no message whose form is known", file)
	}
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return Rotten{}, err
	}
	changed := Rotten{File: file, At: int64(at), Was: text[at], Is: ^text[at]}
	_, err = f.WriteAt([]byte{changed.Is}, changed.At)
	return changed, errors.Join(err, f.Sync(), f.Close())
}

// Of the form of a stored message: its size, then a magic number; the body's length comes after what has a fixed size, where
// hosts have addresses of version 4.
const (
	magicOfMessage = 0xdaa320a7
	bodyLengthAt   = 84
)

// longestBody returns where the last byte of the longest body of a log file is.
func longestBody(file []byte) (at int, ok bool) {
	longest := 0
	for from := 0; from+bodyLengthAt+4 <= len(file); {
		size := int(binary.BigEndian.Uint32(file[from:]))
		body := int(binary.BigEndian.Uint32(file[from+bodyLengthAt:]))
		if binary.BigEndian.Uint32(file[from+4:]) != magicOfMessage || size < bodyLengthAt+4+body || from+size > len(file) {
			break // the end of the file, or another form
		}
		if body > longest {
			longest, at = body, from+bodyLengthAt+4+body-1
		}
		from += size
	}
	return at, longest > 0
}

// Undo has nothing to do: a disk does not change back what it has lost.
func (*Rot) Undo(context.Context, chaos.Act) error { return nil }

// See reads the byte again, where the container is still the same.
func (r *Rot) See(_ context.Context, a chaos.Act) (any, error) {
	seen, ok := r.saw.get(a)
	if !ok {
		return Rotten{}, nil
	}
	f, err := os.Open(seen.File)
	if err != nil {
		return nil, fmt.Errorf("reading the byte that was changed: %w", err)
	}
	defer f.Close()
	var now [1]byte
	_, err = f.ReadAt(now[:], seen.At)
	seen.Is = now[0]
	return seen, err
}
