package remoting

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

const (
	// maxFrame bounds what a peer can make us allocate. RocketMQ's own server refuses frames above 16 MiB.
	maxFrame = 16 << 20
	// serializeJSON is the header's encoding that every version of RocketMQ answers in kind.
	serializeJSON = 0
	// protocolVersion is MQVersion's ordinal of 4.9.4: from there on a NameServer answers in strict JSON.
	protocolVersion = 401
	flagResponse    = 1
)

// Command is one request or one response.
type Command struct {
	Code      int               `json:"code"`
	Language  string            `json:"language"`
	Version   int               `json:"version"`
	Opaque    int32             `json:"opaque"` // pairs a response with its request
	Flag      int32             `json:"flag"`
	Remark    string            `json:"remark,omitempty"`
	ExtFields map[string]string `json:"extFields,omitempty"`
	Body      []byte            `json:"-"`
}

func newCommand(code int, fields map[string]string, body []byte) *Command {
	return &Command{Code: code, Language: "GO", Version: protocolVersion, ExtFields: fields, Body: body}
}

func (c *Command) isResponse() bool { return c.Flag&flagResponse != 0 }

// Encode is the frame: length, header length with the header's encoding in its top byte, header, body.
func (c *Command) Encode() ([]byte, error) {
	header, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encode the header of request %d: %w", c.Code, err)
	}
	length := 4 + len(header) + len(c.Body)
	if length > maxFrame {
		return nil, fmt.Errorf("request %d has %d bytes; RocketMQ accepts %d", c.Code, length, maxFrame)
	}
	frame := make([]byte, 0, 4+length)
	frame = binary.BigEndian.AppendUint32(frame, uint32(length))
	frame = binary.BigEndian.AppendUint32(frame, serializeJSON<<24|uint32(len(header)))
	frame = append(frame, header...)
	return append(frame, c.Body...), nil
}

// ReadCommand reads one command from a stream. io.EOF means that the peer closed between two commands.
func ReadCommand(r io.Reader) (*Command, error) {
	frame, err := readFrame(r)
	if err != nil {
		return nil, err
	}
	return decodeFrame(frame)
}

// readFrame reads one frame without its length. io.EOF means that the peer closed between two frames.
func readFrame(r io.Reader) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n < 4 || n > maxFrame {
		return nil, fmt.Errorf("frame of %d bytes, expected 4 to %d: the peer does not speak the remoting protocol", n, maxFrame)
	}
	frame := make([]byte, n)
	if _, err := io.ReadFull(r, frame); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("frame of %d bytes: %w", n, err)
	}
	return frame, nil
}

// decodeFrame reads a command from a frame without its length. The command's body shares the frame's memory.
func decodeFrame(frame []byte) (*Command, error) {
	if len(frame) < 4 {
		return nil, fmt.Errorf("frame of %d bytes has no header", len(frame))
	}
	head := binary.BigEndian.Uint32(frame)
	if kind := head >> 24; kind != serializeJSON {
		return nil, fmt.Errorf("header in encoding %d, expected JSON (0): the peer answers in another encoding than it was asked in", kind)
	}
	size := int(head & 0xFFFFFF)
	if size > len(frame)-4 {
		return nil, fmt.Errorf("header of %d bytes in a frame of %d", size, len(frame))
	}
	cmd := &Command{}
	if err := json.Unmarshal(frame[4:4+size], cmd); err != nil {
		return nil, fmt.Errorf("header %.80q: %w", frame[4:4+size], err)
	}
	cmd.Body = frame[4+size:]
	return cmd, nil
}
