package certificate

import (
	"errors"
	"io"
)

// bounded ends in an error where more is unpacked than was allowed.
type bounded struct {
	from io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errors.New("it unpacks to more than a certificate may hold")
	}
	return n, err
}

// behind makes sure that nothing is hidden behind an archive's end: blank tape within, nothing after.
func behind(tape, file io.Reader) error {
	buffer := make([]byte, 32<<10)
	for {
		n, err := tape.Read(buffer)
		for _, b := range buffer[:n] {
			if b != 0 {
				return errors.New("something stands behind the end of the archive's files")
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	if n, err := io.ReadFull(file, buffer[:1]); n > 0 || !errors.Is(err, io.EOF) {
		return errors.New("something stands behind the archive's end")
	}
	return nil
}
