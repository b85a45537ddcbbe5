package remoting

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// stored builds a message field by field, independently of the decoder.
type stored struct {
	magic   uint32
	sysFlag int32
	topic   string
	body    []byte
	props   string
	badCRC  bool
}

func (s stored) encode() []byte {
	host := func(v6 int32) []byte {
		if s.sysFlag&v6 != 0 {
			return make([]byte, 20)
		}
		return make([]byte, 8)
	}
	b := make([]byte, 4)
	b = binary.BigEndian.AppendUint32(b, s.magic)
	crc := crc32.ChecksumIEEE(s.body) & 0x7FFFFFFF
	if s.badCRC {
		crc++
	}
	b = binary.BigEndian.AppendUint32(b, crc)
	b = binary.BigEndian.AppendUint32(b, 3)    // queue
	b = binary.BigEndian.AppendUint32(b, 0)    // flag
	b = binary.BigEndian.AppendUint64(b, 41)   // offset
	b = binary.BigEndian.AppendUint64(b, 1000) // physical
	b = binary.BigEndian.AppendUint32(b, uint32(s.sysFlag))
	b = binary.BigEndian.AppendUint64(b, 111) // born
	b = append(b, host(flagBornHostV6)...)
	b = binary.BigEndian.AppendUint64(b, 222) // written
	b = append(b, host(flagStoreHostV6)...)
	b = binary.BigEndian.AppendUint32(b, 2) // consumed
	b = binary.BigEndian.AppendUint64(b, 0) // prepared
	b = binary.BigEndian.AppendUint32(b, uint32(len(s.body)))
	b = append(b, s.body...)
	if s.magic == magicV2 {
		b = binary.BigEndian.AppendUint16(b, uint16(len(s.topic)))
	} else {
		b = append(b, byte(len(s.topic)))
	}
	b = append(b, s.topic...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(s.props)))
	b = append(b, s.props...)
	binary.BigEndian.PutUint32(b, uint32(len(b)))
	return b
}

func TestDecodeMessages(t *testing.T) {
	body := []byte(strings.Repeat("content ", 50))
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(body)
	w.Close()
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]stored{
		"plain":         {magic: magicV1, topic: "t", body: body, props: "KEYS\x01k1\x02UNIQ_KEY\x01u\x02"},
		"long topic":    {magic: magicV2, topic: strings.Repeat("t", 300), body: body},
		"IPv6 born":     {magic: magicV1, sysFlag: flagBornHostV6, topic: "t", body: body},
		"IPv6 stored":   {magic: magicV1, sysFlag: flagStoreHostV6, topic: "t", body: body},
		"IPv6 both":     {magic: magicV1, sysFlag: flagBornHostV6 | flagStoreHostV6, topic: "t", body: body},
		"zlib, unnamed": {magic: magicV1, sysFlag: flagCompressed, topic: "t", body: z.Bytes()},
		"zlib":          {magic: magicV1, sysFlag: flagCompressed | compressionZlib, topic: "t", body: z.Bytes()},
		"zstd":          {magic: magicV1, sysFlag: flagCompressed | compressionZstd, topic: "t", body: enc.EncodeAll(body, nil)},
	} {
		two := append(s.encode(), s.encode()...)
		messages, err := DecodeMessages(two)
		if err != nil || len(messages) != 2 {
			t.Errorf("%s: %d messages, %v", name, len(messages), err)
			continue
		}
		m := messages[1]
		if !m.Intact || !bytes.Equal(m.Body, body) || m.Topic != s.topic || m.Queue != 3 || m.Offset != 41 || m.Physical != 1000 || m.Born != 111 || m.Written != 222 || m.Consumed != 2 {
			t.Errorf("%s: %+v", name, m)
		}
		if s.props != "" && (m.Properties["KEYS"] != "k1" || m.Properties["UNIQ_KEY"] != "u") {
			t.Errorf("%s: properties %v", name, m.Properties)
		}
	}
}

func TestDamagedBodiesAreNotIntact(t *testing.T) {
	for name, s := range map[string]stored{
		"checksum":        {magic: magicV1, topic: "t", body: []byte("x"), badCRC: true},
		"no zlib":         {magic: magicV1, sysFlag: flagCompressed, topic: "t", body: []byte("xxxx")},
		"no zstd":         {magic: magicV1, sysFlag: flagCompressed | compressionZstd, topic: "t", body: []byte("xxxx")},
		"LZ4":             {magic: magicV1, sysFlag: flagCompressed | compressionLZ4, topic: "t", body: []byte("xxxx")},
		"unknown packing": {magic: magicV1, sysFlag: flagCompressed | 0x700, topic: "t", body: []byte("xxxx")},
	} {
		messages, err := DecodeMessages(s.encode())
		if err != nil || len(messages) != 1 {
			t.Errorf("%s: %d messages, %v", name, len(messages), err)
		} else if messages[0].Intact {
			t.Errorf("%s: intact", name)
		}
	}
}

func TestUndecodableMessages(t *testing.T) {
	good := stored{magic: magicV1, topic: "t", body: []byte("body"), props: "a\x01b\x02"}.encode()
	for cut := 1; cut < len(good); cut++ {
		if _, err := DecodeMessages(good[:cut]); err == nil {
			t.Fatalf("cut at %d: no error", cut)
		}
		short := bytes.Clone(good[:cut])
		if cut >= 4 {
			binary.BigEndian.PutUint32(short, uint32(cut))
			if _, err := DecodeMessages(short); err == nil {
				t.Fatalf("cut at %d with its size told so: no error", cut)
			}
		}
	}
	for name, change := range map[string]func([]byte){
		"size 0":        func(b []byte) { binary.BigEndian.PutUint32(b, 0) },
		"size -1":       func(b []byte) { binary.BigEndian.PutUint32(b, 0xFFFFFFFF) },
		"another magic": func(b []byte) { b[4] = 0 },
		"body of 2 GiB": func(b []byte) { binary.BigEndian.PutUint32(b[84:], 0x7FFFFFFF) },
		"body of -1":    func(b []byte) { binary.BigEndian.PutUint32(b[84:], 0xFFFFFFFF) },
		"inner batch":   func(b []byte) { b[39] = flagInnerBatch },
	} {
		b := bytes.Clone(good)
		change(b)
		if m, err := DecodeMessages(b); err == nil {
			t.Errorf("%s: decoded as %+v", name, m)
		}
	}
}

func TestADecompressionBombIsRefused(t *testing.T) {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(make([]byte, maxBody+1))
	w.Close()
	if body, err := decompress(z.Bytes(), flagCompressed); err == nil {
		t.Errorf("grew to %d bytes", len(body))
	}
}

func FuzzDecodeMessages(f *testing.F) {
	f.Add(stored{magic: magicV1, topic: "t", body: []byte("body"), props: "a\x01b\x02"}.encode())
	f.Add(stored{magic: magicV2, topic: "t", sysFlag: flagBornHostV6, body: []byte("body")}.encode())
	f.Add(stored{magic: magicV1, topic: "t", sysFlag: flagCompressed | compressionZstd, body: []byte("body")}.encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		messages, err := DecodeMessages(data)
		if err == nil && len(messages) > len(data)/80 {
			t.Errorf("%d messages in %d bytes", len(messages), len(data))
		}
	})
}
