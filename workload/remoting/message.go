package remoting

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// Magic numbers of a stored message; version 2 has two bytes for the topic's length.
const (
	magicV1 = 0xDAA320A7
	magicV2 = 0xDAA320AB
)

// Bits of a stored message's system flag.
const (
	flagCompressed  = 0x1
	flagBornHostV6  = 0x10
	flagStoreHostV6 = 0x20
	flagInnerBatch  = 0x80
	flagNeedUnwrap  = 0x40
)

// Stored is a message as a broker stores it.
type Stored struct {
	Topic      string
	Queue      int32
	Offset     int64 // in the queue
	Physical   int64 // in the commit log
	SysFlag    int32
	Born       int64 // Unix milliseconds
	Written    int64 // Unix milliseconds
	Consumed   int32 // times that it was sent back for consumption
	Body       []byte
	Intact     bool // the broker's checksum over the stored body holds, and the body could be decompressed
	Properties map[string]string
}

var errShort = errors.New("message ends early")

// DecodeMessages reads the messages of one pull. Bodies share data's memory.
func DecodeMessages(data []byte) ([]Stored, error) {
	var messages []Stored
	for len(data) > 0 {
		if len(data) < 4 {
			return nil, fmt.Errorf("message %d: %w", len(messages), errShort)
		}
		size := binary.BigEndian.Uint32(data)
		if size < 4 || uint64(size) > uint64(len(data)) {
			return nil, fmt.Errorf("message %d states %d bytes of %d that remain", len(messages), size, len(data))
		}
		m, err := decodeMessage(data[4:size])
		if err != nil {
			return nil, fmt.Errorf("message %d: %w", len(messages), err)
		}
		messages = append(messages, m)
		data = data[size:]
	}
	return messages, nil
}

// decodeMessage reads a message without its total size, in MessageDecoder's order.
func decodeMessage(data []byte) (Stored, error) {
	r := &cursor{rest: data}
	magic := r.uint32()
	if magic != magicV1 && magic != magicV2 {
		return Stored{}, fmt.Errorf("magic number %#x is none of a message", magic)
	}
	var m Stored
	crc := r.uint32()
	m.Queue = int32(r.uint32())
	r.skip(4) // the client's own flag
	m.Offset, m.Physical = int64(r.uint64()), int64(r.uint64())
	m.SysFlag = int32(r.uint32())
	m.Born = int64(r.uint64())
	r.skip(hostSize(m.SysFlag, flagBornHostV6))
	m.Written = int64(r.uint64())
	r.skip(hostSize(m.SysFlag, flagStoreHostV6))
	m.Consumed = int32(r.uint32())
	r.skip(8) // offset of the prepared transaction
	m.Body = r.take(int(r.uint32()))
	m.Topic = string(r.take(r.topicSize(magic)))
	m.Properties = decodeProperties(string(r.take(int(r.uint16()))))
	if r.short {
		return Stored{}, errShort
	}
	if m.SysFlag&(flagInnerBatch|flagNeedUnwrap) != 0 {
		return Stored{}, errors.New("a batch stored as one message, which this reader does not unpack: send messages singly")
	}
	m.unpack(crc)
	return m, nil
}

// unpack checks the stored body against the broker's checksum, which has 31 bits, and decompresses it.
func (m *Stored) unpack(crc uint32) {
	m.Intact = crc32.ChecksumIEEE(m.Body)&0x7FFFFFFF == crc
	if m.SysFlag&flagCompressed == 0 {
		return
	}
	body, err := decompress(m.Body, m.SysFlag)
	if err != nil {
		m.Intact = false
		return
	}
	m.Body = body
}

func hostSize(sysFlag int32, v6 int32) int {
	if sysFlag&v6 != 0 {
		return 16 + 4
	}
	return 4 + 4
}

// cursor reads numbers and never past the end: once short, it yields zeros.
type cursor struct {
	rest  []byte
	short bool
}

func (c *cursor) take(n int) []byte {
	if c.short || n < 0 || n > len(c.rest) {
		c.short = true
		return nil
	}
	taken := c.rest[:n]
	c.rest = c.rest[n:]
	return taken
}

func (c *cursor) skip(n int) { c.take(n) }

func (c *cursor) uint16() uint16 {
	if b := c.take(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (c *cursor) uint32() uint32 {
	if b := c.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (c *cursor) uint64() uint64 {
	if b := c.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (c *cursor) topicSize(magic uint32) int {
	if magic == magicV2 {
		return int(c.uint16())
	}
	if b := c.take(1); b != nil {
		return int(b[0])
	}
	return 0
}
