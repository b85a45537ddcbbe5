package remoting

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// maxBody bounds what a compressed body may grow to: RocketMQ's own limit on a message is 4 MiB.
const maxBody = 8 << 20

// Kinds of compression in a stored message's system flag; none stated means zlib, as before RocketMQ 5.
const (
	compressionMask = 0x700
	compressionLZ4  = 0x100
	compressionZstd = 0x200
	compressionZlib = 0x300
)

func decompress(body []byte, sysFlag int32) ([]byte, error) {
	switch sysFlag & compressionMask {
	case 0, compressionZlib:
		r, err := zlib.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, fmt.Errorf("zlib body: %w", err)
		}
		return readBounded(r)
	case compressionZstd:
		r, err := zstd.NewReader(bytes.NewReader(body), zstd.WithDecoderMaxMemory(maxBody), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, fmt.Errorf("zstd body: %w", err)
		}
		defer r.Close()
		return readBounded(r)
	case compressionLZ4:
		return nil, errors.New("an LZ4 body, which this reader does not unpack: send with zlib, zstd or uncompressed")
	}
	return nil, fmt.Errorf("compression %#x is unknown", sysFlag&compressionMask)
}

func readBounded(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	if len(body) > maxBody {
		return nil, fmt.Errorf("a body grows to more than %d bytes", maxBody)
	}
	return body, nil
}
