package history

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"
)

// rowBlock is a block of version 1 with the given payload.
func rowBlock(payload []byte) []byte {
	b := appendBlock(nil, codecRaw, payload, len(payload))
	b[2] = rowVersion
	sum := crc32.Update(crc32.Checksum(b[:12], castagnoli), castagnoli, payload)
	binary.LittleEndian.PutUint32(b[12:], sum)
	return b
}

// rowPayloads are the payloads of the blocks of the stored history of version 1.
func rowPayloads(t testing.TB) (payloads [][]byte) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "rows.rmqh"))
	if err != nil {
		t.Fatal(err)
	}
	for len(b) > 0 {
		n := headerSize + int(binary.LittleEndian.Uint32(b[4:]))
		payloads = append(payloads, bytes.Clone(b[headerSize:n]))
		b = b[n:]
	}
	return payloads
}
