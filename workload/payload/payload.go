// Package payload makes and reads the bodies of the load's messages, so that a message found anywhere tells by itself
// who sent it, and whether it is whole.
package payload

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// ID is what a body says of its origin.
type ID struct {
	Run      string
	Producer uint32
	Seq      uint64
}

// A body is magic, version, length of the run's id (1 byte), the run's id, producer (4 bytes), sequence (8), padding,
// and CRC-32C over all of it (4). Numbers are big-endian.
const (
	magic    = "RMQP"
	version  = 1
	fixed    = len(magic) + 2 + 4 + 8 + 4
	maxRunID = 128
)

var table = crc32.MakeTable(crc32.Castagnoli)

// CheckRun tells why an id cannot stand in a body.
func CheckRun(id string) error {
	if id == "" || len(id) > maxRunID {
		return fmt.Errorf("run id %.40q has %d bytes, want 1 to %d", id, len(id), maxRunID)
	}
	return nil
}

// Encode makes a body of the given size, or of the least that holds the id. The seed decides its padding.
func Encode(id ID, size int, seed uint64) []byte {
	body := make([]byte, 0, max(size, fixed+len(id.Run)))
	body = append(body, magic...)
	body = append(body, version, byte(len(id.Run)))
	body = append(body, id.Run...)
	body = binary.BigEndian.AppendUint32(body, id.Producer)
	body = binary.BigEndian.AppendUint64(body, id.Seq)
	body = pad(body, cap(body)-4, seed^uint64(id.Producer)<<40^id.Seq)
	return binary.BigEndian.AppendUint32(body, crc32.Checksum(body, table))
}

// Decode reads a body. intact tells that the checksum holds; where it does not, the id is what the bytes say, and may be wrong.
func Decode(body []byte) (id ID, intact bool) {
	if len(body) < fixed || string(body[:len(magic)]) != magic || body[len(magic)] != version {
		return ID{}, false
	}
	run := int(body[len(magic)+1])
	if len(body) < fixed+run {
		return ID{}, false
	}
	at := len(magic) + 2
	id.Run = string(body[at : at+run])
	id.Producer = binary.BigEndian.Uint32(body[at+run:])
	id.Seq = binary.BigEndian.Uint64(body[at+run+4:])
	end := len(body) - 4
	return id, binary.BigEndian.Uint32(body[end:]) == crc32.Checksum(body[:end], table)
}

// pad fills with bytes that differ from message to message, so that a message's bytes in another's place show.
func pad(body []byte, size int, seed uint64) []byte {
	for len(body) < size {
		seed += 0x9E3779B97F4A7C15
		z := (seed ^ seed>>30) * 0xBF58476D1CE4E5B9
		body = append(body, byte(z>>56))
	}
	return body
}
