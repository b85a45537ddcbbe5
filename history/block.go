package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// A history file is a plain sequence of blocks, so that a follower can begin at any block and a torn write
// costs the last block alone. A block is a header of 16 bytes, then the stored payload:
//
//	0  'R' 'H' version codec
//	4  length of the stored payload, little endian
//	8  length of the payload once decompressed
//	12 CRC-32C of the 12 bytes above and the stored payload
//
// Strings are numbered within a block, so that each block can be read alone.
const (
	headerSize = 16
	// rowVersion marks blocks whose records stand one after the other, as the first builds wrote them.
	rowVersion   = 1
	blockVersion = 2
	codecRaw     = 0
	codecZstd    = 1
	// maxBlock bounds what a header can make the reader allocate.
	maxBlock = 16 << 20
	// maxString bounds one string of a record, and maxExtra its unknown fields.
	maxString = 64 << 10
	maxExtra  = 1 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// header is a block's header as read.
type header struct {
	version     byte
	codec       byte
	stored, raw uint32
	sum         uint32
}

var errMagic = errors.New("no block begins here")

// ErrNewer is within the error of a history that another release wrote, with what this one does not know.
var ErrNewer = errors.New("not known to this build")

func parseHeader(b []byte) (header, error) {
	if b[0] != 'R' || b[1] != 'H' {
		return header{}, errMagic
	}
	if b[2] != blockVersion && b[2] != rowVersion {
		return header{}, fmt.Errorf("block version %d is %w (it knows %d)", b[2], ErrNewer, blockVersion)
	}
	h := header{version: b[2], codec: b[3], stored: binary.LittleEndian.Uint32(b[4:]), raw: binary.LittleEndian.Uint32(b[8:]), sum: binary.LittleEndian.Uint32(b[12:])}
	switch {
	case h.codec > codecZstd:
		return h, fmt.Errorf("codec %d is %w", h.codec, ErrNewer)
	case h.stored > maxBlock || h.raw > maxBlock:
		return h, fmt.Errorf("a block of %d bytes (%d decompressed) is larger than the %d allowed", h.stored, h.raw, maxBlock)
	}
	return h, nil
}

// appendBlock appends one block to dst.
func appendBlock(dst []byte, codec byte, stored []byte, rawLen int) []byte {
	at := len(dst)
	dst = append(dst, 'R', 'H', blockVersion, codec)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(stored)))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(rawLen))
	sum := crc32.Update(crc32.Checksum(dst[at:], castagnoli), castagnoli, stored)
	dst = binary.LittleEndian.AppendUint32(dst, sum)
	return append(dst, stored...)
}

// checksum is what the header's sum must be.
func checksum(head, stored []byte) uint32 {
	return crc32.Update(crc32.Checksum(head[:12], castagnoli), castagnoli, stored)
}
